"""Which rows a query means, what they are called, and how they are split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from graphs.answers import decision_of
from memory.asked import unfilled_facts
from memory.counts import count_decisions, count_trades, decisions_by, trades_by
from memory.fields import FIELDS, field_values
from memory.lookup import DecisionFilter, Group
from memory.statistics import DecisionFact, TradeFact, decision_facts, trade_facts
from memory.store import Store
from prompts.queries import Bound, Query, Subject
from tools.domain.clock import NS, iso
from tools.domain.trading import Action, Result

NO_RULE = "no rule"
NO_LIMIT = "no limit"


def decisions(store: Store, query: Query) -> list[DecisionFact]:
    """The decisions a query means, oldest first."""
    if not query.bounds:
        return decision_facts(store, _decided(query), newest=query.newest)
    is_kept = _keeper(store, query)
    facts = [fact for fact in decision_facts(store, _decided(query)) if is_kept(fact.decision_id)]
    return facts if query.newest is None else facts[-query.newest :]


def trades(store: Store, query: Query) -> list[TradeFact]:
    """The finished trades of the decisions a query means, however they ended, as they became known."""
    return trade_facts(store, _finished(query), newest=query.newest)


def wanted_trades(store: Store, query: Query) -> list[TradeFact]:
    """Of these, the ones that ended as the query says."""
    found = [fact for fact in trades(store, query) if is_wanted(fact, query)]
    if not any(bound.field in FIELDS for bound in query.bounds):
        return found
    is_kept = _keeper(store, query)
    return [fact for fact in found if is_kept(fact.decision.decision_id)]


def unfilled(store: Store, query: Query) -> list[DecisionFact]:
    """Decisions whose entry never filled."""
    return unfilled_facts(store, _finished(query))


def number(store: Store, query: Query) -> int:
    """How many rows a query counts; where the database can say so, no row is read."""
    if query.result is Result.UNFILLED or query.newest is not None or _is_bounded(query):
        return len(rows(store, query))
    if query.subject is Subject.TRADES:
        return count_trades(store, replace(_finished(query), won=query.won, result=query.result))
    return count_decisions(store, _decided(query))


def last_rows(store: Store, query: Query, limit: int) -> Sequence[DecisionFact | TradeFact]:
    """The newest few of what a query counts."""
    if query.result is Result.UNFILLED or query.newest is not None or _is_bounded(query):
        return rows(store, query)[-limit:]
    if query.subject is Subject.TRADES:
        where = replace(_finished(query), won=query.won, result=query.result)
        return trade_facts(store, where, newest=limit)
    return decision_facts(store, _decided(query), newest=limit)


def numbers_by(store: Store, query: Query, group: str) -> Mapping[str, int]:
    """How many rows a query counts in each group, by name."""
    is_plain = query.newest is None and query.result is not Result.UNFILLED and not _is_bounded(query)
    if is_plain and group in set(Group):
        if query.subject is Subject.TRADES:
            where = replace(_finished(query), won=query.won, result=query.result)
            return trades_by(store, where, Group(group))
        return decisions_by(store, _decided(query), Group(group))
    return Counter(name for fact in rows(store, query) for name in groups_of(fact, group))


def rows(store: Store, query: Query) -> Sequence[DecisionFact | TradeFact]:
    """Whatever a query counts."""
    if query.result is Result.UNFILLED:
        return unfilled(store, query)
    return wanted_trades(store, query) if query.subject is Subject.TRADES else decisions(store, query)


def _decided(query: Query) -> DecisionFilter:
    return replace(query.where, rule=query.rule, is_untaken=query.is_untaken)


def _finished(query: Query) -> DecisionFilter:
    return replace(_decided(query), kind=query.where.kind or "taken")


def _is_bounded(query: Query) -> bool:
    return query.above_bps is not None or query.below_bps is not None or bool(query.bounds)


def _keeper(store: Store, query: Query) -> Callable[[str], bool]:
    """Whether a decision's values lie within the bounds; one without a value does not."""
    bounds = [bound for bound in query.bounds if bound.field in FIELDS]
    wanted = replace(_decided(query), kind=None)
    values = {bound.field: field_values(store, wanted, bound.field) for bound in bounds}
    return lambda name: all(_is_within(values[bound.field].get(name), bound) for bound in bounds)


