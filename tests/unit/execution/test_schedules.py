"""One suite for every execution algorithm, and what each alone promises."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.scheduling import MS, START, TICK, Tape, a_parent, check_slices, played
from tools.domain.market import NANOS
from tools.execution.impact import Impact
from tools.execution.schedules.across import Across
from tools.execution.schedules.all_in import VenueBook
from tools.execution.schedules.almgren_chriss import AlmgrenChriss, urgency
from tools.execution.schedules.at_once import AtOnce
from tools.execution.schedules.paced import Paced
from tools.execution.schedules.pov import Pov
from tools.execution.schedules.schedule import NEVER, Parent, Schedule, Sight, Slice
from tools.execution.schedules.smart import Smart
from tools.execution.schedules.twap import Twap
from tools.execution.schedules.vwap import Vwap

Make = Callable[[Parent], Schedule]


def two_books(seen: Sight) -> list[VenueBook]:
    """The market of the sight, and one a tick dearer with a lower fee; no book where there is none."""
    return [
        VenueBook(
            venue=venue,
            asks=tuple((seen.ask + (n + place) * TICK, 900) for place in range(40)) if seen.ask else (),
            bid=seen.bid,
            taker_bps=fee,
            delay_s=delay,
        )
        for n, (venue, fee, delay) in enumerate((("first", 5.0, 0.1), ("second", 3.0, 0.3)))
    ]


def across(inner: Schedule, parent: Parent) -> Schedule:
    return Across(inner, parent, two_books, 1.3)


ALGORITHMS: dict[str, Make] = {
    "at once": AtOnce,
    "twap": Twap,
    "vwap": Vwap,
    "pov": lambda parent: Pov(parent, 0.2),
    "almgren-chriss": lambda parent: AlmgrenChriss(parent, 0.03),
    "smart": Smart,
    "across venues, at once": lambda parent: across(AtOnce(parent), parent),
    "across venues, twap": lambda parent: across(Twap(parent), parent),
    "across venues, smart": lambda parent: across(Smart(parent), parent),
}
AT_ONCE = frozenset(name for name in ALGORITHMS if name.endswith("at once"))
EVERY = pytest.mark.parametrize("name", ALGORITHMS)


def sight(ts: int, **changes: object) -> Sight:
    base = Sight(
        ts=ts, bid=99_950, ask=100_050, tick=TICK, bought=0, ts_fill=0, ts_refresh=0, traded=lambda since: 0
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@EVERY
@pytest.mark.parametrize("takes", [True, False])
@settings(max_examples=12, deadline=None)
@given(
    lots=st.integers(5, 200),
    largest=st.integers(5, 60),
    seconds=st.integers(5, 90),
    seed=st.integers(0, 1_000),
    refused=st.sampled_from([0.0, 0.5, 1.0]),
    fill_s=st.sampled_from([0.0, 1.0, 20.0]),
    orders=st.sampled_from([1, 10, 1_000]),
)
def test_whatever_the_market_does_every_slice_is_admissible(
    name: str,
    takes: bool,
    lots: int,
    largest: int,
    seconds: int,
    seed: int,
    refused: float,
    fill_s: float,
    orders: int,
) -> None:
    parent = a_parent(
        size=lots * 100, largest=largest * 100, end=START + seconds * NANOS, takes=takes, most_orders=orders
    )  # fmt: skip
    tape = played(ALGORITHMS[name](parent), parent, Tape(seed=seed, refused=refused, fill_s=fill_s))
    check_slices(tape, parent, is_at_once=name in AT_ONCE)


@EVERY
@pytest.mark.parametrize("seed", range(5))
def test_where_what_is_asked_for_can_be_had_it_is_had_in_time(name: str, seed: int) -> None:
    parent = a_parent()
    tape = played(ALGORITHMS[name](parent), parent, Tape(seed=seed, fill_s=10.0))
    assert tape.bought == parent.size


@EVERY
def test_a_slice_now_and_then_refused_is_made_up_for(name: str) -> None:
    parent = a_parent()
    bought = [
        played(ALGORITHMS[name](parent), parent, Tape(seed=seed, refused=0.2)).bought for seed in range(20)
    ]
    if name != "at once":  # sent once and for all; across venues what one refuses is sent to the other
        assert np.mean(bought) >= 0.95 * parent.size


@EVERY
def test_without_a_book_or_above_the_cap_nothing_is_taken(name: str) -> None:
    parent = a_parent()
    for tape in (Tape(is_dead=True), Tape(ask_rises=5_000, fill_s=0.0)):
        played(ALGORITHMS[name](parent), parent, tape)
        assert [one for one in tape.sent if one.slice.price is None] == []
        assert tape.bought == 0


@EVERY
def test_once_stopped_nothing_more_is_offered(name: str) -> None:
    parent = a_parent()
    schedule = ALGORITHMS[name](parent)
    schedule.stop()
    assert schedule.is_over
    assert schedule.next_look == NEVER
    assert schedule.due(sight(START + NANOS)) is None
    assert schedule.slices_left(0) == 0


@EVERY
def test_the_same_market_gives_the_same_slices(name: str) -> None:
    parent = a_parent()
    first, again = (played(ALGORITHMS[name](parent), parent, Tape(seed=4)).sent for _ in range(2))
    assert first == again


class TooLarge(Paced):
    """Ignores what the maker bears."""

    def due(self, sight: Sight) -> Slice | None:
        found = super().due(sight)
        return found and Slice(self.parent.size - sight.bought, found.price)

    def wanted(self, sight: Sight) -> float:
        return self.parent.size


class TooSoon(Twap):
    """Never waits."""

    def wanted(self, sight: Sight) -> float:
        self._free_from = sight.ts
        return self.parent.size

    def due(self, sight: Sight) -> Slice | None:
        self._free_from = sight.ts
        return super().due(sight)


class Twice(Twap):
    """Forgets what it has bought."""

    def due(self, sight: Sight) -> Slice | None:
        return super().due(replace(sight, bought=0))

    def wanted(self, sight: Sight) -> float:
        return self.parent.size


class Dear(Smart):
    """Pays more than the cap."""

    def due(self, sight: Sight) -> Slice | None:
        found = super().due(sight)
        return found and Slice(found.size, self.parent.cap + TICK)


@pytest.mark.parametrize("planted", [TooLarge, TooSoon, Twice, Dear])
def test_the_suite_condemns_what_breaks_a_rule(planted: type[Paced]) -> None:
    parent = a_parent()
    with pytest.raises(AssertionError):
        check_slices(played(planted(parent), parent, Tape()), parent)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lot": 0},
        {"smallest": 50},
        {"largest": 400},
        {"size": 400},
        {"end": START},
        {"cap": 0},
        {"most_orders": 0},
    ],
)
def test_a_parent_that_cannot_be_carried_out_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="expected"):
        a_parent(**wrong)


@given(wanted=st.integers(0, 30_000), left=st.integers(0, 10_000))
def test_a_slice_leaves_no_rest_that_cannot_be_sent(wanted: int, left: int) -> None:
    parent = a_parent()
    left -= left % parent.lot
    size = parent.slice_of(wanted, left)
    assert size == 0 or parent.smallest <= size <= min(parent.largest, left)
    assert size == 0 or left - size == 0 or left - size >= parent.smallest


def times(tape: Tape) -> list[float]:
    return [(one.ts - START) / NANOS for one in tape.sent]


def test_twap_is_even_in_time_and_size() -> None:
    parent = a_parent()
    tape = played(Twap(parent), parent, Tape())
    assert times(tape) == pytest.approx([0, 12, 24, 36, 48], abs=0.3)
    assert {one.slice.size for one in tape.sent} == {2_000}


def test_vwap_follows_the_volume_that_comes() -> None:
    parent = a_parent(largest=500)
    halfway = START + 30 * NANOS
    before = 60 * 100  # a hundred a second

    def wanted(traded: int, usual: int, ts: int) -> float:
        return Vwap(parent).wanted(sight(ts, traded=lambda since: traded + (usual if since < START else 0)))

    quiet, busy = wanted(1_000, before, halfway), wanted(6_000, before, halfway)
    assert quiet == pytest.approx(10_000 * 1_000 / 4_000)
    assert busy == pytest.approx(10_000 * 6_000 / 9_000)
    assert wanted(1, before, parent.end) == pytest.approx(10_000)
    assert wanted(0, 0, halfway) == pytest.approx(5_000)


def test_pov_is_its_share_of_all_volume_and_its_own_does_not_feed_it() -> None:
    parent = a_parent()
    schedule = Pov(parent, 0.2)
    at = START + 10 * NANOS
    assert schedule.wanted(sight(at, traded=lambda _: 4_000)) == pytest.approx(1_000)
    assert schedule.wanted(sight(at, traded=lambda _: 5_000, bought=1_000)) == pytest.approx(1_000)
    with pytest.raises(ValueError, match="share must be between 0 and 1, was 1"):
        Pov(parent, 1.0)


def test_without_volume_pov_waits_as_long_as_it_can() -> None:
    parent = a_parent()
    tape = played(Pov(parent, 0.2), parent, Tape(volume_hz=0.0))
    assert tape.bought == parent.size
    assert min(times(tape)) > 50


def test_almgren_chriss_is_the_closed_form() -> None:
    parent = a_parent()
    schedule = AlmgrenChriss(parent, 0.05)
    for seconds in (0.0, 7.5, 30.0, 60.0):
        expected = math.sinh(0.05 * (60 - seconds)) / math.sinh(0.05 * 60)
        assert schedule.left_at(seconds) == pytest.approx(expected)
    assert AlmgrenChriss(parent, 0.0).left_at(15.0) == pytest.approx(0.75)
    assert AlmgrenChriss(parent, 50.0).left_at(30.0) == pytest.approx(0.0, abs=1e-12)


def test_almgren_chriss_hurries_with_risk_and_is_twap_without() -> None:
    parent = a_parent(largest=1_000)
    slow, fast = (times(played(AlmgrenChriss(parent, kappa), parent, Tape())) for kappa in (0.0, 0.1))
    twap = times(played(Twap(parent), parent, Tape()))
    assert slow == twap
    assert np.mean(fast) < np.mean(slow) - 5


def test_urgency_is_that_of_the_paper() -> None:
    """Their example: 0.95 a root day, eta 2.5e-6, aversion 1e-6, that is kappa of about 0.61 a day."""
    impact = Impact(0.0, 2.5e-6, 0.0, 0)
    assert urgency(impact, 0.95, 1e-6, 1.0) == pytest.approx(0.61, abs=0.02)
    assert urgency(impact, 0.95, 0.0, 1.0) == 0.0


def test_smart_rests_ahead_of_the_bid_and_moves_after_it() -> None:
    schedule = Smart(a_parent())
    part = schedule.due(sight(START))
    assert part == Slice(2_000, 99_950 + TICK)
    sent = START
    assert not schedule.is_stale(sight(START + 3 * NANOS), sent, 99_960)
    assert schedule.is_stale(sight(START + 3 * NANOS, bid=99_970), sent, 99_960)
    assert not schedule.is_stale(sight(START + 1 * NANOS, bid=99_970), sent, 99_960), "too soon"


def test_smart_takes_what_is_behind_the_clock_and_only_after_a_refresh() -> None:
    late = START + 30 * NANOS
    schedule = Smart(a_parent())
    assert schedule.is_stale(sight(late), START, 99_960)
    filled = {"bought": 2_000, "ts_fill": late - NANOS}
    assert schedule.due(sight(late, **filled, ts_refresh=late - 2 * NANOS)) is None
    assert schedule.due(sight(late, **filled, ts_refresh=late - 500 * MS)) == Slice(2_000, None)


def test_smart_waits_for_a_refresh_no_longer_than_it_can_afford() -> None:
    schedule, late = Smart(a_parent()), START + 30 * NANOS
    assert schedule.due(sight(late, bought=2_000, ts_fill=late - 9 * NANOS)) == Slice(2_000, None)


def test_smart_that_must_not_take_rests_at_its_price_between_refreshes() -> None:
    schedule = Smart(a_parent(takes=False))
    late = START + 10 * NANOS
    assert schedule.due(sight(late, bought=2_000, ts_fill=late - NANOS)) is None
    assert schedule.due(sight(late + NANOS, bought=2_000, ts_fill=late - NANOS, ts_refresh=late)) == Slice(
        2_000, 100_500
    )
    assert not schedule.watches_order


def test_smart_rests_nowhere_where_there_is_no_room() -> None:
    schedule = Smart(a_parent())
    assert schedule.resting_price(sight(START, bid=0)) == 0
    assert schedule.resting_price(sight(START, bid=100_000, ask=100_000 + TICK)) == 100_000
    assert schedule.resting_price(sight(START, bid=100_600, ask=100_700)) == 100_500, "the cap"
