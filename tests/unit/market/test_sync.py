"""INV-12: whatever is lost, repeated, late or stale, a book that is said to be sound is the venue's book."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.market.events import BOOK, EVENT, LAST, PRINT, RESET, SNAPSHOT, Events
from tools.market.sync import MOST_REPEATS, DepthSync, PrintSequence
from tools.market.wire.messages import Depth, Prints, Snapshot

Levels = dict[tuple[int, int], int]
Change = tuple[int, int, int]


def rows_of(changes: list[Change], flags: int = 0) -> Events:
    rows = np.zeros(len(changes), EVENT)
    for at, (side, price, size) in enumerate(changes):
        rows[at] = (1, 0, price, size, BOOK, side, flags)
    if len(rows):
        rows["flags"][-1] |= LAST
        if flags & SNAPSHOT:
            rows["flags"][0] |= RESET
    return rows


@dataclass
class Truth:
    """The venue's book, written without a look at the code under test; every version is kept."""

    books: list[Levels] = field(default_factory=lambda: [{(1, 100): 5, (-1, 200): 5}])
    deltas: list[Depth] = field(default_factory=list)

    @property
    def version(self) -> int:
        return len(self.books) - 1

    def move(self, steps: list[Change]) -> None:
        """One delta over as many versions as steps; it tells the last size at each price."""
        after = self.version
        told: Levels = {}
        for side, price, size in steps:
            book = dict(self.books[-1])
            book[side, price] = size
            self.books.append({at: left for at, left in book.items() if left})
            told[side, price] = size
        changes = [(side, price, size) for (side, price), size in told.items()]
        self.deltas.append(Depth("A", after, self.version, rows_of(changes)))

    def snapshot(self, version: int) -> Snapshot:
        changes = [(side, price, size) for (side, price), size in self.books[version].items()]
        return Snapshot(version, rows_of(changes, SNAPSHOT))


class Follower:
    """Whoever believes the messages; a book is only looked at while the sync says that it is sound."""

    def __init__(self, sync: DepthSync) -> None:
        self.sync = sync
        self.book: Levels = {}
        self.n_checked = 0

    def take(self, messages: Sequence[Events]) -> None:
        for rows in messages:
            assert rows["flags"][-1] & LAST
            for row in rows:
                if row["flags"] & RESET:
                    self.book = {}
                self.book[int(row["side"]), int(row["price"])] = int(row["size"])
            self.book = {at: size for at, size in self.book.items() if size}

    def check(self, truth: Truth) -> None:
        if self.sync.is_sound:
            assert self.book == truth.books[self.sync.version]
            self.n_checked += 1
        else:
            assert self.book == {}
        counts = self.sync.counts
        assert counts.received == counts.applied + counts.repeated + counts.discarded + self.sync.n_waiting


CHANGES = st.tuples(st.sampled_from([1, -1]), st.integers(98, 103), st.integers(0, 3))
STEPS = st.lists(CHANGES, min_size=1, max_size=4)
# what becomes of a delta: it comes, is lost, comes twice, is held back; or a book is fetched, or all is cut
FATES = st.sampled_from(["come"] * 8 + ["lose", "twice", "hold", "release", "stale", "fetch", "cut", "old"])


