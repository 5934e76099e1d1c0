"""Each rule of behaviour outlives kill -9, is lifted on time whatever the clock does, and raises nothing.

A process of its own records the round trips that bring the rule into force and kills itself before anything
is closed; what begins after it reads the record as ``keeper run`` does.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from keeper_agent.day_so_far import behaviour_start
from memory.episodes import EpisodeLog
from memory.store import Store
from scheduler.run import RunIdentity
from tests.unit.memory.conftest import SECOND, Maker
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.sources import model_of
from tools.domain.trading import Outcome, World
from tools.market.instruments import instrument_for
from tools.risk.behaviour import HOUR, RULES, Behaviour, Hold, Trip
from tools.risk.ledger import RiskLedger
from tools.risk.limits import EntryRequest, limit_entry

ON = default_parameters({"behave": 1, "risk_capital_usd": 100})
SYMBOLS = tuple("ABCDEFGHIJKLMNOPQRSTU")


@dataclass(frozen=True, slots=True)
class Story:
    """Round trips (symbol, source, result in USD) of which the last brings ``rule`` into force on ``key``."""

    rule: str
    key: str
    trips: tuple[tuple[str, str, str], ...]


def in_turn(wins: int, losses: int) -> tuple[tuple[str, str, str], ...]:
    """Wins and losses on symbols of their own, the lost ones spread and one of them last."""
    lost = {round((i + 1) * (wins + losses) / losses) - 1 for i in range(losses)}
    return tuple((SYMBOLS[i], "mm_range", "-0.01" if i in lost else "0.01") for i in range(wins + losses))


STORIES = (
    Story("few_wins", "", in_turn(10, 10)),
    Story("losses", "", tuple((name, "mm_range", "-0.01") for name in "ABC")),
    Story("drawdown", "", (("A", "mm_range", "-5.5"),)),
    Story("deep_drawdown", "", (("A", "mm_range", "-8.5"),)),
    Story("symbol_losses", "A", (("A", "mm_range", "-0.01"),) * 2),
    Story("symbol_few_wins", "A", tuple(("A", "mm_range", f"{net}0.01") for net in "+-+--")),
    Story(
        "reversal_few_wins", "reversal",
        tuple((name, "reversal.30m", f"{net}0.01") for name, net in zip("ABCDE", "+-+--", strict=True)),
    ),
    Story(
        "continuation_wins", "continuation", tuple((name, "continuation.1h", "0.01") for name in "ABCDE")
    ),
)  # fmt: skip
LASTING = {rule.name: rule.lasts_ns for rule in RULES}


def record(home: Path, make: Maker, story: Story) -> None:
    """Write the story's round trips into a new memory and die of SIGKILL."""
    log = EpisodeLog(Store.open(home))
    make.begin(log)
    for n, (symbol, source, net) in enumerate(story.trips):
        raised = make.signal(n, symbol=symbol, source=source)
        decision = make.decision(raised)
        log.record_signal(raised)
        log.record_decision(decision)
        log.record_outcome(outcome_of(make, n, symbol, source, net))
    os.kill(os.getpid(), signal.SIGKILL)


def outcome_of(make: Maker, n: int, symbol: str, source: str, net: str) -> Outcome:
    decision = make.decision(make.signal(n, symbol=symbol, source=source))
    return make.outcome(decision, kind="taken", net_quote=Decimal(net))


@contextmanager
def after_kill(home: Path, make: Maker, story: Story) -> Iterator[Store]:
    """The memory that a killed process left."""
    child = os.fork()
    if child == 0:
        try:
            record(home, make, story)
        finally:
            os._exit(1)  # only where it was not killed
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    with Store.open(home) as store:
        yield store


def started(store: Store, make: Maker, ts: int, parameters: ParameterSet = ON) -> Behaviour:
    instruments = {symbol: instrument_for("mexc", f"{symbol}USDT") for symbol in SYMBOLS}
    return behaviour_start(store, RunIdentity("run_next", World(make.world), 7), instruments, parameters, ts)


def held(behaviour: Behaviour, now: int, story: Story) -> Hold | None:
    return next((one for one in behaviour.holds(now) if (one.rule, one.key) == (story.rule, story.key)), None)


def test_there_is_a_story_of_every_rule() -> None:
    assert [story.rule for story in STORIES] == [rule.name for rule in RULES]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.rule)
def test_a_rule_outlives_kill_9_is_lifted_on_time_and_raises_nothing(story: Story, tmp_path: Path) -> None:
    make = Maker()
    known = [outcome_of(make, n, *trip).ts_known for n, trip in enumerate(story.trips)]
    last, lasts = known[-1], LASTING[story.rule]
    with after_kill(tmp_path, make, story) as store:
        earlier = started(store, make, last - 1)
        assert held(earlier, last - 1, story) is None, "it began with the last trip, not before"
        again = started(store, make, last)
        alive = Behaviour(
            [
                Trip(symbol, model_of(source), ts, float(net))
                for ts, (symbol, source, net) in zip(known, story.trips, strict=True)
            ],
            ON["risk_capital_usd"],
        )
        assert again.holds(last) == alive.holds(last)
        found = held(again, last, story)
        assert found is not None
        assert found.until == (None if lasts is None else last + lasts)
        assert started(store, make, last, default_parameters()).holds(last) == ()
        if lasts is None:
            lift_by_results(store, make, story, last)
            return
        for restart in (last, last + lasts // 2):  # it began anew on the way: the time is not counted anew
            once_more = started(store, make, restart)
            assert held(once_more, last + lasts - 1, story) is not None
            assert held(once_more, last + lasts, story) is None
        assert held(started(store, make, last + lasts), last + lasts, story) is None
        assert held(started(store, make, last), last + 900 * HOUR, story) is None, "a clock set on ends it"
        set_back, back = started(store, make, last), last - 900 * HOUR
        assert held(set_back, back, story) is not None
        assert held(set_back, back + lasts - 1, story) is not None
        assert held(set_back, back + lasts, story) is None, "a clock set back prolongs nothing"


def lift_by_results(store: Store, make: Maker, story: Story, last: int) -> None:
    """What has no time holds through every jump of the clock and ends with the results that lift it."""
    behaviour = started(store, make, last)
    for jump in (-900, 900, -1, 0):
        assert held(behaviour, last + jump * HOUR, story) is not None
    symbol, source, _ = story.trips[-1]
    net = -0.01 if story.rule == "continuation_wins" else 10.0
    for i in range(20):
        behaviour.learn(Trip(symbol, model_of(source), last + i * SECOND, net))
    assert held(behaviour, last + HOUR, story) is None


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.rule)
def test_in_the_ledger_a_rule_raises_nothing_whatever_the_clock_says(story: Story) -> None:
    ledger, make = RiskLedger(), Maker()
    bent = (0, -(2**62), 2**62, 1, -1)
    for n, (symbol, source, net) in enumerate(story.trips):
        for result in (float(net), float("nan"), float("inf"), float("-inf")):
            ledger.learn(Trip(symbol, model_of(source), make.ts(n), result))
        for offset in bent:
            request = EntryRequest(
                "d", symbol, Decimal(10), make.ts(n), source=source, score=99.0, loss_bps=10.0
            )
            found = limit_entry(request, ledger.snapshot(max(0, min(2**63 - 1, make.ts(n) + offset))), ON)
            assert found.usd >= 0
