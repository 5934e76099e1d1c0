"""Closed candles of one symbol from what is received: small ones of prints, larger ones of those.

A print belongs to the span in which the venue says it happened. A span is closed once the receiver's clock
is a little past its end, and the venue's clock too, because prints may come late; after that nothing changes
it. A candle is made only of a span that was seen whole: where the feed began, paused or lost prints inside
it, its high and low would not be what the market reached, and it is left out and counted. A whole span
without a print repeats the close before it, as venues do.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from tools.domain.errors import InvariantBroken
from tools.domain.market import NANOS, UNITS
from tools.market.candles import NANOS_IN_MICRO, TIMEFRAMES, CandleStore, Taken, rolled_up
from tools.market.events import GAP, PRINT, RESET, Events
from tools.market.history.candles import CANDLE, Candles

SMALL = "5m"
LARGER = tuple(name for name in TIMEFRAMES if name != SMALL)
SPAN_NS = TIMEFRAMES[SMALL].span_ms * 1_000_000
GRACE_NS = NANOS  # after its end on the receiver's clock, before a span is closed
LAG_NS = NANOS // 2  # likewise on the venue's clock
RETRY_NS = NANOS  # between two looks while the venue's clock is not there yet
SILENCE_NS = 60 * NANOS  # nothing at all received for longer: the market was not seen
RESUMED_NS = 5 * NANOS  # likewise where a snapshot tells that the feed began anew
NEVER = 2**63 - 1


@dataclass(slots=True)
class _Span:
    """The prints of one span so far; prices in units, volume in size units."""

    open: int
    high: int
    low: int
    close: int
    volume: int

    def add(self, later: _Span) -> None:
        """More prints of the same span, received after these."""
        self.high, self.low = max(self.high, later.high), min(self.low, later.low)
        self.close, self.volume = later.close, self.volume + later.volume


class CandleFeed:
    """Makes the candles of ``symbol`` in ``store`` from its events.

    Attributes:
        counts: By name, what became of spans and prints: ``made 5m``, ``incomplete 5m`` and the like for each
            timeframe, ``late prints`` that came after their span was closed, ``holes known too late``
            that began in a span that was closed already: only the next print tells of lost ones.
        next_look: Receive time at which ``look`` is due, ns; far away before the first event.
    """

    def __init__(self, store: CandleStore, symbol: str, counts: Counter[str] | None = None) -> None:
        self.counts: Counter[str] = Counter() if counts is None else counts
        self.next_look = NEVER
        self._store = store
        self._symbol = symbol
        self._open: dict[int, _Span] = {}  # by number of the span since 1970
        self._next = 0  # the span to be closed next
        self._holes: list[tuple[int, int]] = []  # stretches of venue time that were not seen, ns
        self._clock = 0  # of the venue, ns
        self._received: tuple[int, int] | None = None  # both clocks at the last event
        self._printed = 0  # venue time of the last print; 0 is none
        self._carried = 0  # close of the span before the next, units; 0 is unknown

    def begin(self, events: Events) -> None:
        """Say from the first of ``events`` when to look first; without effect once there was one.

        To be called before they are taken: who takes far more at once would pass the first look.
        """
        if self.next_look != NEVER or len(events) == 0:
            return
        first = int(events["ts_event"][0])
        self._next, self._holes = first // SPAN_NS, [(0, first)]
        self.next_look = max((self._next + 1) * SPAN_NS + GRACE_NS, int(events["ts_init"][0]))

    def take(self, events: Events) -> None:
        """Take in what was received, in its order; nothing is closed by it."""
        if len(events) == 0:
            return
        self.begin(events)
        prints = events[events["kind"] == PRINT]
        self._note_pauses(events)
        self._note_lost(prints)
        self._clock = max(self._clock, int(events["ts_event"].max()))
        self._received = int(events["ts_init"][-1]), int(events["ts_event"][-1])
        if len(prints):
            self._add(prints)

    def look(self, ts: int) -> list[str]:
        """Close every span that is over at ``ts``, ns; the timeframes of which there is a new candle.

        Raises:
            InvariantBroken: Asked before ``next_look``.
        """
        if ts < self.next_look:
            raise InvariantBroken(f"candles of {self._symbol} are due at {self.next_look}, was {ts}")
        fresh: list[str] = []
        while ts >= (end := (self._next + 1) * SPAN_NS) + GRACE_NS:
            if self._clock < end + LAG_NS:
                self.next_look = ts + RETRY_NS
                return fresh
            fresh += self._close(end, ts)
        self.next_look = (self._next + 1) * SPAN_NS + GRACE_NS
        return fresh

    def _close(self, end: int, ts: int) -> list[str]:
        """Close the next span, which ends at ``end``, and what larger ones end with it."""
        span, start = self._open.pop(self._next, None), end - SPAN_NS
        is_whole = not any(began < end and ended > start for began, ended in self._holes)
        self._holes = [hole for hole in self._holes if hole[1] > end]
        self._next += 1
        if span is None and is_whole and self._carried:
            span = _Span(self._carried, self._carried, self._carried, self._carried, 0)
        if span is None or not is_whole:
            self._carried = 0
            found = np.zeros(0, CANDLE)
        else:
            self._carried = span.close
            found = _candle(start, span)
        return [name for name in TIMEFRAMES if self._keep(name, found, end, ts)]

    def _keep(self, name: str, small: Candles, end: int, ts: int) -> bool:
        """Whether the candle of ``name`` that ends at ``end``, if one does, is new in the store."""
        frame = TIMEFRAMES[name]
        span_ns = frame.span_ms * 1_000_000
        if end % span_ns:
            return False
        ring = self._store.ring(self._symbol, name)
        made = small
        if name != SMALL:
            parts = self._store.ring(self._symbol, SMALL).window(ts)
            inside = parts[parts["open_time"] * NANOS_IN_MICRO >= end - span_ns]
            made = rolled_up(inside, TIMEFRAMES[SMALL], frame)
        if len(made) == 0:
            self.counts[f"incomplete {name}"] += 1
            return False
        is_new = ring.add(made[-1], ts) is Taken.ADDED
        self.counts[f"made {name}"] += is_new
        return is_new

    def _note_pauses(self, events: Events) -> None:
        """Where nothing was received for long, nobody knows what happened."""
        known = self._received or (int(events["ts_init"][0]), int(events["ts_event"][0]))
        pauses = np.diff(events["ts_init"], prepend=known[0])
        resumed = (events["flags"] & RESET > 0) & (events["kind"] != PRINT) & (pauses > RESUMED_NS)
        before = np.concatenate([np.array(known[1:]), events["ts_event"][:-1]])
        for at in np.flatnonzero((pauses > SILENCE_NS) | resumed).tolist():
            self._hole(int(before[at]), int(events["ts_event"][at]))

    def _note_lost(self, prints: Events) -> None:
        """A hole in the trade ids: prints are missing between two that were received."""
        for at in np.flatnonzero(prints["flags"] & GAP).tolist():
            before = int(prints["ts_event"][at - 1]) if at else self._printed
            self._hole(before, int(prints["ts_event"][at]))

    def _hole(self, one: int, other: int) -> None:
        began, ended = min(one, other), max(one, other)
        self._holes.append((began, max(ended, began + 1)))
        if began < self._next * SPAN_NS:
            self.counts["holes known too late"] += 1

    def _add(self, prints: Events) -> None:
        numbers = prints["ts_event"] // SPAN_NS
        self._printed = int(prints["ts_event"][-1])
        is_late = numbers < self._next
        if is_late.any():
            self.counts["late prints"] += int(is_late.sum())
        for number in np.unique(numbers[~is_late]).tolist():
            some = prints[numbers == number]
            price = some["price"]
            later = _Span(
                int(price[0]), int(price.max()), int(price.min()), int(price[-1]), sum(some["size"].tolist())
            )
            if number in self._open:
                self._open[number].add(later)
            else:
                self._open[number] = later


def _candle(start: int, span: _Span) -> Candles:
    found = np.zeros(1, CANDLE)
    found["open_time"] = start // NANOS_IN_MICRO
    for name in ("open", "high", "low", "close", "volume"):
        found[name] = getattr(span, name) / UNITS
    return found