def live(sync: DepthSync, journeys: list[tuple[list[Change], str]]) -> tuple[Follower, Truth]:
    """Send the deltas of a venue on their journeys; books are fetched as the sync asks for them."""
    truth, follower, held = Truth(), Follower(sync), list[Depth]()
    follower.take(sync.on_snapshot(truth.snapshot(0)))
    for number, (steps, fate) in enumerate(journeys):
        truth.move(steps)
        delta = truth.deltas[-1]
        if fate == "hold":
            held.append(delta)
        elif fate == "cut":
            held.clear()
            follower.take(sync.on_lost())
        elif fate != "lose":
            follower.take(sync.on_delta(delta))
        if fate == "twice":
            follower.take(sync.on_delta(delta))
        if fate == "release":
            while held:
                follower.take(sync.on_delta(held.pop()))
                follower.check(truth)
        if fate == "old":
            follower.take(sync.on_delta(truth.deltas[number // 2]))
        if fate == "stale":
            follower.take(sync.on_snapshot(truth.snapshot(truth.version // 2)))
        if fate == "fetch":
            follower.take(sync.on_snapshot(truth.snapshot(truth.version)))
        follower.check(truth)
    return follower, truth


@settings(max_examples=400)
@given(st.lists(st.tuples(STEPS, FATES), max_size=40))
def test_sound_book_is_the_venues_book_and_a_fresh_one_always_heals(
    journeys: list[tuple[list[Change], str]],
) -> None:
    follower, truth = live(DepthSync(), journeys)
    for _ in range(2):
        truth.move([(1, 99, 2)])
        follower.take(follower.sync.on_delta(truth.deltas[-1]))
        if follower.sync.wants_snapshot:
            follower.take(follower.sync.on_snapshot(truth.snapshot(truth.version)))
    follower.check(truth)
    assert follower.sync.is_sound
    assert follower.sync.version == truth.version
    assert follower.book == truth.books[-1]


class WithoutContinuity(DepthSync):
    """A mutant: believes every delta, as a client without a sequence check does."""

    def _follows(self, delta: Depth) -> bool:
        return True


class WithoutJoin(DepthSync):
    """A mutant: believes the first delta after a book, wherever it begins."""

    def _follows(self, delta: Depth) -> bool:
        return not self._is_joined or super()._follows(delta)


class WithoutSorting(DepthSync):
    """A mutant: takes an old delta for a new one."""

    def on_delta(self, delta: Depth) -> list[Events]:
        if self.is_sound:
            self._version = min(self._version, delta.after)
        return list(super().on_delta(delta))


@pytest.mark.parametrize("mutant", [WithoutContinuity, WithoutJoin, WithoutSorting])
def test_mutant_is_caught(mutant: Callable[[], DepthSync]) -> None:
    rng = np.random.default_rng(5)
    fates = ["come"] * 4 + ["lose", "twice", "hold", "release", "fetch", "cut", "old"]

    def journeys() -> list[tuple[list[Change], str]]:
        sizes = rng.integers(0, 4, 40).tolist()
        return [
            ([(1, 98 + n % 3, size)], fates[int(rng.integers(len(fates)))]) for n, size in enumerate(sizes)
        ]

    def wrong() -> int:
        found = 0
        for _ in range(30):
            try:
                live(mutant(), journeys())
            except AssertionError:
                found += 1
        return found

    assert wrong() > 0


def test_same_journeys_do_not_catch_the_real_one() -> None:
    rng = np.random.default_rng(5)
    fates = ["come"] * 4 + ["lose", "twice", "hold", "release", "fetch", "cut", "old"]
    n_checked = 0
    for _ in range(200):
        sizes = rng.integers(0, 4, 40).tolist()
        path = [
            ([(1, 98 + n % 3, size)], fates[int(rng.integers(len(fates)))]) for n, size in enumerate(sizes)
        ]
        n_checked += live(DepthSync(), path)[0].n_checked
    assert n_checked > 1000


def truth_of(n: int) -> Truth:
    truth = Truth()
    for number in range(n):
        truth.move([(1, 99, number % 3)])
    return truth


def test_deltas_before_the_book_are_kept_and_what_it_holds_is_dropped() -> None:
    truth, sync = truth_of(6), DepthSync()
    assert [sync.on_delta(delta) for delta in truth.deltas] == [()] * 6
    messages = sync.on_snapshot(truth.snapshot(4))
    assert len(messages) == 3
    assert (sync.version, sync.counts.repeated, sync.counts.applied) == (6, 4, 2)


def test_book_older_than_what_waits_is_asked_for_again() -> None:
    truth, sync = truth_of(6), DepthSync()
    for delta in truth.deltas[3:]:
        sync.on_delta(delta)
    assert sync.on_snapshot(truth.snapshot(1)) == ()
    assert sync.wants_snapshot
    assert sync.counts.stale_snapshots == 1
    assert sync.on_snapshot(truth.snapshot(3))
    assert sync.is_sound


def test_gap_empties_the_book_at_once() -> None:
    truth, sync = truth_of(6), DepthSync()
    sync.on_snapshot(truth.snapshot(0))
    sync.on_delta(truth.deltas[0])
    (message,) = sync.on_delta(truth.deltas[2])
    assert message["flags"].tolist() == [SNAPSHOT | RESET | LAST]
    assert message["size"].tolist() == [0]
    assert sync.wants_snapshot
    assert sync.on_delta(truth.deltas[3]) == ()


def test_late_delta_fills_its_hole_while_the_book_is_fetched() -> None:
    truth, sync = truth_of(6), DepthSync()
    for at in (0, 2, 3, 1):
        sync.on_delta(truth.deltas[at])
    assert len(sync.on_snapshot(truth.snapshot(0))) == 5
    assert sync.version == 4


def test_what_waits_is_bounded() -> None:
    truth, sync = truth_of(50), DepthSync(most_waiting=10)
    for delta in truth.deltas:
        sync.on_delta(delta)
        assert sync.n_waiting <= 10
    assert sync.counts.discarded + sync.n_waiting == 50
    sync.on_snapshot(truth.snapshot(48))
    assert sync.version == 50


def test_venue_that_counts_anew_does_not_freeze_the_book() -> None:
    truth, sync = truth_of(MOST_REPEATS + 5), DepthSync()
    sync.on_snapshot(Snapshot(10**9, truth.snapshot(0).rows))
    for delta in truth.deltas:
        sync.on_delta(delta)
    assert sync.wants_snapshot
    sync.on_snapshot(truth.snapshot(truth.version))
    assert sync.is_sound
    assert sync.version == truth.version


def test_delta_without_levels_moves_the_version_and_tells_nobody() -> None:
    sync = DepthSync()
    sync.on_snapshot(truth_of(0).snapshot(0))
    assert sync.on_delta(Depth("A", 0, 4, rows_of([]))) == ()
    assert sync.version == 4


def print_message(ids: list[int], frame: bytes = b"", n: int = 1) -> Prints:
    rows = np.zeros(len(ids) or n, EVENT)
    rows["kind"], rows["price"], rows["size"] = PRINT, 5, 5
    return Prints("A", rows, tuple(ids), frame)


@given(st.lists(st.integers(0, 30), max_size=60))
def test_no_print_passes_twice_and_no_hole_goes_unmarked(numbers: list[int]) -> None:
    sequence, passed = PrintSequence(), list[int]()
    for number in numbers:
        rows, ids, has_hole = sequence.on_prints(print_message([number]))
        assert len(rows) == len(ids)
        if ids:
            assert has_hole == (bool(passed) and number != passed[-1] + 1)
            passed.append(number)
    assert passed == sorted(set(passed))
    assert sequence.counts.received == sequence.counts.passed + sequence.counts.repeated


def test_repeated_frame_is_known_by_its_bytes() -> None:
    sequence = PrintSequence()
    kept = [len(sequence.on_prints(print_message([], frame, 2))[0]) for frame in (b"a", b"b", b"a", b"c")]
    assert kept == [2, 2, 0, 2]
    assert sequence.counts.repeated == 2


def test_lost_connection_is_a_hole_only_where_no_ids_tell() -> None:
    counted, uncounted = PrintSequence(), PrintSequence()
    marks = []
    for sequence, frames in ((counted, ([5], [6])), (uncounted, ([], []))):
        sequence.on_prints(print_message(list(frames[0]), b"x"))
        sequence.on_lost()
        marks.append(sequence.on_prints(print_message(list(frames[1]), b"y"))[2])
    assert marks == [False, True]
