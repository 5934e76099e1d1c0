"""Watching how the market maker takes our fills: whether it is still there some refreshes later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tools.domain.market import NANOS, UNITS, Instrument
from tools.domain.reaction import Reaction
from tools.domain.trading import Fill, Intent

NEVER = 1 << 62
TOGETHER_NS = NANOS  # fills within it are one to the market maker
LOOK_NS = NANOS // 2
LEAST_NS = 3 * NANOS  # a departure is not seen sooner
MOST_NS = 60 * NANOS
REMEMBERED = 16  # orders under way


class Sensed(Protocol):
    """A market as far as it is sensed."""

    @property
    def ts(self) -> int:
        """Receive time of the last event, ns."""
        ...

    def features(self, ts: int) -> dict[str, float | None]:
        """Every feature as of ``ts``; None is unavailable."""
        ...


@dataclass(slots=True)
class _Watched:
    """Fills being watched.

    Attributes:
        value: Of all of them, quote; ``weighed`` of those whose mid is known.
        slipped: Basis points beyond the mid, times value.
    """

    fill: Fill
    average: float
    rate_hz: float
    deadline: int
    value: float = 0.0
    slipped: float = 0.0
    weighed: float = 0.0
    next_look: int = 0


class ReactionWatch:
    """Watches one symbol's market maker after each of our fills.

    Where no maker was established at the fill, or none can be told at the end, nothing is learned.

    Args:
        market: What is sensed, and its time.
        refreshes: Of the maker that are waited for after a fill.
        told: Hears of each reaction as it becomes known.
    """

    def __init__(
        self, instrument: Instrument, market: Sensed, refreshes: float, told: Callable[[Reaction], None]
    ) -> None:
        self._instrument = instrument
        self._market = market
        self._refreshes = refreshes
        self._told = told
        self._watched: _Watched | None = None
        self._mids: dict[str, float] = {}
        self._last_ts = 0  # every reaction has a time of its own

    @property
    def next_look(self) -> int:
        """When to look again, ns."""
        return NEVER if self._watched is None else self._watched.next_look

    def sent(self, intent: Intent) -> None:
        """An order is on its way: the mid it leaves at is what its fills are held against."""
        mid = self._market.features(max(intent.ts, self._market.ts)).get("mid")
        if mid is not None:
            self._mids[intent.client_order_id] = mid
            while len(self._mids) > REMEMBERED:
                del self._mids[next(iter(self._mids))]

    def filled(self, fill: Fill) -> None:
        """Begin to watch, or add to the fills of the same second."""
        one, ts = self._watched, max(fill.ts, self._market.ts)
        if one is not None and not self._belongs(one, fill):
            self._settle(one, ts)
            one = None
        if one is None:
            one = self._watched = self._begun(fill, ts)
        if one is not None:
            self._add(one, fill)

    def look(self, ts: int) -> None:
        """See whether the maker is still there."""
        one = self._watched
        if one is None:
            return
        if ts >= one.deadline or (self._market.features(ts).get("mm_departed") or 0.0) > 0:
            self._settle(one, ts)
        else:
            one.next_look = min(ts + LOOK_NS, one.deadline)

    def _belongs(self, one: _Watched, fill: Fill) -> bool:
        is_same = fill.is_maker == one.fill.is_maker and fill.side == one.fill.side
        return is_same and fill.ts - one.fill.ts <= TOGETHER_NS

    def _begun(self, fill: Fill, ts: int) -> _Watched | None:
        seen = self._market.features(ts)
        average, rate = seen.get("mm_avg_order_size"), seen.get("mm_refresh_rate")
        if not average or not rate or seen.get("mm_departed") != 0.0:
            return None
        length = round(self._refreshes / rate * NANOS)
        deadline = ts + min(max(length, LEAST_NS), MOST_NS)
        return _Watched(fill, average, rate, deadline, next_look=min(ts + LOOK_NS, deadline))

    def _add(self, one: _Watched, fill: Fill) -> None:
        value = float(self._instrument.value(fill.size, fill.price))
        one.value += value
        mid = self._mids.get(fill.client_order_id)
        if mid is not None:
            one.slipped += value * int(fill.side) * (fill.price / UNITS / mid - 1) * 1e4
            one.weighed += value

    def _settle(self, one: _Watched, ts: int) -> None:
        self._watched = None
        departed = self._market.features(ts).get("mm_departed")
        if departed is None:
            return
        fill = one.fill
        self._last_ts = max(fill.ts, self._last_ts + 1)
        self._told(
            Reaction(
                decision_id=fill.decision_id,
                run_id=fill.run_id,
                world=fill.world,
                symbol=fill.symbol,
                venue=fill.venue,
                is_taken=not fill.is_maker,
                ratio=one.value / one.average,
                slip_bps=one.slipped / one.weighed if one.weighed else None,
                refreshes=max(0.0, ts - fill.ts) / NANOS * one.rate_hz,
                has_left=departed > 0,
                ts=self._last_ts,
                ts_known=ts,
            )
        )
