"""The view as it grows is the view of the whole run, row for row, and forgets what it has shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from tests.support.venues import shared_world
from venue.pit import Pit
from venue.public import BOOK, NANOS, RESET, SNAPSHOT, VIEW, View
from venue.rolling import Change, RollingView, Row
from venue.scenario.build import Scenario, build
from venue.scenario.tiers import TIERS
from venue.sim import Simulation
from venue.symbols import THIN

SYMBOL = "ORBUSDT"
PERIOD = NANOS // 10
SECONDS = 60

Make = Callable[[Pit, int], RollingView]


def fresh(tier: str, seed: int) -> Simulation:
    """The world of ``shared_world`` at its start."""
    return build(Scenario(tier=tier, seed=seed, seconds=SECONDS, thin_coins=1, has_leader=False))


def grown(sim: Simulation, looks: Iterable[int], make: Make = RollingView) -> View:
    """The rows that a reader gets who looks after each number of buckets in ``looks``, again and again."""
    view, parts, end = make(sim.pits[0], PERIOD), [], sim.start_ns
    steps = list(looks)
    while end < sim.start_ns + SECONDS * NANOS:
        for step in steps:
            end = min(end + step * PERIOD, sim.start_ns + SECONDS * NANOS)
            sim.run_until(end)
            parts.append(view.take(end))
    rows = np.zeros(sum(map(len, parts)), VIEW)
    at = 0
    for part in parts:
        for name in VIEW.names or ():
            rows[name][at : at + len(part)] = part[name]
        at += len(part)
    return rows


def is_whole(rows: View, tier: str, seed: int) -> bool:
    """Whether ``rows`` are the bytes of the whole run's view."""
    return rows.tobytes() == shared_world(tier, seed, SECONDS).view(SYMBOL, PERIOD).tobytes()


@pytest.mark.parametrize("seed", [3, 7])
@pytest.mark.parametrize("tier", TIERS)
def test_growing_view_is_the_whole_view_row_for_row(tier: str, seed: int) -> None:
    rows = grown(fresh(tier, seed), [1])
    assert len(rows) > 100
    assert is_whole(rows, tier, seed)


@pytest.mark.parametrize("looks", [[1, 7, 2], [50], [600]])
def test_it_does_not_matter_how_often_somebody_looks(looks: list[int]) -> None:
    assert is_whole(grown(fresh("T3", 3), looks), "T3", 3)


class ShowsTheUnchanged(RollingView):
    """Planted: a cancel and a same replacement within one bucket can be seen."""

    def _changes(self, end: int, changes: list[Change]) -> Iterable[Row]:  # type: ignore[override]
        for _, side, price, _, _ in changes:
            self._shown.setdefault((side, price), -1)
        return super()._changes(end, changes)


class LosesHiddenUpdates(RollingView):
    """Planted: updates of a bucket that showed nothing are missing between two messages."""

    def _changes(self, end: int, changes: list[Change]) -> Iterable[Row]:  # type: ignore[override]
        rows = list(super()._changes(end, changes))
        if not rows and changes and self._update is not None:
            self._update = changes[-1][4]
        return rows


class CountsFromTheStartOfBuckets(RollingView):
    """Planted: what happens at the very end of a bucket is shown a bucket later."""

    def _bucket(self, ts: int) -> int:
        return ts // self._period * self._period + self._period


@pytest.mark.parametrize("planted", [ShowsTheUnchanged, LosesHiddenUpdates])
def test_a_planted_fault_is_seen(planted: Make) -> None:
    assert not all(is_whole(grown(fresh(tier, 3), [1], planted), tier, 3) for tier in ("T0", "T3"))


def test_an_event_at_the_end_of_a_bucket_belongs_to_it() -> None:
    def rows(make: Make) -> View:
        pit = Pit(0, THIN[0], np.ones(1), 0)
        pit.on_level(10 * PERIOD, 0, 100, 5, 1)
        pit.on_trade(10 * PERIOD, 1, 100, 5, 1)
        return make(pit, PERIOD).take(10 * PERIOD)

    assert rows(RollingView)["ts_init"].tolist() == [10 * PERIOD + 20_000_000] * 2
    with pytest.raises(AssertionError):
        assert rows(CountsFromTheStartOfBuckets)["ts_init"].tolist() == [10 * PERIOD + 20_000_000] * 2


def test_what_was_handed_out_is_forgotten() -> None:
    sim = fresh("T3", 3)
    pit = sim.pits[0]
    view = RollingView(pit, PERIOD)
    view.take(sim.now)  # how the crowd opens
    most = 0
    for second in range(1, SECONDS + 1):
        sim.run_until(sim.start_ns + second * NANOS)
        most = max(most, len(pit.levels) + len(pit.prints))
        assert len(view.take(sim.now)) > 0
        assert pit.levels == pit.prints == []
    assert most < len(shared_world("T3", 3, SECONDS).pits[0].levels) / 10


def test_snapshot_is_the_book_as_shown() -> None:
    sim = fresh("T3", 3)
    view = RollingView(sim.pits[0], PERIOD)
    sim.run(SECONDS)
    view.take(sim.now)
    rows, pit = view.snapshot(sim.now), sim.pits[0]
    tick, lot = pit.symbol.tick_units, pit.symbol.lot_units
    shown = {(int(row["side"]), int(row["price"])): int(row["size"]) for row in rows}
    bids = {(1, price * tick): size * lot for price, size in pit.bids.items()}
    asks = {(-1, price * tick): size * lot for price, size in pit.asks.items()}
    assert shown == bids | asks
    assert np.all(rows["kind"] == BOOK)
    assert np.all(rows["flags"] & SNAPSHOT > 0)
    assert (rows["flags"] & RESET > 0).nonzero()[0].tolist() == [0]
    assert np.all(rows["ts_init"] == sim.now)
