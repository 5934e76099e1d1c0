"""The library keeps what adds most, within its capacity, and what leaves it is still seen as of before."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from memory.chain import check_chain
from memory.connection import DATABASE
from memory.episodes import EpisodeLog
from memory.lock import HomeLock
from memory.patterns import PatternLibrary
from memory.promotion import CROWDED, FADED, Promotion
from memory.recall import NEVER, PatternRecall, _Seen
from memory.schema import METADATA
from memory.store import Store
from memory.verify import rebuild, verify
from tests.support.promoting import Fixed, Rated, a_promoted
from tools.domain.errors import InvariantBroken
from tools.models.importance import appraise

DAY = 86_400 * 10**9
FOR_EVER = 2**62
PATTERNS = METADATA.tables["pattern"]
AsOf = Callable[[int], set[str]]


def a_value(importance: float, age: int, half_life_days: float) -> float:
    return math.log2(importance) - (age / (half_life_days * DAY) if half_life_days else 0)


steps = st.lists(
    st.tuples(st.sampled_from([0.0, 0.01, 0.1, 0.2, 0.4, 0.7, 1.0]), st.integers(0, 400)),
    min_size=24,
    max_size=40,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    follows=steps,
    capacity=st.integers(10, 16),
    least=st.sampled_from([0.0, 0.05, 0.3]),
    half_life=st.sampled_from([0.0, 1.0, 90.0]),
)
def test_what_is_in_force_is_the_most_valuable_within_the_capacity(
    make: Any, follows: list[tuple[float, int]], capacity: int, least: float, half_life: float
) -> None:
    rated, recall = Rated(), PatternRecall()
    parameters = Fixed({"pattern_capacity": capacity, "pattern_min_importance": least,
                        "pattern_half_life_days": half_life})  # fmt: skip
    promotion = Promotion(recall, rated, parameters)
    model: dict[str, tuple[float, int]] = {}
    now = 10**18
    for n, (worth, hours) in enumerate(follows):
        now += hours * DAY // 24
        outcome = make.outcome(make.decision(make.signal(n)), ts_known=now)
        name = outcome.outcome_id
        rated.worth[name] = worth
        admission = promotion.admit(outcome, make.vector(n), now)
        if admission.is_promoted:
            recall.keep(a_promoted(outcome, make.vector(n), worth))
        for one in admission.retired:
            recall.retire(one.outcome_id, one.ts)

        def value(item: tuple[str, tuple[float, int]], at: int = now) -> tuple[float, str]:
            return a_value(item[1][0], at - item[1][1], half_life), item[0]

        floor = math.log2(least) if least else -math.inf
        model = dict(item for item in model.items() if value(item)[0] >= floor - 1e-12)
        if worth > 0 and worth >= least:
            model[name] = (worth, now)
        model = dict(sorted(model.items(), key=value)[-capacity:])
        assert {one.outcome_id for one in recall.active()} == set(model)
        assert len(recall) <= capacity


def test_a_capacity_that_was_lowered_or_a_kill_before_the_retirement_is_made_good(make: Any) -> None:
    rated, recall = Rated(), PatternRecall()
    for n in range(20):
        outcome = make.outcome(make.decision(make.signal(n)), ts_known=1_000)
        recall.keep(a_promoted(outcome, make.vector(n), (n + 1) / 40))
    promotion = Promotion(recall, rated, Fixed({"pattern_capacity": 12}))
    outcome = make.outcome(make.decision(make.signal(50)), ts_known=2_000)
    rated.worth[outcome.outcome_id] = 1.0
    admission = promotion.admit(outcome, make.vector(50), 2_000)
    assert admission.is_promoted
    assert len(admission.retired) == 9
    assert {one.why for one in admission.retired} == {CROWDED}
    least = sorted(recall.active(), key=lambda one: one.importance)[:9]
    assert {one.outcome_id for one in admission.retired} == {one.outcome_id for one in least}


def test_what_grows_old_fades_and_says_why(make: Any) -> None:
    rated, recall = Rated(), PatternRecall()
    first = make.outcome(make.decision(make.signal(1)), ts_known=DAY)
    recall.keep(a_promoted(first, make.vector(1), 0.2))
    promotion = Promotion(
        recall, rated, Fixed({"pattern_half_life_days": 10, "pattern_min_importance": 0.05})
    )
    for days, leaves in ((20, 0), (22, 1)):
        outcome = make.outcome(make.decision(make.signal(days)), ts_known=days * DAY)
        rated.worth[outcome.outcome_id] = 0.01
        admission = promotion.admit(outcome, make.vector(days), days * DAY)
        assert not admission.is_promoted
        assert [one.why for one in admission.retired] == [FADED] * leaves


def test_what_becomes_known_later_takes_no_place_before(make: Any) -> None:
    rated, recall = Rated(), PatternRecall()
    for n in range(12):
        later = make.outcome(make.decision(make.signal(n)), ts_known=5_000 + n)
        recall.keep(a_promoted(later, make.vector(n), 0.9))
    promotion = Promotion(recall, rated, Fixed({"pattern_capacity": 10}))

    def admit(n: int, now: int) -> Any:
        outcome = make.outcome(make.decision(make.signal(n)), ts_known=now)
        rated.worth[outcome.outcome_id] = 0.1
        return promotion.admit(outcome, make.vector(n), now)

    first = admit(50, 1_000)
    assert first.is_promoted
    assert first.retired == ()
    second = admit(51, 6_000)
    assert not second.is_promoted
    assert len(second.retired) == 3, "one of before, and two of the twelve"


def test_a_log_that_promotes_needs_the_mirror_it_asks(store: Store) -> None:
    with pytest.raises(InvariantBroken, match="mirror beside the promotion"):
        EpisodeLog(store, None, Promotion(PatternRecall(), appraise, Fixed({})))


class Library:
    """A small library that was filled far beyond its capacity, by the real appraisal."""

    def __init__(self, home: Path, make: Any, capacity: int = 10, follows: int = 40) -> None:
        self.store = Store.open(home, is_throwaway=True)
        self.recall = PatternRecall()
        parameters = Fixed({"pattern_capacity": capacity})
        self.log = EpisodeLog(self.store, self.recall, Promotion(self.recall, appraise, parameters))
        make.begin(self.log)
        self.in_force: dict[int, set[str]] = {}  # by time
        for n in range(follows):
            ts = make.ts(n)
            make.episode(self.log, n, net_bps=(-1) ** n * (n % 7), gross_bps=float(n % 5), ts_known=ts + 5)
            self.in_force[ts + 5] = {one.outcome_id for one in self.recall.active()}
        self.store.flush()

    def rows(self) -> Sequence[Mapping[str, Any]]:
        return self.store.read(select(PATTERNS).order_by(PATTERNS.c.ts_known))


@pytest.fixture
def library(home: Path, make: Any) -> Library:
    return Library(home, make)


def test_beyond_the_capacity_rows_are_retired_and_none_is_lost(library: Library) -> None:
    rows = library.rows()
    here = [row for row in rows if row["ts_retired"] is None]
    gone = [row for row in rows if row["ts_retired"] is not None]
    assert len(here) == len(library.recall) == 10
    assert len(gone) > 5
    assert {row["why_retired"] for row in gone} == {CROWDED}
    assert all(row["ts_retired"] >= row["ts_known"] for row in gone)
    counts = {name: len(library.store.read(select(METADATA.tables[name]))) for name in ("outcome", "signal")}
    assert counts == {"outcome": 40, "signal": 40}, "every follow stays an episode"
    for row in rows:
        assert all(0 <= row[name] <= 1 for name in ("surprise", "uniqueness", "clarity"))
        assert row["importance"] == row["uniqueness"]


def test_each_view_shows_at_each_time_what_was_in_force_then(home: Path, library: Library, make: Any) -> None:
    with HomeLock.acquire(home, "test") as lock, PatternLibrary(lock, library.store) as chroma:
        chroma.sync()
        require_each_time(library, mirror_as_of(library, make))
        require_each_time(library, chroma_as_of(chroma, make))
        assert chroma.verify() == []


def test_the_library_follows_retirements_and_is_made_anew_equal(home: Path, make: Any) -> None:
    library = Library(home, make, follows=12)
    with HomeLock.acquire(home, "test") as lock, PatternLibrary(lock, library.store) as chroma:
        chroma.sync()
        for n in range(12, 30):
            make.episode(library.log, n, net_bps=float(n), gross_bps=float(n), ts_known=make.ts(n) + 5)
        assert [line for line in chroma.verify() if "has ts_retired 9223372036854775807 in" in line]
        chroma.sync()
        assert chroma.verify() == []
    library.store.close()
    assert rebuild(home).is_whole
    assert verify(home).is_whole


def test_a_library_from_before_there_were_retirements_is_told_of_them(
    home: Path, library: Library, make: Any
) -> None:
    with HomeLock.acquire(home, "test") as lock, PatternLibrary(lock, library.store) as chroma:
        chroma.sync()
        names = chroma._collection.get()["ids"]
        chroma._collection.update(ids=names, metadatas=[{"ts_retired": None} for _ in names])  # type: ignore[dict-item]
        assert chroma.nearest(make.vector(1), FOR_EVER, 5) == []
        chroma.sync()
        require_each_time(library, chroma_as_of(chroma, make))
        assert chroma.verify() == []


def test_the_chain_lets_a_pattern_retire_but_not_become_more_important(home: Path, library: Library) -> None:
    library.store.close()
    assert check_chain(home / DATABASE)[1] == []
    with Store.open(home) as store:
        store._driver.execute("UPDATE pattern SET importance = 0.99 WHERE ts_retired IS NULL")
    (_, faults) = check_chain(home / DATABASE)
    assert any("does not fit its rows of pattern" in fault for fault in faults)


def plant_the_future(library: Library, make: Any) -> int:
    """A pattern that becomes known later and one that is retired later; returns the time before both."""
    newest = max(library.in_force)
    library.recall.retire(sorted(library.in_force[newest])[0], newest + 1_000)
    victim = sorted(library.in_force[newest])[0]
    library.store._driver.execute(
        "UPDATE pattern SET ts_retired = ?, why_retired = 'later' WHERE outcome_id = ?",
        (newest + 1_000, victim),
    )
    decision = make.episode(library.log, 90, kind="taken", ts_known=newest + 900)
    forged = dict(library.rows()[-1])
    outcome = make.outcome(decision, ts_known=newest + 500, net_bps=-500.0)
    forged |= {"outcome_id": outcome.outcome_id, "signal_id": decision.signal_id, "net_bps": -500.0}
    forged |= {"ts_known": newest + 500, "ts_retired": None, "why_retired": None, "importance": 1.0}
    marks = ", ".join("?" * len(forged))
    library.store._driver.execute("PRAGMA foreign_keys=OFF")
    names = ", ".join(forged)
    insert = f"INSERT INTO pattern ({names}) VALUES ({marks})"  # noqa: S608 (our columns)
    library.store._driver.execute(insert, list(forged.values()))
    library.recall.keep(a_promoted(outcome, make.vector(90), 1.0))
    return newest


def see_no_future(home: Path, library: Library, make: Any) -> None:
    """Fails where any view shows, as of before, what was planted after."""
    newest = plant_the_future(library, make)
    expected = library.in_force[newest]
    with HomeLock.acquire(home, "test") as lock, PatternLibrary(lock, library.store) as chroma:
        chroma.sync()
        assert mirror_as_of(library, make)(newest) == expected, "mirror"
        assert mirror_as_of(library, make, PatternRecall.load(library.store))(newest) == expected, "loaded"
        since = PatternRecall.load(library.store, since=newest)
        assert mirror_as_of(library, make, since)(newest) == expected, "loaded at the time"
        assert chroma_as_of(chroma, make)(newest) == expected, "chroma"


def test_a_pattern_and_a_retirement_of_the_future_are_invisible(
    home: Path, library: Library, make: Any
) -> None:
    see_no_future(home, library, make)


def _without_known(self: PatternRecall, ts: int, where: object) -> Any:
    return _Seen(self._retired[: len(self._patterns)] > ts, [])


def _without_retired(self: PatternRecall, ts: int, where: object) -> Any:
    return _Seen(self._known[: len(self._patterns)] <= ts, [])


def _as_of_the_end(self: PatternRecall, ts: int, where: object) -> Any:
    return _Seen(self._retired[: len(self._patterns)] == NEVER, [])


@pytest.mark.parametrize("mutant", [_without_known, _without_retired, _as_of_the_end])
def test_a_mirror_that_looks_ahead_is_caught(
    home: Path, library: Library, make: Any, monkeypatch: pytest.MonkeyPatch, mutant: Any
) -> None:
    monkeypatch.setattr(PatternRecall, "_seen", mutant)
    with pytest.raises(AssertionError, match="mirror"):
        see_no_future(home, library, make)


@pytest.mark.parametrize("field", ["ts_known", "ts_retired"])
def test_a_library_that_looks_ahead_is_caught(
    home: Path, library: Library, make: Any, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    whole = PatternLibrary._query

    def ahead(self: PatternLibrary, vector: list[float], limit: int, where: dict[str, Any]) -> Any:
        kept = [one for one in where["$and"] if field not in one]
        return whole(self, vector, limit, kept[0] if len(kept) == 1 else {"$and": kept})

    monkeypatch.setattr(PatternLibrary, "_query", ahead)
    with pytest.raises(AssertionError, match="chroma"):
        see_no_future(home, library, make)


def mirror_as_of(library: Library, make: Any, recall: PatternRecall | None = None) -> AsOf:
    mirror = recall or library.recall

    def seen(ts: int) -> set[str]:
        (found,) = mirror.neighbours([make.vector(3)], ts, 500, -1.0)
        return {one.outcome_id for one in found}

    return seen


def chroma_as_of(chroma: PatternLibrary, make: Any) -> AsOf:
    return lambda ts: {one.outcome_id for one in chroma.nearest(make.vector(3), ts, 100)}


def require_each_time(library: Library, as_of: AsOf) -> None:
    assert len(library.in_force) == 40
    for ts, expected in library.in_force.items():
        assert as_of(ts) == expected
