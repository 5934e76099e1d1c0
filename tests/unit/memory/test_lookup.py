"""Questions to the record are typed, bounded, and see only what was known."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from memory.counts import (
    count_decisions,
    count_executions,
    count_trades,
    decisions_by,
    first_executed,
    trades_by,
)
from memory.episodes import EpisodeLog
from memory.history import lessons_learned, parameters_changed, reports, runs
from memory.lookup import DecisionFilter, Group, find_decision, tell
from memory.parameters import ParameterStore
from memory.recent import last_decisions
from memory.rows import Row, decision_row, signal_row
from memory.statistics import decision_facts, ranked_trades, trade_facts
from memory.store import Store
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.identity import decision_id
from tools.domain.regime import Regime
from tools.domain.trading import Action, OrderStatus, Result, Route, Vote


@pytest.fixture
def reader(home: Path, store: Store, log: EpisodeLog, make: Any) -> Any:
    """Six whole episodes, and one decision to skip followed on paper, seen through a read-only store."""
    for n in range(6):
        make.episode(log, n, kind="taken", net_bps=float(n - 2), net_quote=Decimal(n - 2) / 10)
    skipped = make.signal(9)
    decision = make.decision(skipped, action=Action.SKIP, route=Route.RULE, plan=None, is_probe=True)
    log.record_signal(skipped)
    log.record_decision(decision)
    log.record_outcome(make.outcome(decision, kind="shadow", net_bps=50.0, net_quote=None, fees_quote=None))
    store.flush()
    with Store.open(home, read_only=True) as opened:
        yield opened


def test_a_decision_is_found_by_its_id_or_a_beginning_of_it(reader: Store, make: Any) -> None:
    decision = make.decision(make.signal(3))
    name = decision.decision_id
    for text in (name, name[:9], name[2:]):
        assert find_decision(reader, text) == decision


def test_a_decision_of_an_older_memory_is_found_by_its_shorter_id(
    store: Store, log: EpisodeLog, make: Any
) -> None:
    signal = make.signal(1, signal_id="s_0123456789")
    decision = make.decision(signal, decision_id=decision_id(signal.signal_id))
    log.record_signal(signal)
    log.record_decision(decision)
    assert find_decision(store, "d_de01868b5c") == decision


def test_no_decision_and_too_many_are_told_apart(reader: Store) -> None:
    with pytest.raises(NotInRecord, match="no decision d_zzz"):
        find_decision(reader, "d_zzz")
    with pytest.raises(BadUsage, match=r"expected the id of one decision, d_ may be d_\w+, d_\w+.* and more"):
        find_decision(reader, "d_")
    with pytest.raises(BadUsage, match="expected a decision id"):
        find_decision(reader, "d_%' OR 1=1 --")


def test_a_percent_or_underscore_is_no_wildcard(reader: Store, make: Any) -> None:
    name = make.decision(make.signal(3)).decision_id
    with pytest.raises(NotInRecord):
        find_decision(reader, name[:4] + "_" + name[5:])


def test_a_story_holds_everything_of_a_decision_in_order(reader: Store, make: Any) -> None:
    decision = make.decision(make.signal(3))
    intent = make.intent(decision)
    story = tell(reader, decision.decision_id)
    assert story.decision == decision
    assert story.signal == make.signal(3)
    assert story.intents == (intent,)
    assert [update.status for update in story.orders] == [OrderStatus.OPEN, OrderStatus.FILLED]
    assert story.fills == (make.fill(intent, "t3"),)
    assert [one.net_bps for one in story.outcomes] == [1.0]


def test_a_story_told_at_a_time_ends_there(reader: Store, make: Any) -> None:
    decision = make.decision(make.signal(3))
    fill, outcome = make.fill(make.intent(decision)), make.outcome(decision)
    early = tell(reader, decision.decision_id, as_of=decision.ts)
    assert (len(early.intents), early.orders, early.fills, early.outcomes) == (1, (), (), ())
    assert len(tell(reader, decision.decision_id, as_of=fill.ts).fills) == 1
    assert tell(reader, decision.decision_id, as_of=outcome.ts_known - 1).outcomes == ()
    assert len(tell(reader, decision.decision_id, as_of=outcome.ts_known).outcomes) == 1
    with pytest.raises(NotInRecord, match="was taken at"):
        tell(reader, decision.decision_id, as_of=decision.ts - 1)


def test_decisions_are_counted_by_every_field_of_the_filter(reader: Store, make: Any) -> None:
    counts = {
        7: DecisionFilter(),
        6: DecisionFilter(action=Action.ENTER),
        1: DecisionFilter(route=Route.RULE, is_probe=True),
        3: DecisionFilter(regime=Regime.CALM),
        4: DecisionFilter(regime=Regime.VOLATILE, symbol="BTCUSDT", world="recorded", run_id=make.run_id),
        0: DecisionFilter(symbol="ETHUSDT"),
        2: DecisionFilter(ts_from=make.ts(2), ts_to=make.ts(4)),
        5: DecisionFilter(as_of=make.ts(4)),
    }
    assert {count_decisions(reader, wanted): wanted for wanted in counts.values()} == counts
    assert decisions_by(reader, DecisionFilter(), Group.ROUTE) == {"pattern": 6, "rule": 1}
    assert decisions_by(reader, DecisionFilter(), Group.REGIME) == {"calm": 3, "volatile": 4}
    assert decisions_by(reader, DecisionFilter(is_probe=False), Group.SYMBOL) == {"BTCUSDT": 6}


def test_the_last_decisions_on_a_symbol_are_those_known_at_the_time(reader: Store, make: Any) -> None:
    last = last_decisions(reader, "BTCUSDT", make.ts(3), limit=2)
    assert [one.ts for one in last] == [make.ts(3), make.ts(2)]
    assert [one.ts for one in last_decisions(reader, "BTCUSDT", make.ts(3) - 1, limit=1)] == [make.ts(2)]
    assert last_decisions(reader, "ETHUSDT", make.ts(9)) == []
    assert [one.ts for one in last_decisions(reader, "BTCUSDT", make.ts(3), 2, "recorded")] == [
        make.ts(3),
        make.ts(2),
    ]
    assert last_decisions(reader, "BTCUSDT", make.ts(3), world="live") == []


def test_a_decision_that_became_known_later_than_it_was_taken_is_not_recalled_before(
    store: Store, log: EpisodeLog, make: Any
) -> None:
    make.episode(log, 1)
    late = decision_row(make.decision(make.signal(2)))
    store.write([signal_row(make.signal(2)), Row("decision", {**late.values, "ts_known": make.ts(4)})])
    assert [one.ts for one in last_decisions(store, "BTCUSDT", make.ts(3))] == [make.ts(1)]
    assert [one.ts for one in last_decisions(store, "BTCUSDT", make.ts(4))] == [make.ts(2), make.ts(1)]


def test_the_outcome_is_seen_from_when_it_was_known(reader: Store, make: Any) -> None:
    known = make.ts(9) + 120 * 1_000_000_000
    before, after = (last_decisions(reader, "BTCUSDT", ts, limit=1)[0] for ts in (make.ts(9), known))
    assert (before.decision_id, before.result, before.net_bps) == (after.decision_id, None, None)
    assert after.net_bps == 50.0


def test_trades_are_counted_by_kind_result_and_sign(reader: Store) -> None:
    assert count_trades(reader, DecisionFilter()) == 7
    assert count_trades(reader, DecisionFilter(kind="taken")) == 6
    assert count_trades(reader, DecisionFilter(kind="taken", won=True)) == 3
    assert count_trades(reader, DecisionFilter(kind="taken", won=False)) == 3
    assert count_trades(reader, DecisionFilter(result=Result.STOP)) == 0
    assert trades_by(reader, DecisionFilter(), Group.HOUR) == {"23:00": 7}


def test_the_best_and_the_worst_trades_are_found_by_their_net_result(reader: Store) -> None:
    best = ranked_trades(reader, DecisionFilter(), best=True, limit=2)
    assert [(one.kind, one.net_bps) for one in best] == [("shadow", 50.0), ("taken", 3.0)]
    worst = ranked_trades(reader, DecisionFilter(kind="taken"), best=False, limit=2)
    assert [one.net_bps for one in worst] == [-2.0, -1.0]


def test_a_trade_not_yet_known_does_not_count(reader: Store, make: Any) -> None:
    known = make.outcome(make.decision(make.signal(3))).ts_known
    assert count_trades(reader, DecisionFilter(as_of=known)) == 4
    assert count_trades(reader, DecisionFilter(as_of=known - 1)) == 3
    (newest,) = trade_facts(reader, DecisionFilter(as_of=known), newest=1)
    assert newest.net_bps == 1.0


def test_fills_are_counted_with_the_decisions_they_belong_to(reader: Store, make: Any) -> None:
    assert count_executions(reader, DecisionFilter(), "fill") == 6
    assert count_executions(reader, DecisionFilter(ts_from=make.ts(4)), "intent") == 2
    firsts = first_executed(reader, DecisionFilter(), "fill")
    assert firsts == tuple(make.decision(make.signal(n)).decision_id for n in range(6))


@pytest.mark.parametrize(
    ("votes", "refuses"),
    [
        ([Vote("rule.payoff", "skip", None, None, None, "too little", ())], True),
        ([Vote("rule.payoff", "silent", None, None, None, "fine", ())], False),
        ([Vote("rule.data", "skip", None, None, None, "gap", ())], False),
        (
            [
                Vote("rule.data", "skip", None, None, None, "gap", ()),
                Vote("rule.payoff", "silent", None, None, None, "fine", ()),
            ],
            False,
        ),
        (
            [Vote("pattern", "skip", None, None, None, '{"component":"rule.payoff","stance":"skip"}', ())],
            False,
        ),
        ([Vote("rule.payoff", "silent", None, None, None, '","stance":"skip"', ())], False),
        ([Vote("rule.payoff", "skip", None, None, None, '"stance":"silent"', ("o_1",))], True),
    ],
)
def test_what_a_rule_refused_is_found_whatever_the_votes_say_in_words(
    store: Store, log: EpisodeLog, make: Any, votes: list[Vote], refuses: bool
) -> None:
    signal = make.signal(1)
    log.record_signal(signal)
    log.record_decision(make.decision(signal, votes=tuple(votes)))
    assert count_decisions(store, DecisionFilter(rule="payoff")) == refuses
    (fact,) = decision_facts(store, DecisionFilter())
    assert ("rule.payoff" in fact.rules) is refuses


@pytest.mark.parametrize(
    "bad", [{"symbol": "x' OR 1=1"}, {"symbol": "A" * 41}, {"run_id": "a;b"}, {"world": ""}]
)
def test_a_filter_that_no_record_can_match_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(BadUsage, match="expected a"):
        DecisionFilter(**bad)


@pytest.mark.parametrize("limit", [0, -1, 10_001])
def test_an_unbounded_question_is_refused(reader: Store, limit: int) -> None:
    with pytest.raises(BadUsage, match="limit between 1 and 10000"):
        last_decisions(reader, "BTCUSDT", 1, limit=limit)


def test_what_happened_around_decisions_is_read_by_time(store: Store, log: EpisodeLog, make: Any) -> None:
    start = make.ts(0)
    log.end_run(make.run_id, start + 50)
    ParameterStore(store).change(
        "stop_bps", 25, reason="r", evidence=[], ts=start + 9, run_id=make.run_id, world="recorded"
    )
    about: dict[str, Any] = {"run_id": make.run_id, "world": "recorded", "day": "2024-08-09", "kind": "daily"}
    log.record_report(**about, markdown="# A day", statistics={"n": 1}, ts=start + 20)
    (run,) = runs(store)
    assert (run.command, run.config, run.seed, run.ts_started, run.ts_ended) == (
        "replay",
        {"speed": 1},
        7,
        start,
        start + 50,
    )
    assert [one.value for one in parameters_changed(store, ts_to=start + 10)] == [25]
    assert parameters_changed(store, ts_to=start + 9) == []
    assert lessons_learned(store) == []
    (report,) = reports(store, ts_from=start + 20)
    assert (report.markdown, report.statistics) == ("# A day", {"n": 1})
    assert reports(store, ts_to=start + 20) == []
