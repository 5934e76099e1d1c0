"""A value that is tried reaches the signal, the order and the record, and the same way twice."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import select

from memory.episodes import EpisodeLog
from memory.experiments import ExperimentBook, ExperimentRecord
from memory.schema import METADATA
from memory.store import Store
from tests.support.replays import Record, record_of
from tests.support.senses import BTCUSDT, BUNDLED, opening
from tools.domain.market import NANOS
from tools.market.events import Events
from tools.risk.experiments import Terms


@pytest.fixture(scope="module")
def events() -> Events:
    return opening(BUNDLED[0], 150)


def tried(folder: Path, events: Events) -> Record:
    """The record of a replay in whose memory an experiment has begun before."""
    ts = int(events["ts_init"][0]) - 60 * NANOS
    with Store.open(folder / "home", is_throwaway=True) as store:
        EpisodeLog(store).begin_run(
            run_id="run_before",
            world="recorded",
            command="reflect",
            config={},
            code_version="",
            input_hash="",
            seed=1,
            ts=ts,
        )
        begun = ExperimentRecord(
            experiment_id="x_0000000001",
            name="hold_timeout_s",
            value_before=20.0,
            value=50.0,
            kind="shadow",
            tries=1,
            terms=asdict(Terms(level=0.975)),
            undoes=None,
            day="2024-08-08",
            run_id="run_before",
            world="recorded",
            ts_known=ts,
        )
        ExperimentBook(store).begin(begun)
    return record_of(folder, events, BTCUSDT)


def test_each_decision_is_taken_with_the_value_it_drew(tmp_path: Path, events: Events) -> None:
    tried(tmp_path, events)
    signals, decisions, arms = (METADATA.tables[name] for name in ("signal", "decision", "arm"))
    joined = decisions.join(signals, decisions.c.signal_id == signals.c.signal_id)
    joined = joined.join(arms, arms.c.decision_id == decisions.c.decision_id)
    columns = (
        signals.c.hold_timeout_ns,
        arms.c.value,
        arms.c.is_candidate,
        arms.c.share,
        arms.c.experiment_id,
    )
    with Store.open(tmp_path / "home", read_only=True) as store:
        rows = store.read(select(*columns).select_from(joined))
        decided = store.read(select(decisions.c.decision_id))
        policies = store.read(select(METADATA.tables["policy"]))
    assert len(rows) == len(decided) > 20
    assert all(row["hold_timeout_ns"] == row["value"] * NANOS for row in rows)
    assert {row["value"] for row in rows} == {20.0, 50.0}
    assert all(row["is_candidate"] == (row["value"] == 50.0) for row in rows)
    assert all(0.1 <= row["share"] <= 0.5 for row in rows)
    assert len({row["share"] for row in rows}) > 3, "the chance follows what became known"
    assert len(policies) >= 2, "a decision is sealed with the value it was taken with"


def test_the_same_tape_draws_the_same_arms(tmp_path: Path, events: Events) -> None:
    first, second = (tried(tmp_path / name, events) for name in ("first", "second"))
    assert first == second
    record_of(tmp_path / "plain", events, BTCUSDT)
    assert waits(tmp_path / "plain" / "home") == {20}
    assert waits(tmp_path / "first" / "home") == {20, 50}


def waits(home: Path) -> set[int]:
    """How long the signals of a memory wait, seconds."""
    with Store.open(home, read_only=True) as store:
        rows = store.read(select(METADATA.tables["signal"].c.hold_timeout_ns))
    return {row["hold_timeout_ns"] // NANOS for row in rows}
