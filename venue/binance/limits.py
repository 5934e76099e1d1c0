"""How much a client may ask: request weight a minute, orders in ten seconds and a day, bans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from venue.binance import errors
from venue.serving.window import Window

MINUTE_MS = 60_000
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class LimitConfig:
    """The venue's limits; a client that goes on after ``tolerated`` refusals is banned."""

    weight_a_minute: int = 6_000
    orders_10_s: int = 100
    orders_a_day: int = 200_000
    tolerated: int = 10
    ban_s: int = 120


@dataclass(slots=True)
class Limits:
    """The counters of one address and of its accounts."""

    config: LimitConfig = field(default_factory=LimitConfig)
    weight: Window = field(default_factory=lambda: Window(MINUTE_MS))
    refusals: Window = field(default_factory=lambda: Window(MINUTE_MS))
    banned_until_ms: int = 0
    ban_status: int = 418
    orders: dict[tuple[int, int], Window] = field(default_factory=dict)

    def ban(self, now_ms: int, seconds: float, status: int = 418) -> None:
        """Refuse everything for a while."""
        self.banned_until_ms = now_ms + int(seconds * 1_000)
        self.ban_status = status

    def charge(self, weight: int, now_ms: int) -> None:
        """Count a request.

        Raises:
            Refusal: 429 beyond the limit, 418 for a client that does not stop.
        """
        if now_ms < self.banned_until_ms:
            raise self._refuse(self.banned_until_ms, now_ms, self.ban_status)
        self.weight.at(now_ms)
        self.weight.count += weight
        if self.weight.count <= self.config.weight_a_minute:
            return
        self.refusals.at(now_ms)
        self.refusals.count += 1
        if self.refusals.count > self.config.tolerated:
            self.ban(now_ms, self.config.ban_s)
            raise self._refuse(self.banned_until_ms, now_ms, 418)
        raise self._refuse(now_ms + self.weight.left_ms(now_ms), now_ms, 429)

    def _refuse(self, until_ms: int, now_ms: int, status: int) -> errors.Refusal:
        refusal = errors.too_many_requests(self.config.weight_a_minute, until_ms, status)
        refusal.retry_after = max(1, -(-(until_ms - now_ms) // 1_000))
        return refusal

    def check_orders(self, account: int, now_ms: int) -> None:
        """Refuse an order beyond the account's limits."""
        for most, span, words in self._spans():
            window = self.orders.setdefault((account, span), Window(span))
            if window.at(now_ms) >= most:
                refusal = errors.too_many_orders(most, words)
                refusal.retry_after = max(1, -(-window.left_ms(now_ms) // 1_000))
                raise refusal

    def count_orders(self, account: int, n: int, now_ms: int) -> None:
        """Count orders that were accepted."""
        for _, span, _ in self._spans():
            window = self.orders.setdefault((account, span), Window(span))
            window.at(now_ms)
            window.count += n

    def orders_in(self, account: int, span_ms: int, now_ms: int) -> int:
        """Orders an account has placed in the present interval."""
        window = self.orders.get((account, span_ms))
        return window.at(now_ms) if window else 0

    def _spans(self) -> tuple[tuple[int, int, str], ...]:
        return (
            (self.config.orders_10_s, 10_000, "10 SECOND"),
            (self.config.orders_a_day, DAY_MS, "1 DAY"),
        )

    def described(self) -> list[dict[str, Any]]:
        """As exchangeInfo lists them."""
        rows = (
            ("REQUEST_WEIGHT", "MINUTE", 1, self.config.weight_a_minute),
            ("ORDERS", "SECOND", 10, self.config.orders_10_s),
            ("ORDERS", "DAY", 1, self.config.orders_a_day),
        )
        return [
            {"rateLimitType": kind, "interval": interval, "intervalNum": n, "limit": limit}
            for kind, interval, n, limit in rows
        ]
