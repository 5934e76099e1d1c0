"""The record of the examination is what its questions take it for, by a second way to every key."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from memory.verify import verify
from tests.examination import record as the
from tests.examination.building import build
from tests.examination.record import DATABASE, Record, trip
from tests.examination.world import N_DAYS, SYMBOLS, day_name


def rows(home: Path) -> list[str]:
    with sqlite3.connect(home / DATABASE) as connection:
        return list(connection.iterdump())


def test_two_thousand_decisions_over_three_weeks(examined: Record) -> None:
    assert 1_900 < len(examined.decisions) < 2_200
    assert {one.day for one in examined.decisions} == {day_name(index) for index in range(N_DAYS)}
    assert {one.symbol for one in examined.decisions} == set(SYMBOLS)
    assert (day_name(0), day_name(N_DAYS - 1)) == ("2031-03-03", "2031-03-23")
    assert len(examined.lessons) == len(examined.changes) == 8
    assert {row["provider"] for row in examined.consultations} == {"openai", "anthropic"}


def test_every_entry_is_closed_within_its_hour_and_its_money_is_that_of_its_fills(examined: Record) -> None:
    flow: dict[str, Decimal] = defaultdict(Decimal)
    paid: dict[str, Decimal] = defaultdict(Decimal)
    held: dict[str, Counter[int]] = defaultdict(Counter)
    for row in examined.fills:
        value, fee = Decimal(row["price"]) * row["size"] / 10**16, Decimal(row["fee_quote"])
        flow[row["decision_id"]] -= row["side"] * value + fee
        paid[row["decision_id"]] += fee
        held[row["decision_id"]][row["ts"] // (3_600 * 10**9)] += row["side"] * row["size"]
    entered = examined.where(the.did("enter"))
    assert len(entered) == len(flow) > 400
    for one in entered:
        assert trip(one).net == pytest.approx(float(flow[one.decision_id]), abs=1e-9)
        assert trip(one).fees == pytest.approx(float(paid[one.decision_id]), abs=1e-9)
        assert list(held[one.decision_id].values()) == [0]


def test_a_symbol_has_one_decision_an_hour_at_most(examined: Record) -> None:
    places = Counter((one.symbol, one.day, one.hour) for one in examined.decisions)
    assert set(places.values()) == {1}


def test_the_product_finds_the_record_whole(tmp_path: Path) -> None:
    build(tmp_path / "home", 3, n_days=5)
    assert verify(tmp_path / "home").faults == ()


def test_a_seed_gives_the_same_record_and_another_gives_another(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        build(tmp_path / name, seed, n_days=1)
    one, again, other = (rows(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert one != other
