"""The stores of laboratory sessions: the same rows in fewer batches, or none at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from memory.chain import check_chain
from memory.connection import DATABASE
from memory.episodes import EpisodeLog
from memory.own_store import ForgetfulStore, OwnStore
from memory.rows import Row, fill_row
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import InvariantBroken

RUNS = METADATA.tables["run"]


def begun(store: Store, make: Any) -> EpisodeLog:
    log = EpisodeLog(store)
    log.begin_run(
        run_id=make.run_id, world="recorded", command="t", config={}, code_version="0", input_hash="",
        seed=1, ts=0,
    )  # fmt: skip
    return log


def rows_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as driver:
        return [line for line in driver.iterdump() if 'INTO "link"' not in line]


def test_it_keeps_the_same_rows_as_any_store_and_seals_them(tmp_path: Path, make: Any) -> None:
    for kind, home in ((Store, tmp_path / "one"), (OwnStore, tmp_path / "other")):
        with kind.open(home, is_throwaway=True) as store:
            log = begun(store, make)
            for number in range(1, 4):
                make.episode(log, number)
            log.end_run(make.run_id, 99)
    assert rows_of(tmp_path / "one" / DATABASE) == rows_of(tmp_path / "other" / DATABASE)
    assert check_chain(tmp_path / "other" / DATABASE)[1] == []


def test_what_waits_is_read_and_a_contradiction_is_still_found(tmp_path: Path, make: Any) -> None:
    with OwnStore.open(tmp_path / "home", is_throwaway=True) as store:
        log = begun(store, make)
        make.episode(log, 1)
        assert store.n_waiting > 5
        fills = METADATA.tables["fill"]
        assert store.read(select(func.count().label("n")).select_from(fills))[0]["n"] == 1
        assert store.n_waiting == 0
        fill = make.fill(make.intent(make.decision(make.signal(1))), "t1")
        store.commit_durable([fill_row(replace(fill, size=fill.size + 1))])
        with pytest.raises(InvariantBroken):
            store.flush()
        store._queue.clear()


def test_it_knows_which_tables_are_empty(tmp_path: Path, make: Any) -> None:
    with Store.open(tmp_path / "any", is_throwaway=True) as store:
        assert not store.is_surely_empty("run")
    with OwnStore.open(tmp_path / "home", is_throwaway=True) as store:
        assert store.is_surely_empty("run")
        assert store.is_surely_empty("signal")
        log = begun(store, make)
        assert not store.is_surely_empty("run")
        assert store.is_surely_empty("signal")
        log.record_signal(make.signal(1))
        assert not store.is_surely_empty("signal")
        assert store.is_surely_empty("policy")
        store.execute([METADATA.tables["policy"].insert().values(_policy(make))])
        assert not store.is_surely_empty("policy")


def test_one_that_forgets_makes_no_rows_and_keeps_none(tmp_path: Path, make: Any) -> None:
    made: list[str] = []

    def making(name: str) -> Row:
        made.append(name)
        return Row(name, {})

    with ForgetfulStore.open(tmp_path / "home", is_throwaway=True) as store:
        log = begun(store, make)
        make.episode(log, 1)
        store.write(map(making, ("run", "signal")))
        store.commit_durable(map(making, ("fill",)))
        store.execute([update(RUNS).values(ts_ended=1)])
        assert store.is_surely_empty("run")
        assert store.is_surely_empty("outcome")
        assert made == []
        assert store.n_waiting == 0
        assert store.forgets
        assert len(log.session) > 3


def _policy(make: Any) -> dict[str, Any]:
    return {
        "policy_id": "p_1", "run_id": make.run_id, "world": "recorded", "ts_known": 0, "content": "{}",
    }  # fmt: skip
