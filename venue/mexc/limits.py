"""How much a client may ask: so many requests of each endpoint in ten seconds, and bans."""

from __future__ import annotations

from dataclasses import dataclass, field

from venue.mexc import errors
from venue.serving.window import Window

SPAN_MS = 10_000


@dataclass(frozen=True, slots=True)
class LimitConfig:
    """The venue's limits; every endpoint has its own count."""

    weight_10_s: int = 500


@dataclass(slots=True)
class Limits:
    """The counters of one address."""

    config: LimitConfig = field(default_factory=LimitConfig)
    windows: dict[str, Window] = field(default_factory=dict)
    banned_until_ms: int = 0
    ban_status: int = 403

    def ban(self, now_ms: int, seconds: float, status: int = 403) -> None:
        """Refuse everything for a while."""
        self.banned_until_ms = now_ms + int(seconds * 1_000)
        self.ban_status = status

    def charge(self, endpoint: str, weight: int, now_ms: int) -> None:
        """Count a request.

        Raises:
            Refusal: It is beyond the endpoint's limit, or its address is banned.
        """
        if now_ms < self.banned_until_ms:
            raise _refusal(self.banned_until_ms - now_ms, self.ban_status)
        window = self.windows.setdefault(endpoint, Window(SPAN_MS))
        if window.at(now_ms) + weight > self.config.weight_10_s:
            raise _refusal(window.left_ms(now_ms), 429)
        window.count += weight


def _refusal(left_ms: int, status: int) -> errors.Refusal:
    refusal = errors.too_many_requests(status)
    refusal.retry_after = max(1, -(-left_ms // 1_000))
    return refusal
