"""How many there are: counts, counts by group, shares, counts a day, and lists of the newest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphs.answers import (
    MOST_CITED,
    Told,
    cited,
    decision_line,
    decision_of,
    newest_first,
    percent,
    trade_line,
)
from graphs.selecting import NO_RULE, is_narrowed, last_rows, noun, number, numbers_by, rows, widened
from memory.asked import first_decision_time
from memory.counts import count_executions, first_executed
from memory.statistics import DecisionFact, TradeFact, last_decision_time
from memory.store import Store
from prompts.queries import Measure, Query, Subject
from tools.domain.clock import day_of
from tools.domain.dates import days_between
from tools.domain.errors import NotInRecord
from tools.domain.market import plain
from tools.domain.trading import Action, Result


def count(store: Store, query: Query) -> Told:
    """How many match, by group where they are split."""
    if query.subject in (Subject.FILLS, Subject.ORDERS):
        table = "fill" if query.subject is Subject.FILLS else "intent"
        n = count_executions(store, query.where, table)
        ids = cited(first_executed(store, query.where, table))
        return f"{n} {query.subject.value}.", {"n": n, "value": n}, ids
    if query.measure is Measure.SHARE:
        return _share(store, query)
    n, ids = number(store, query), newest_first(last_rows(store, query, MOST_CITED))
    if query.measure is Measure.PER_DAY:
        return _per_day(store, query, n, ids)
    is_part = query.subject is Subject.TRADES and is_narrowed(query) and query.result is not Result.UNFILLED
    total = number(store, widened(query)) if is_part else n
    told = f"{n} of {total} {noun(query)}" if is_part else f"{n} {noun(query)}"
    if query.group is None:
        return f"{told}.", {"n": n, "of": total, "value": n}, ids
    counts = numbers_by(store, query, query.group)
    if query.group == "rule":
        ids = newest_first([fact for fact in rows(store, query) if decision_of(fact).rules])
    if query.measure is not Measure.GROUPS:
        return _grouped(query, counts, told, {"n": n, "of": total}, ids)
    plural = "s" if len(counts) != 1 else ""
    told = f"{len(counts)} {query.group.replace('_id', '')}{plural}, {told}"
    text, grouped, ids = _grouped(query, counts, told, {"n": n, "of": total}, ids)
    return text, {**grouped, "value": len(counts)}, ids


def _grouped(
    query: Query, counts: Mapping[str, int], told: str, numbers: Mapping[str, int], ids: tuple[str, ...]
) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    group = str(query.group).replace("_id", "")
    sign = 1 if query.best is False else -1
    ranked = sorted(counts.items(), key=lambda pair: (sign * pair[1], pair[0]))
    if query.best is None and query.group in ("hour", "day", "week", "month"):
        ranked = sorted(counts.items())
    head, leading = f"{told} by {group}:", {}
    named = [(name, n) for name, n in ranked if name != NO_RULE]
    if query.best is not None and named:
        most = named[0][1]
        names = [name for name, n in named if n == most]
        place = "Most" if query.best else "Fewest"
        head = f"{place}: {' and '.join(names)} with {most}, of {told} by {group}:"
        leading = {"value": most, "name": names[0] if len(names) == 1 else names}
    lines = [head, *(f"  {name}: {n}" for name, n in ranked)]
    names = [name for name, _ in ranked]
    return "\n".join(lines), {**numbers, "by": dict(ranked), "names": names, **leading}, ids


def _share(store: Store, query: Query) -> Told:
    """What part of all that could have matched does."""
    whole = _whole(query)
    n, every = number(store, query), number(store, whole)
    text = f"{percent(n, every)}: {n} of {every} {noun(whole)}."
    ids = newest_first(last_rows(store, query, MOST_CITED))
    return text, {"n": n, "of": every, "value": n / every if every else None}, ids


def _whole(query: Query) -> Query:
    """The query without the one condition whose share is asked.

    Raises:
        NotInRecord: Two conditions may be meant as the one.
    """
    if query.subject is Subject.TRADES and is_narrowed(query):
        return widened(query)
    where = query.where
    if query.rule is not None:
        return replace(query, rule=None)
    if where.is_probe:
        return replace(query, where=replace(where, is_probe=None, action=Action.ENTER))
    is_acted = where.action is not None or query.is_untaken
    if is_acted and where.route is not None:
        raise NotInRecord(
            "not in the record as one share: it may be a share of that action or of that route; "
            "ask how many of each"
        )
    return replace(
        query,
        subject=Subject.DECISIONS,
        is_untaken=False,
        where=replace(where, action=None, route=None, kind=None),
    )


def _per_day(store: Store, query: Query, n: int, ids: tuple[str, ...]) -> Told:
    """Counts a calendar day, over the days of the record that the question spans."""
    first, last = first_decision_time(store), last_decision_time(store)
    if first is None or last is None:
        return f"0 {noun(query)}.", {"n": 0, "value": None}, ()
    low = first if query.where.ts_from is None else max(first, query.where.ts_from)
    high = last if query.where.ts_to is None else min(last, query.where.ts_to - 1)
    days = days_between(day_of(low), day_of(high))
    text = f"{n / days:.2f} {noun(query)} a day: {n} on {days} days of the record."
    return text, {"n": n, "days": days, "value": n / days}, ids


def _line(fact: DecisionFact | TradeFact) -> str:
    return trade_line(fact) if isinstance(fact, TradeFact) else decision_line(fact)


def listed(store: Store, query: Query) -> Told:
    """The newest, or the oldest, that match."""
    facts = rows(store, query)
    lines = [(decision_of(fact).decision_id, _line(fact)) for fact in facts]
    ordered = lines if query.is_oldest else lines[::-1]
    shown = ordered[: query.limit]
    if query.place is not None:
        shown = ordered[query.place - 1 : query.place]
    place = "first" if query.is_oldest else "last"
    head = f"The {place} {len(shown)} of {len(lines)} {noun(query)}:"
    if len(shown) == 1:
        head = f"The {place} of {len(lines)} {noun(query)}: {shown[0][1]}"
    text = "\n".join([head, *(f"  {line}" for _, line in shown if len(shown) > 1)])
    results = {
        fact.decision.decision_id: {
            "net_bps": fact.net_bps,
            "net_quote": None if fact.net_quote is None else plain(fact.net_quote),
        }
        for fact in facts
        if isinstance(fact, TradeFact)
    }
    told = {name: results[name] for name, _ in shown if name in results}
    numbers = {"n": len(lines), "value": len(lines), "shown": len(shown)} | (
        {"results": told} if told else {}
    )
    return text, numbers, cited(name for name, _ in shown)
