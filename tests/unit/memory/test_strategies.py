"""Strategies are kept as validated data: versions with their time, and nothing that could run."""

from __future__ import annotations

from typing import Any

import pytest

from memory.episodes import EpisodeLog
from memory.store import Store
from memory.strategies import (
    ACTIVE,
    DEPRECATED,
    MINED,
    StrategyBook,
    StrategyShelf,
    StrategyVersion,
    rules_of,
    updated,
)
from memory.worth import WorthBook, WorthRecord
from tools.domain.errors import BadInput
from tools.domain.market import NANOS

FEATURES = ("imbalance", "spread_bps")
RULES = {
    "conditions": [{"feature": "imbalance", "low": 0.2, "high": None}],
    "size_share": 0.5, "stop_bps": 20.0, "target_bps": 5.0,
}  # fmt: skip
VERSION = StrategyVersion(
    strategy_id="y_1",
    rules=rules_of(RULES, FEATURES),
    standing=ACTIVE,
    reason="won 9 of 10",
    origin=MINED,
    n=0,
    wins=0,
    net_bps=0.0,
    error_bps=0.0,
    evidence=("o_1",),
    day="2024-08-08",
    run_id="run_0000000001",
    world="recorded",
    ts=100,
    ts_known=100,
)


@pytest.fixture
def book(store: Store, log: EpisodeLog) -> StrategyBook:
    return StrategyBook(store)


def test_a_strategy_reads_back_as_it_was_recorded(book: StrategyBook) -> None:
    book.record(VERSION)
    assert book.known(100) == [VERSION]


def test_one_from_the_future_is_invisible_and_a_new_version_retires_the_old(book: StrategyBook) -> None:
    book.record(VERSION)
    book.record(updated(VERSION, n=5, wins=4, ts_known=200))
    book.record(updated(VERSION, n=5, wins=4, ts_known=250))
    book.record(updated(VERSION, n=9, wins=1, standing=DEPRECATED, reason="lost", ts_known=300))
    assert [len(book.known(ts)) for ts in (99, 100, 300)] == [0, 1, 1]
    assert [[one.n for one in book.known(ts)] for ts in (199, 200, 299, 300)] == [[0], [5], [5], [9]]
    assert [len(book.active(ts)) for ts in (99, 199, 300)] == [0, 1, 0]
    assert [one.n for one in book.history("y_1")] == [0, 5, 9]


def test_the_shelf_hears_a_new_strategy_a_minute_after_it_was_learned(book: StrategyBook) -> None:
    shelf = StrategyShelf(book)
    assert shelf.active(5 * NANOS + 7) == ()
    book.record(updated(VERSION, ts=5 * NANOS, ts_known=5 * NANOS))
    assert shelf.active(64 * NANOS) == ()
    assert len(shelf.active(65 * NANOS)) == 1


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"conditions": []}, "conditions"),
        ({"conditions": [{"feature": "imbalance"}]}, "needs a bound"),
        ({"conditions": [{"feature": "imbalance", "low": 2, "high": 1}]}, "above high"),
        ({"conditions": [{"feature": "imbalance", "low": float("inf")}]}, "finite"),
        ({"conditions": [{"feature": "__import__('os')", "low": 1}]}, "feature"),
        ({"conditions": [{"feature": "moon_phase", "low": 1}]}, "moon_phase"),
        ({"conditions": [{"feature": "imbalance", "low": 1, "code": "x"}]}, "code"),
        ({"size_share": 1.5}, "size_share"),
        ({"stop_bps": 0}, "stop_bps"),
        ({"run": "rm"}, "run"),
    ],
)
def test_rules_that_are_no_rules_are_refused_in_one_line(broken: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        rules_of(RULES | broken, FEATURES)
    assert "\n" not in str(caught.value)


def test_an_entry_of_the_ledger_from_the_future_is_invisible(store: Store, log: EpisodeLog) -> None:
    ledger = WorthBook(store)
    entry = WorthRecord(
        kind="rule", name="rule.spoofing", day="2024-08-08", n=3, effect_bps=None, value_quote=None,
        low_quote=None, high_quote=None, verdict="too_few", run_id="run_0000000001", world="recorded",
        ts_known=100,
    )  # fmt: skip
    ledger.record([entry])
    assert [len(ledger.latest(ts)) for ts in (99, 100)] == [0, 1]
    assert ledger.latest(100) == [entry]
