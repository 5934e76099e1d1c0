"""Exports: the rows of the record, exact, whose totals are those of the report, the status and each other."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pyarrow.parquet as pq
import pytest

from keeper_agent.commands.reflect import reflect_day
from keeper_agent.exports import TABLES, pnl
from keeper_agent.settings import load_settings
from keeper_agent.table_file import write_table
from memory.parameters import ParameterStore
from memory.spending import SpendCaps, SpendLedger
from memory.store import Store
from tests.support.commands import Here
from tests.support.living import session
from tests.support.memories import DAY, a_memory
from tests.support.remembered import NOW, a_remembered_day
from tools.domain.clock import SystemClock


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def total(rows: list[Mapping[str, Any]] | list[dict[str, str]], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


@pytest.mark.parametrize("table", list(TABLES))
def test_both_formats_hold_the_same_rows(own_home: Path, tmp_path: Path, here: Here, table: str) -> None:
    with session(own_home) as found:
        found.play_to(90)
    text, packed = tmp_path / "t.csv", tmp_path / "t.parquet"
    first = here("export", table, "--out", text, "--json")
    second = here("export", table, "--format", "parquet", "--out", packed, "--json")
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert first.json["totals"] == second.json["totals"]
    rows, same = read_csv(text), pq.read_table(packed).to_pylist()
    assert len(rows) == len(same) == first.json["rows"] > 0
    types = TABLES[table][0]
    for row, other in zip(rows, same, strict=True):
        assert list(row) == list(other) == list(types)
        for name, kind in types.items():
            if other[name] is None:
                assert row[name] == ""
            elif kind is bool:
                assert row[name] == str(other[name]).lower()
            else:
                assert kind(row[name]) == other[name], name
    assert S_IMODE(text.stat().st_mode) == S_IMODE(packed.stat().st_mode) == 0o600


def test_totals_are_those_of_the_report(own_home: Path, tmp_path: Path, here: Here) -> None:
    a_remembered_day(own_home)
    settings = load_settings(keeper_home=own_home)
    with Store.open(own_home) as store:
        found = reflect_day(
            store, settings, run_id="run_0000000002", ts=NOW, parameters=ParameterStore(store, {}), day=DAY
        )
        store.flush()
        taken = found.figures.whole.taken
    trips, days = tmp_path / "trips.csv", tmp_path / "pnl.csv"
    assert here("export", "round-trips", "--out", trips).code == 0
    assert here("export", "pnl", "--out", days).code == 0
    (day,) = (row for row in read_csv(days) if row["day"] == DAY)
    rows = read_csv(trips)
    assert (int(day["round_trips"]), int(day["wins"])) == (taken.n, taken.wins) == (5, 2)
    for rows_of in (rows, [day]):
        assert total(rows_of, "net_quote") == taken.net_quote
        assert total(rows_of, "fees_quote") == taken.fees_quote
        assert total(rows_of, "gross_quote") == taken.net_quote + taken.fees_quote


def test_totals_are_those_of_a_living_agent(own_home: Path, tmp_path: Path, here: Here) -> None:
    with session(own_home) as found:
        found.play_to(120)
        tally = found.keeper.tally
        for table in TABLES:
            assert here("export", table, "--out", tmp_path / f"{table}.csv").code == 0
    fills, trips, days = (read_csv(tmp_path / f"{table}.csv") for table in TABLES)
    assert len(fills) == tally.fills > 0
    assert total(fills, "fee_quote") == tally.fees_quote
    assert len(trips) == tally.round_trips > 0
    assert total(trips, "net_quote") == total(days, "net_quote") == tally.net_quote
    bought = sum(Decimal(row["value_quote"]) * (1 if row["side"] == "buy" else -1) for row in fills)
    closed = {row["decision_id"] for row in trips}
    if {row["decision_id"] for row in fills} == closed:
        assert -bought - total(fills, "fee_quote") == tally.net_quote


def test_what_brains_cost_stands_in_rows_of_its_own(own_home: Path) -> None:
    with a_memory(own_home) as build:
        caps = SpendCaps(Decimal(1), Decimal(1), Decimal(1))
        ledger = SpendLedger(build.store, caps, SystemClock(), run_id=build.run_id, world=build.world)
        for name, cost in (("one", "0.0123"), ("two", None)):
            ledger.reserve(name, Decimal("0.1"), provider="openai", model="m")
            if cost is not None:
                ledger.settle(name, Decimal(cost), provider="openai", model="m")
        build.store.flush()
    with Store.open(own_home, read_only=True) as store:
        (line,) = pnl(store)
    assert line["quote"] == "USD"
    assert (line["brain_cost"], line["net_after_brains"]) == (Decimal("0.1123"), Decimal("-0.1123"))
    assert line["round_trips"] == 0


def test_money_of_eight_places_survives_both_formats(tmp_path: Path) -> None:
    exact = [{"a": Decimal("123456789.12345678"), "b": Decimal("0.00000001") * Decimal("0.00000003")}]
    types = {"a": Decimal, "b": Decimal}
    for form in ("csv", "parquet"):
        write_table(tmp_path / f"t.{form}", form, types, exact)
    (row,) = read_csv(tmp_path / "t.csv")
    assert {name: Decimal(value) for name, value in row.items()} == exact[0]
    assert pq.read_table(tmp_path / "t.parquet").to_pylist() == exact


def test_what_it_did_not_write_is_not_overwritten(own_home: Path, tmp_path: Path, here: Here) -> None:
    a_remembered_day(own_home)
    foreign = tmp_path / "notes.csv"
    foreign.write_text("my,own\n1,2\n")
    here("export", "pnl", "--out", foreign).fails_in_one_line(2, "is neither")
    assert foreign.read_text() == "my,own\n1,2\n"
    here("export", "pnl", "--out", tmp_path / "x.txt").fails_in_one_line(2, ".csv")
    here("export", "pnl", "--format", "xls", "--out", tmp_path / "x.xls").fails_in_one_line(2, "--out")
    here("export", "orders", "--out", tmp_path / "x.csv").fails_in_one_line(2, "expected one of")
    assert here("export", "pnl", "--out", tmp_path / "own.csv").code == 0
    assert here("export", "pnl", "--out", tmp_path / "own.csv").code == 0


def test_an_empty_home_has_nothing_to_export(tmp_path: Path, here: Here) -> None:
    here("export", "fills", "--out", tmp_path / "f.csv").fails_in_one_line(6, "")
    assert not (tmp_path / "f.csv").exists()


def test_every_column_has_a_type_and_a_value(own_home: Path) -> None:
    a_remembered_day(own_home)
    with Store.open(own_home, read_only=True) as store:
        for types, lines, money in TABLES.values():
            for line in lines(store):
                assert list(line) == list(types)
            assert set(money) <= set(types)
