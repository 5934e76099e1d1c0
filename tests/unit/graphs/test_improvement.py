"""Planted facts are found and decoys left alone, changes are measured, and rolled back when they turn."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from benchmarks.reflection import run_seed
from graphs.improvement import Occasion, improve, keep
from memory.parameters import ParameterStore
from memory.paths import path_facts
from memory.store import Store
from memory.trials import ROLLED_BACK, TrialBook
from tests.support.planted import PlantedRecord, decoys
from tools.domain.market import NANOS

BUFFER = "take_profit_buffer_bps"


def occasion(record: PlantedRecord, index: int, ts: int) -> Occasion:
    return Occasion(record.day(index), f"run_{record.seed:04d}{index:06d}", record.world, ts)


def test_the_gate_lets_a_planted_fact_pass_and_no_decoy(tmp_path: Path) -> None:
    found = run_seed(1, tmp_path, days=3, a_day=150)
    assert found.false_changes == ()
    assert found.changes > 0
    assert BUFFER in found.found


def test_without_the_gate_decoys_pass(tmp_path: Path) -> None:
    """The mutant: every proposal is taken, and noise moves parameters."""
    found = run_seed(1, tmp_path, days=2, a_day=60, is_gated=False)
    assert set(found.false_changes) & set(decoys())


def test_a_change_carries_from_to_reason_evidence_and_its_effect_afterwards(tmp_path: Path) -> None:
    with Store.open(tmp_path, is_throwaway=True) as store:
        record, parameters, book = PlantedRecord(store, 2, 150), ParameterStore(store), TrialBook(store)
        ts = record.write_day(0, parameters.snapshot(0)) + 600 * NANOS
        paths = path_facts(store, "recorded", ts_from=0, as_of=ts)
        now = occasion(record, 0, ts)
        made = keep(improve(paths, now, parameters, book), now, parameters, book)
        (change,) = [one for one in made if one.name == BUFFER]
        assert (change.value_before, change.value) == (2, 3)
        assert "on later signals" in change.reason
        known = {path.outcome_id for path in paths}
        assert change.evidence
        assert set(change.evidence) <= known
        later = record.write_day(1, parameters.snapshot(ts)) + 600 * NANOS
        paths = path_facts(store, "recorded", ts_from=0, as_of=later)
        seen = improve(paths, occasion(record, 1, later), parameters, book)
        (effect,) = [one for one in seen.effects if one.version == change.version]
        assert effect.verdict == "holds"
        assert effect.effect_bps is not None
        assert effect.effect_bps > 0


def test_a_change_whose_effect_turns_is_rolled_back_and_rests(tmp_path: Path) -> None:
    with Store.open(tmp_path, is_throwaway=True) as store:
        record, parameters, book = PlantedRecord(store, 2, 150), ParameterStore(store), TrialBook(store)
        ts = record.write_day(0, parameters.snapshot(0)) + 600 * NANOS
        parameters.change(
            BUFFER, 6, reason="a bad idea", evidence=["o_1"], ts=ts, run_id="run_0002000000",
            world="recorded", impact={"gain_bps": 1.0},
        )  # fmt: skip
        for index in (1, 2):
            ts = record.write_day(index, parameters.snapshot(ts)) + 600 * NANOS
            paths = path_facts(store, "recorded", ts_from=0, as_of=ts)
            now = occasion(record, index, ts)
            found = improve(paths, now, parameters, book)
            keep(found, now, parameters, book)
        undone = [one for one in parameters.history(BUFFER) if "undoes" in one.impact]
        assert [one.value for one in undone] == [2]
        assert undone[0].reason.startswith("rolled back version 1: it did -")
        assert ROLLED_BACK in {one.verdict for one in book.effects(ts)}
        assert BUFFER not in {one.name for one in found.trials}


def test_what_is_known_later_has_no_say(tmp_path: Path) -> None:
    """Paths, trials, effects and versions from the future are invisible at an earlier time."""
    with Store.open(tmp_path, is_throwaway=True) as store:
        record, parameters, book = PlantedRecord(store, 2, 60), ParameterStore(store), TrialBook(store)
        ts = record.write_day(0, parameters.snapshot(0))
        early = occasion(record, 0, ts)
        before = improve(path_facts(store, "recorded", ts_from=0, as_of=ts), early, parameters, book)
        later = record.write_day(1, parameters.snapshot(0)) + 600 * NANOS
        late = occasion(record, 1, later)
        keep(
            improve(path_facts(store, "recorded", ts_from=0, as_of=later), late, parameters, book),
            late,
            parameters,
            book,
        )
        parameters.change(
            BUFFER, 7, reason="from the future", evidence=[], ts=later + 1, run_id=late.run_id,
            world="recorded", impact={"gain_bps": 1.0},
        )  # fmt: skip
        again = improve(path_facts(store, "recorded", ts_from=0, as_of=ts), early, parameters, book)
        assert again == before
        assert book.looks("recorded", ts) == 0
        assert book.looks("recorded", later) == 1


def test_looks_are_counted_within_a_quarter(tmp_path: Path) -> None:
    with Store.open(tmp_path, is_throwaway=True) as store:
        record, parameters, book = PlantedRecord(store, 2, 30), ParameterStore(store), TrialBook(store)
        ts = record.write_day(0, parameters.snapshot(0)) + 600 * NANOS
        paths = path_facts(store, "recorded", ts_from=0, as_of=ts)
        for shift in range(3):
            now = replace(occasion(record, 0, ts), ts=ts + shift)
            book.record(improve(paths, now, parameters, book).trials, ())
        assert book.looks("recorded", ts + 2) == 3
        assert book.looks("venue", ts + 2) == 0
        assert book.looks("recorded", ts + 100 * 86_400 * NANOS) == 0


def test_a_symbol_is_marked_with_how_often_it_fails(tmp_path: Path) -> None:
    with Store.open(tmp_path, is_throwaway=True) as store:
        record, parameters, book = PlantedRecord(store, 4, 200), ParameterStore(store), TrialBook(store)
        ts = record.write_day(0, parameters.snapshot(0)) + 600 * NANOS
        found = improve(
            path_facts(store, "recorded", ts_from=0, as_of=ts), occasion(record, 0, ts), parameters, book
        )
        (trial,) = [one for one in found.trials if one.name == "symbol_size_share@NEARUSDT"]
        lost = re.search(r"; ([\d.]+)% \[([\d.]+)%, ([\d.]+)%\] of \d+ round trips lost", trial.reason)
        assert lost is not None
        low, high = float(lost.group(2)), float(lost.group(3))
        assert low < 30.9 < high