def _is_within(value: float | None, bound: Bound) -> bool:
    if value is None:
        return False
    return (bound.low is None or value > bound.low) and (bound.high is None or value < bound.high)


_OF_TRADES: Mapping[str, Callable[[TradeFact], float | None]] = {
    "held_s": lambda fact: (fact.ts_exit - fact.ts_entry) / NS,
    "net_quote": lambda fact: None if fact.net_quote is None else float(fact.net_quote),
    "fees_quote": lambda fact: None if fact.fees_quote is None else float(fact.fees_quote),
}


def is_wanted(fact: TradeFact, query: Query) -> bool:
    """Whether a trade ended as the query says."""
    is_result = query.result is None or fact.result == query.result.value
    is_above = query.above_bps is None or fact.net_bps > query.above_bps
    is_below = query.below_bps is None or fact.net_bps < query.below_bps
    is_inside = all(
        _is_within(_OF_TRADES[bound.field](fact), bound)
        for bound in query.bounds
        if bound.field in _OF_TRADES
    )
    return (
        is_inside
        and is_result
        and is_above
        and is_below
        and (query.won is None or (fact.net_bps > 0) is query.won)
    )


def is_narrowed(query: Query) -> bool:
    """Whether only some endings of trades are meant."""
    ends = (query.won, query.result, query.above_bps, query.below_bps)
    return any(one is not None for one in ends) or any(bound.field in _OF_TRADES for bound in query.bounds)


def widened(query: Query) -> Query:
    """The query about all trades, however they ended."""
    return replace(query, result=None, won=None, above_bps=None, below_bps=None, bounds=())


def groups_of(fact: DecisionFact | TradeFact, group: str) -> tuple[str, ...]:
    """The groups a fact belongs to; several rules may have refused one signal."""
    decision = decision_of(fact)
    if group == "rule":
        return tuple(name.removeprefix("rule.") for name in decision.rules) or (NO_RULE,)
    if group == "limit":
        return decision.limits or (NO_LIMIT,)
    if group == "result":
        return (fact.result if isinstance(fact, TradeFact) else "unavailable",)
    return (time_group(decision.ts, group) or str(getattr(decision, group)),)


def time_group(ts: int, group: str) -> str | None:
    """The hour, day, weekday, week or month that ``ts`` lies in; None for another group."""
    text, moment = iso(ts), datetime.fromtimestamp(ts // NS, UTC)
    year, week, _ = moment.isocalendar()
    return {
        "hour": f"{text[11:13]}:00",
        "day": text[:10],
        "month": text[:7],
        "weekday": f"{moment:%A}",
        "week": f"{year}-W{week:02d}",
    }.get(group)


def noun(query: Query) -> str:
    """What is counted, in words."""
    rule = f" refused by the rule {query.rule}" if query.rule else ""
    where = query.where
    cut = f" cut by the limit {where.limit}" if where.limit else " cut by a limit" if where.is_limited else ""
    return f"{_plain_noun(query)}{rule}{cut}"


def _plain_noun(query: Query) -> str:
    if query.result is Result.UNFILLED:
        return "entries that never filled"
    if query.subject is Subject.TRADES:
        return "trades followed on paper" if query.where.kind == "shadow" else "taken round trips"
    if query.is_untaken:
        return "decisions not to enter"
    if query.where.is_probe:
        return "probes"
    names = {Action.ENTER: "entries", Action.SKIP: "skips", Action.ABSTAIN: "abstentions"}
    return names[query.where.action] if query.where.action else "decisions"
