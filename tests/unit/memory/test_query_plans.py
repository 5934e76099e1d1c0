"""What is asked often costs the same however long the record is: seen in the plans, not on a clock.

Every statement that the product really sends is caught and its plan read; a table that grows with history
must not be read from end to end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graphs.explanation import explain
from graphs.query import answer
from memory.account import account_day, last_departures, last_known
from memory.graph import explain_graph
from memory.hindsight import judged_votes
from memory.jobs import JobBook
from memory.lookup import DecisionFilter
from memory.open_orders import OpenOrders
from memory.recent import last_decisions
from memory.statistics import decision_facts, last_decision_time, last_run, symbols
from memory.store import Store
from tests.support.memories import DAY, SECOND, a_memory, at
from tools.domain.trading import Action

GROWING = (
    "signal",
    "decision",
    "bundle",
    "intent",
    "order",
    "fill",
    "outcome",
    "pattern",
    "consultation",
    "link",
)
SEEN = re.compile(r"^(SCAN|SEARCH) \"?(\w+)\"?(.*)$")


class Plans:
    """The plans of every statement that a store sends while it is watched."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def scans(self, work: Callable[[], object]) -> list[str]:
        """Steps of the plans of what ``work`` sends that read all of a growing table."""
        return [step for text in self._asked(work) for step in self._scans(text)]

    def steps(self, work: Callable[[], object]) -> list[str]:
        """Every step of the plans of what ``work`` sends."""
        return [step for text in self._asked(work) for step in self._plan(text)]

    def _asked(self, work: Callable[[], object]) -> list[str]:
        sent: list[str] = []
        self.store._driver.set_trace_callback(sent.append)
        try:
            work()
        finally:
            self.store._driver.set_trace_callback(None)
        asked = [text for text in sent if text.lstrip().upper().startswith(("SELECT", "WITH"))]
        assert asked, "nothing was asked"
        return asked

    def _plan(self, text: str) -> list[str]:
        return [str(row[3]) for row in self.store._driver.execute(f"EXPLAIN QUERY PLAN {text}")]

    def _scans(self, text: str) -> Iterator[str]:
        plan = self._plan(text)
        for step in plan:
            found = SEEN.match(step)
            if found and found[2] in GROWING and self._is_whole(found[1], found[3], text, plan):
                yield f"{step}: {text}"

    @staticmethod
    def _is_whole(verb: str, how: str, text: str, plan: list[str]) -> bool:
        """Whether a step reads a whole table: a scan that nothing ends, or a search without an index."""
        if verb == "SEARCH":
            # All that was known before now is all there is; of outcomes every other one counts.
            is_all_before = re.search(r"\(ts(_known)?<\?\)$", how) and "LIMIT 500" not in text
            return "USING" not in how or bool(is_all_before)
        # The newest of all is the first entry of an index; with a condition it may be the last.
        is_first = "LIMIT" in text and "WHERE" not in text and "USING" in how
        return not is_first or "USE TEMP B-TREE FOR ORDER BY" in plan


@pytest.fixture
def plans(tmp_path: Path) -> Any:
    with a_memory(tmp_path / "home") as build:
        known: list[str] = []
        for n in range(3):
            decision = build.decide(at("10:00:00") + n * 60 * SECOND, action=Action.ENTER, recalled=known)
            known.append(build.follow(decision, 1.0).outcome_id)
            build.trade(decision, 1.0)
        build.store.flush()
        yield Plans(build.store)


def newest(store: Store) -> str:
    (fact,) = decision_facts(store, DecisionFilter(), newest=1)
    return fact.decision_id


WORKS: dict[str, Callable[[Store], object]] = {
    "recall": lambda store: last_decisions(store, "BTCUSDT", at("11:00:00")),
    "explain": lambda store: explain(store, newest(store)),
    "graph": lambda store: explain_graph(store, newest(store), as_of=at("11:00:00")),
    "open orders": lambda store: OpenOrders(store, "recorded", "binance").open_intents(),
    "holdings": lambda store: OpenOrders(store, "recorded", "binance").holdings({}),
    "symbols with something left": lambda store: OpenOrders(store, "recorded", "binance").symbols(),
    "account of the day": lambda store: account_day(store, "recorded", at("11:00:00")),
    "last departures": lambda store: last_departures(store, "recorded", at("10:00:00"), at("11:00:00")),
    "last known": last_known,
    "votes judged": lambda store: list(judged_votes(store, at("11:00:00"), 500)),
    "due jobs": lambda store: JobBook(store).has_decisions("recorded", DAY, DAY),
    "symbols": symbols,
    "last decision": lambda store: last_decision_time(store, "recorded"),
    "last run": last_run,
    "ask why": lambda store: answer(store, f"why did you decide {newest(store)}?", at("11:00:00")),
    "ask of a symbol": lambda store: answer(store, "show the last 5 decisions on BTCUSDT", at("11:00:00")),
    "ask of a day": lambda store: answer(store, f"how many decisions on {DAY}?", at("11:00:00")),
}


@pytest.mark.parametrize("name", WORKS)
def test_nothing_that_grows_is_read_from_end_to_end(plans: Plans, name: str) -> None:
    assert plans.scans(lambda: WORKS[name](plans.store)) == []


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("recall", "ix_decision_symbol_ts"),
        ("last known", "ix_signal_ts_known"),
        ("account of the day", "ix_intent_world_ts"),
        ("explain", "ix_outcome_signal"),
        ("ask of a day", "ix_decision_ts"),
    ],
)
def test_without_its_index_the_same_question_is_caught(plans: Plans, name: str, index: str) -> None:
    plans.store._driver.execute(f"DROP INDEX {index}")
    assert plans.scans(lambda: WORKS[name](plans.store)) != []


def test_a_look_back_at_a_symbol_reads_nothing_but_two_indexes(plans: Plans) -> None:
    steps = plans.steps(lambda: WORKS["recall"](plans.store))
    reads = [step for step in steps if SEEN.match(step)]
    assert len(reads) == 2
    assert all(" USING COVERING INDEX " in step for step in reads)
