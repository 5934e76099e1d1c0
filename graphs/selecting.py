"""Which rows a query means, what they are called, and how they are split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from graphs.answers import decision_of
from memory.asked import unfilled_facts
from memory.statistics import DecisionFact, TradeFact, decision_facts, trade_facts
from memory.store import Store
from prompts.queries import Query, Subject
from tools.domain.clock import NS, iso
from tools.domain.trading import Action, Result

NO_RULE = "no rule"


def decisions(store: Store, query: Query) -> list[DecisionFact]:
    """The decisions a query means, oldest first."""
    found = [fact for fact in decision_facts(store, query.where) if _is_meant(fact, query)]
    return found if query.newest is None else found[-query.newest :]


def trades(store: Store, query: Query) -> list[TradeFact]:
    """The finished trades of the decisions a query means, however they ended, as they became known."""
    where = query.where if query.where.kind else replace(query.where, kind="taken")
    found = [fact for fact in trade_facts(store, where) if _is_meant(fact.decision, query)]
    return found if query.newest is None else found[-query.newest :]


def wanted_trades(store: Store, query: Query) -> list[TradeFact]:
    """Of these, the ones that ended as the query says."""
    return [fact for fact in trades(store, query) if is_wanted(fact, query)]


def unfilled(store: Store, query: Query) -> list[DecisionFact]:
    """Decisions whose entry never filled."""
    where = query.where if query.where.kind else replace(query.where, kind="taken")
    return [fact for fact in unfilled_facts(store, where) if _is_meant(fact, query)]


def rows(store: Store, query: Query) -> Sequence[DecisionFact | TradeFact]:
    """Whatever a query counts."""
    if query.result is Result.UNFILLED:
        return unfilled(store, query)
    return wanted_trades(store, query) if query.subject is Subject.TRADES else decisions(store, query)


def _is_meant(fact: DecisionFact, query: Query) -> bool:
    if query.rule is not None and f"rule.{query.rule}" not in fact.rules:
        return False
    return not (query.is_untaken and fact.action == Action.ENTER.value)


def is_wanted(fact: TradeFact, query: Query) -> bool:
    """Whether a trade ended as the query says."""
    is_result = query.result is None or fact.result == query.result.value
    is_above = query.above_bps is None or fact.net_bps > query.above_bps
    is_below = query.below_bps is None or fact.net_bps < query.below_bps
    return is_result and is_above and is_below and (query.won is None or (fact.net_bps > 0) is query.won)


def is_narrowed(query: Query) -> bool:
    """Whether only some endings of trades are meant."""
    ends = (query.won, query.result, query.above_bps, query.below_bps)
    return any(one is not None for one in ends)


def groups_of(fact: DecisionFact | TradeFact, group: str) -> tuple[str, ...]:
    """The groups a fact belongs to; several rules may have refused one signal."""
    decision = decision_of(fact)
    if group == "rule":
        return tuple(name.removeprefix("rule.") for name in decision.rules) or (NO_RULE,)
    if group == "result":
        return (fact.result if isinstance(fact, TradeFact) else "unavailable",)
    return (_time_group(decision.ts, group) or str(getattr(decision, group)),)


def _time_group(ts: int, group: str) -> str | None:
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
    return _plain_noun(query) + (f" refused by the rule {query.rule}" if query.rule else "")


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
