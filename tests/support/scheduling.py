"""A hand-made market that a schedule is played against, and what must hold of any schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tools.domain.market import NANOS
from tools.execution.schedules.schedule import Parent, Schedule, Sight, Slice

TICK = 10
START = 1_000 * NANOS
MS = NANOS // 1000
STEP_NS = 100 * MS


def a_parent(**changes: int) -> Parent:
    """100 lots in a minute, slices of 5 to 20 lots, a second apart."""
    values = {
        "size": 10_000, "lot": 100, "largest": 2_000, "smallest": 500, "start": START,
        "end": START + 60 * NANOS, "cap": 100_500, "takes": True, "spacing_ns": NANOS, "most_orders": 1_000,
    } | changes  # fmt: skip
    return Parent(**values)  # type: ignore[arg-type]


class Sent(NamedTuple):
    """A slice that was sent, and when."""

    ts: int
    slice: Slice
    left: int


@dataclass
class Tape:
    """A market: prices walk, others trade, a maker refreshes every ``refresh_s``.

    Attributes:
        fill_s: Mean time until a resting slice is filled; 0 is never.
        refused: Chance that a taking slice comes back with nothing.
        is_dead: No quotes at all.
    """

    seed: int = 1
    fill_s: float = 5.0
    refresh_s: float = 0.5
    refused: float = 0.0
    volume_hz: float = 1.0
    is_dead: bool = False
    ask_rises: int = 0
    sent: list[Sent] = field(default_factory=list)
    withdrawn: int = 0
    bought: int = 0


def played(schedule: Schedule, parent: Parent, tape: Tape, until: int | None = None) -> Tape:
    """Carry ``schedule`` out on ``tape``, asking it exactly when it wants and at every step of the market."""
    rng = np.random.default_rng(tape.seed)
    ts, ts_fill, traded = parent.start, 0, [(parent.start - NANOS, 100)]
    working: Sent | None = None
    mid = 100_000
    while ts <= (until or parent.end + 2 * NANOS):
        mid += int(rng.integers(-1, 2)) * TICK
        bid, ask = (0, 0) if tape.is_dead else (mid - 5 * TICK, mid + 5 * TICK + tape.ask_rises)
        if rng.random() < tape.volume_hz * STEP_NS / NANOS:
            traded.append((ts, int(rng.integers(1, 10)) * parent.lot))
        refreshes = int(tape.refresh_s * NANOS)
        sight = Sight(
            ts=ts, bid=bid, ask=ask, tick=TICK, bought=tape.bought, ts_fill=ts_fill,
            ts_refresh=(ts - parent.start) // refreshes * refreshes + parent.start,
            traded=_since(traded),
        )  # fmt: skip
        if working is not None and working.slice.price is not None:
            is_stale = schedule.watches_order and schedule.is_stale(sight, working.ts, working.slice.price)
            if tape.fill_s and rng.random() < STEP_NS / NANOS / tape.fill_s:
                tape.bought, ts_fill, working = tape.bought + working.slice.size, ts, None
            elif is_stale:
                tape.withdrawn, working = tape.withdrawn + 1, None
        elif working is not None:
            if rng.random() >= tape.refused:
                tape.bought, ts_fill = tape.bought + working.slice.size, ts
                traded.append((ts, working.slice.size))
            working = None
        if working is None and not schedule.is_over:
            part = schedule.due(replace(sight, bought=tape.bought, ts_fill=ts_fill))
            if part is not None:
                working = Sent(ts, part, parent.size - tape.bought)
                tape.sent.append(working)
            assert schedule.is_over or schedule.next_look > ts, "it would be asked for ever"
        ts += STEP_NS
    return tape


def _since(traded: list[tuple[int, int]]) -> Callable[[int], int]:
    return lambda ts: sum(size for at, size in traded if at > ts)


def check_slices(tape: Tape, parent: Parent, *, is_at_once: bool = False) -> None:
    """What must hold of everything a schedule sent, whatever it is."""
    assert tape.bought <= parent.size, "more was bought than asked for"
    for one in tape.sent:
        assert one.slice.size <= one.left, "more was sent than is left"
        assert one.slice.size % parent.lot == 0, "off the lot grid"
        assert one.slice.size >= parent.smallest, "smaller than the venue takes"
        assert is_at_once or one.slice.size <= parent.largest, "larger than the maker bears"
        assert one.slice.price is None or 0 < one.slice.price <= parent.cap, "above the cap"
        assert parent.takes or one.slice.price == parent.cap, "would cross though it must not"
        assert parent.start <= one.ts < parent.end, "outside its time"
        rest = one.left - one.slice.size
        assert rest == 0 or rest >= parent.smallest or is_at_once, "left a rest that cannot be sent"
    assert len(tape.sent) <= parent.most_orders, "more orders than allowed"
    for venue in {one.slice.venue for one in tape.sent}:
        sent = [one for one in tape.sent if one.slice.venue == venue]
        for one, after in pairwise(sent):
            assert after.ts - one.ts >= parent.spacing_ns, "two slices to one venue sooner than the spacing"
