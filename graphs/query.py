"""Answering questions from the record: typed query, parameterised reads, cited decisions.

Every figure is recomputed from the rows at hand. What the record does not hold is said to
be missing, with exit code 6; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from graphs.answers import (
    MOST_CITED,
    Answer,
    cited,
    decision_of,
    describe,
    newest_first,
    result_lines,
    statistics_as_data,
)
from graphs.learned import answer_learned
from graphs.reasons import entry_reasons, exit_reasons, headline
from memory.counts import (
    count_decisions,
    count_executions,
    count_trades,
    decisions_by,
    first_executed,
    trades_by,
)
from memory.lookup import DecisionFilter, Group, find_decision, tell
from memory.statistics import (
    DecisionFact,
    TradeFact,
    decision_facts,
    first_decision,
    last_decision_time,
    last_run,
    ranked_trades,
    symbols,
    trade_facts,
)
from memory.store import Store
from prompts.questions import Ask, Query, Subject, parse_question
from prompts.vietnamese import is_vietnamese
from prompts.vietnamese_answers import in_vietnamese
from tools.domain.clock import iso
from tools.domain.errors import NotInRecord
from tools.domain.market import plain
from tools.domain.trading import Action
from tools.risk.measures import measure_trades

_Told: TypeAlias = tuple[str, Mapping[str, Any], tuple[str, ...]]
SEED = 7  # of the intervals: the same question about the same record gives the same answer


def answer(store: Store, question: str, now: int, before: Sequence[str] = ()) -> Answer:
    """The answer to ``question`` from what is in memory.

    Args:
        store: The record; reading is enough.
        question: In plain words, English or Vietnamese.
        now: What today is, nanoseconds.
        before: Questions asked before, which a follow-up builds on.

    Raises:
        NotInRecord: It was not understood, or the record does not reach there.
        BadUsage: It names an impossible date, time or number.
    """
    newest = last_decision_time(store)
    if newest is None:
        raise NotInRecord(f"not in the record: {store.path} holds no decision yet; keeper run makes some")
    query = parse_question(question, symbols=symbols(store), now=now, newest=newest, before=before)
    run_id = last_run(store) if query.is_last_run else None
    if run_id is not None:
        query = replace(query, where=replace(query.where, run_id=run_id))
    _require_covered(store, query)
    if query.subject in (Subject.LESSONS, Subject.PARAMETERS):
        text, numbers, citations = answer_learned(store, query, now)
    else:
        text, numbers, citations = _ANSWERS[query.ask](store, query)
    text = in_vietnamese(text) if is_vietnamese(question) else text
    return Answer(question, query, describe(query, run_id), text, numbers, citations)


def _count(store: Store, query: Query) -> _Told:
    if query.subject in (Subject.FILLS, Subject.ORDERS):
        table = "fill" if query.subject is Subject.FILLS else "intent"
        n = count_executions(store, _where(query), table)
        return f"{n} {query.subject.value}.", {"n": n}, cited(first_executed(store, _where(query), table))
    is_trades = query.subject is Subject.TRADES
    count, by = (count_trades, trades_by) if is_trades else (count_decisions, decisions_by)
    where, newest = _where(query), _newest(store, query, MOST_CITED)
    n = total = count(store, where)
    of = ""
    if where.won is not None or where.result is not None:
        total = count(store, replace(where, won=None, result=None))
        of = f" of {total} {_noun(query)}"
    noun = "" if of else f" {_noun(query)}"
    if query.group is None:
        return f"{n}{of}{noun}.", {"n": n, "of": total}, newest_first(newest)
    counts = by(store, where, Group(query.group))
    ranked = sorted(counts.items(), key=lambda pair: (pair[1] if query.best is False else -pair[1], pair[0]))
    lines = [f"{n}{of}{noun} by {query.group.replace('_id', '')}:"]
    lines += [f"  {name}: {n}" for name, n in ranked]
    return "\n".join(lines), {"n": n, "of": total, "by": dict(ranked)}, newest_first(newest)


def _why(store: Store, query: Query) -> _Told:
    decision_id, note = _meant(store, query)
    story = tell(store, decision_id)
    lines = [headline(story)] + ([note] if note else [])
    lines += exit_reasons(story) if query.is_exit else entry_reasons(story)
    decision = story.decision
    numbers = {
        "probability": decision.probability,
        "breakeven": decision.breakeven,
        "expected_bps": decision.expected_bps,
        "net_bps": {outcome.kind: outcome.net_bps for outcome in story.outcomes},
    }
    return "\n".join(lines), numbers, (decision.decision_id,)


def _meant(store: Store, query: Query) -> tuple[str, str]:
    """The decision a why-question means, and how it was picked."""
    if query.decision is not None:
        decision = find_decision(store, query.decision)
        wanted = query.where.action
        differs = wanted is not None and decision.action is not wanted
        return decision.decision_id, f"It did not {wanted}: it was {decision.action}." if differs else ""
    n = _number(store, query)
    if not n:
        raise NotInRecord(f"not in the record: no {describe(query)}{_nearest(store, query)}")
    if query.subject is Subject.TRADES and query.best is not None:
        place = "best" if query.best else "worst"
        (first,) = ranked_trades(store, _where(query), best=query.best, limit=1)
        return first.decision.decision_id, f"The {place} of {n} trades."
    (last,) = _newest(store, query, 1)
    return decision_of(last).decision_id, f"The last of {n} that match." if n > 1 else ""


def _nearest(store: Store, query: Query) -> str:
    """A hint at the decision nearest to a moment at which there was none."""
    if query.where.ts_from is None or not query.is_moment:
        return ""
    start = query.where.ts_from
    where = replace(query.where, ts_from=None, ts_to=None, kind=None)
    before = decision_facts(store, replace(where, ts_to=start), newest=1)
    after = first_decision(store, replace(where, ts_from=start))
    facts = [*before, *([after] if after is not None else [])]
    if not facts:
        return ""
    fact = min(facts, key=lambda one: abs(one.ts - start))
    return f"; the nearest such decision is {fact.decision_id} at {iso(fact.ts)}"


def _extreme(store: Store, query: Query) -> _Told:
    best = query.best is not False
    n = count_trades(store, _trade_where(query))
    if not n:
        raise NotInRecord(f"not in the record: no finished {describe(query)}; nothing can be ranked")
    if query.group is not None:
        title = f"{'Best' if best else 'Worst'} {query.group.replace('_id', '')} by mean net result"
        return _by_group(_trades(store, query), query, query.group, title, best)
    ranked = ranked_trades(store, _trade_where(query), best=best, limit=query.limit)
    place = "Best" if best else "Worst"
    lines = [f"{place} of {n} {_noun(query)} by net result after costs:"]
    lines += [f"  {_trade_line(fact)}" for fact in ranked]
    rows = [{"decision_id": fact.decision.decision_id, "net_bps": fact.net_bps} for fact in ranked]
    return (
        "\n".join(lines),
        {"n": n, "ranked": rows},
        cited(row.decision.decision_id for row in ranked),
    )


def _by_group(trades: Sequence[TradeFact], query: Query, group: str, title: str, best: bool) -> _Told:
    groups: dict[str, list[TradeFact]] = {}
    for fact in trades:
        groups.setdefault(_group_of(fact, group), []).append(fact)
    found = {name: measure_trades(facts, SEED) for name, facts in groups.items()}

    def mean(name: str) -> float:
        estimate = found[name].net_bps
        return 0.0 if estimate is None else estimate.value

    ranked = sorted(found, key=lambda name: (-mean(name) if best else mean(name), name))
    lines = [f"{title}: {ranked[0]} (of {len(ranked)}, {len(trades)} {_noun(query)})"]
    for name in ranked[:MOST_CITED]:
        lines += [f"  {name}:", *(f"    {line}" for line in result_lines(found[name]))]
    numbers = {"n": len(trades), "by": {name: statistics_as_data(found[name]) for name in ranked}}
    examples = _ranked(groups[ranked[0]], best)
    return "\n".join(lines), numbers, cited(fact.decision.decision_id for fact in examples)


def _list(store: Store, query: Query) -> _Told:
    shown = list(reversed(_newest(store, query, query.limit)))
    lines = [_trade_line(one) if isinstance(one, TradeFact) else _decision_line(one) for one in shown]
    total, ids = _number(store, query), cited(decision_of(one).decision_id for one in shown)
    if not total:
        return f"None: no {describe(query)}{_nearest(store, query)}.", {"n": 0, "shown": 0}, ()
    head = f"The last {len(lines)} of {total} {_noun(query)}:"
    return "\n".join([head, *(f"  {line}" for line in lines)]), {"n": total, "shown": len(lines)}, ids


def _result(store: Store, query: Query) -> _Told:
    trades = _trades(store, query)
    if query.group is not None and trades:
        return _by_group(trades, query, query.group, "From best to worst", best=True)
    found = measure_trades(trades, SEED)
    head = f"{found.n} {_noun(query)}:"
    if query.is_fees:
        fees = "unavailable" if found.fees_quote is None else f"{plain(found.fees_quote)} quote"
        head = f"Fees {fees}, on {head}"
    lines = [head, *(f"  {line}" for line in result_lines(found))]
    return "\n".join(lines), statistics_as_data(found), newest_first(trades)


_ANSWERS: Mapping[Ask, Callable[[Store, Query], _Told]] = {
    Ask.COUNT: _count,
    Ask.WHY: _why,
    Ask.EXTREME: _extreme,
    Ask.LIST: _list,
    Ask.RESULT: _result,
}


def _require_covered(store: Store, query: Query) -> None:
    """A period in which nothing was decided is outside the record; a zero there would mislead."""
    where = query.where
    if (where.ts_from is None and where.ts_to is None) or query.ask is Ask.LEARNED or query.is_moment:
        return
    period = replace(where, symbol=None, action=None, route=None, regime=None, is_probe=None, kind=None)
    if not decision_facts(store, period, newest=1):
        start = "the beginning" if where.ts_from is None else iso(where.ts_from)
        end = "the end" if where.ts_to is None else iso(where.ts_to)
        newest = last_decision_time(store, where.world)
        last = "" if newest is None else f"; the last one was at {iso(newest)}"
        raise NotInRecord(f"not in the record: no decision from {start} to {end}{last}")


def _newest(store: Store, query: Query, limit: int) -> Sequence[DecisionFact | TradeFact]:
    read = trade_facts if query.subject is Subject.TRADES else decision_facts
    return read(store, _where(query), newest=limit)


def _number(store: Store, query: Query) -> int:
    count = count_trades if query.subject is Subject.TRADES else count_decisions
    return count(store, _where(query))


def _trades(store: Store, query: Query) -> list[TradeFact]:
    return trade_facts(store, _trade_where(query), has_rules=False)


def _where(query: Query) -> DecisionFilter:
    """The filter of a question, with what only trades have where it is about trades."""
    if query.subject is Subject.TRADES:
        return _trade_where(query)
    return replace(query.where, rule=query.rule, is_untaken=query.is_untaken)


def _trade_where(query: Query) -> DecisionFilter:
    where = replace(query.where, rule=query.rule, is_untaken=query.is_untaken)
    return replace(where, kind=where.kind or "taken", won=query.won, result=query.result)


def _ranked(trades: Sequence[TradeFact], best: bool) -> list[TradeFact]:
    return sorted(trades, key=lambda fact: (-fact.net_bps if best else fact.net_bps, fact.outcome_id))


def _group_of(fact: DecisionFact | TradeFact, group: str) -> str:
    decision = decision_of(fact)
    return f"{iso(decision.ts)[11:13]}:00" if group == "hour" else str(getattr(decision, group))


def _noun(query: Query) -> str:
    return _plain_noun(query) + (f" refused by the rule {query.rule}" if query.rule else "")


def _plain_noun(query: Query) -> str:
    if query.subject is Subject.TRADES:
        return "trades followed on paper" if query.where.kind == "shadow" else "taken round trips"
    if query.is_untaken:
        return "decisions not to enter"
    if query.where.is_probe:
        return "probes"
    names = {Action.ENTER: "entries", Action.SKIP: "skips", Action.ABSTAIN: "abstentions"}
    return names[query.where.action] if query.where.action else "decisions"


def _decision_line(fact: DecisionFact) -> str:
    probe = " (probe)" if fact.is_probe else ""
    return f"{fact.decision_id}  {iso(fact.ts)}  {fact.symbol}  {fact.action}{probe} by {fact.route}"


def _trade_line(fact: TradeFact) -> str:
    result = fact.result.replace("_", " ")
    return f"{_decision_line(fact.decision)}  {result} {fact.net_bps:+.2f} bps"
