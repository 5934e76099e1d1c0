"""How many there are: counts, counts by group, shares, counts a day, and lists of the newest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphs.answers import Told, cited, decision_line, decision_of, newest_first, percent, trade_line
from graphs.selecting import NO_RULE, groups_of, is_narrowed, noun, rows, trades
from memory.asked import first_decision_time
from memory.statistics import DecisionFact, TradeFact, fill_facts, last_decision_time, order_facts
from memory.store import Store
from prompts.queries import Measure, Query, Subject
from tools.domain.clock import day_of
from tools.domain.dates import days_between
from tools.domain.errors import NotInRecord
from tools.domain.trading import Action, Result


def count(store: Store, query: Query) -> Told:
    """How many match, by group where they are split."""
    if query.subject in (Subject.FILLS, Subject.ORDERS):
        read = fill_facts if query.subject is Subject.FILLS else order_facts
        found = read(store, query.where)
        return (
            f"{len(found)} {query.subject.value}.",
            {"n": len(found), "value": len(found)},
            cited(row.decision_id for row in found),
        )
    if query.measure is Measure.SHARE:
        return _share(store, query)
    facts = rows(store, query)
    if query.measure is Measure.PER_DAY:
        return _per_day(store, query, len(facts), newest_first(facts))
    is_part = query.subject is Subject.TRADES and is_narrowed(query) and query.result is not Result.UNFILLED
    total = len(trades(store, query)) if is_part else len(facts)
    told = f"{len(facts)} of {total} {noun(query)}" if is_part else f"{len(facts)} {noun(query)}"
    if query.group is None:
        numbers = {"n": len(facts), "of": total, "value": len(facts)}
        return f"{told}.", numbers, newest_first(facts)
    counts = Counter(name for fact in facts for name in groups_of(fact, query.group))
    if query.measure is Measure.GROUPS:
        told = f"{len(counts)} {query.group.replace('_id', '')}{'s' if len(counts) != 1 else ''}, {told}"
        text, grouped, ids = _grouped(
            query, counts, told, {"n": len(facts), "of": total}, newest_first(facts)
        )
        return text, {**grouped, "value": len(counts)}, ids
    return _grouped(query, counts, told, {"n": len(facts), "of": total}, newest_first(facts))


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
    return "\n".join(lines), {**numbers, "by": dict(ranked), **leading}, ids


def _share(store: Store, query: Query) -> Told:
    """What part of all that could have matched does."""
    whole = _whole(query)
    facts, every = rows(store, query), rows(store, whole)
    share = percent(len(facts), len(every))
    text = f"{share}: {len(facts)} of {len(every)} {noun(whole)}."
    value = len(facts) / len(every) if every else None
    return text, {"n": len(facts), "of": len(every), "value": value}, newest_first(facts)


def _whole(query: Query) -> Query:
    """The query without the one condition whose share is asked.

    Raises:
        NotInRecord: Two conditions may be meant as the one.
    """
    if query.subject is Subject.TRADES and is_narrowed(query):
        return replace(query, result=None, won=None, above_bps=None, below_bps=None)
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
    lines = [(decision_of(fact).decision_id, _line(fact)) for fact in rows(store, query)]
    ordered = lines if query.is_oldest else lines[::-1]
    shown = ordered[: query.limit]
    if query.place is not None:
        shown = ordered[query.place - 1 : query.place]
    place = "first" if query.is_oldest else "last"
    head = f"The {place} {len(shown)} of {len(lines)} {noun(query)}:"
    if len(shown) == 1:
        head = f"The {place} of {len(lines)} {noun(query)}: {shown[0][1]}"
    text = "\n".join([head, *(f"  {line}" for _, line in shown if len(shown) > 1)])
    return text, {"n": len(lines), "shown": len(shown)}, cited(name for name, _ in shown)
