"""Single values of decisions: one, their mean, their extremes, or one line a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import fsum
from statistics import fmean, median

from graphs.answers import MOST_CITED, Told, cited, decision_line, decision_of, describe
from graphs.selecting import decisions, groups_of, is_narrowed, wanted_trades
from graphs.whys import nearest
from memory.fields import FIELDS, Field, field_values
from memory.statistics import DecisionFact
from memory.store import Store
from prompts.queries import Query, Subject
from tools.domain.errors import NotInRecord

STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": fmean,
    "median": median,
    "total": fsum,
}


def field(store: Store, query: Query) -> Told:
    """The value that is asked for, of every decision that is meant.

    Raises:
        NotInRecord: No such decision has it.
    """
    known = FIELDS[str(query.field)]
    values = field_values(store, replace(query.where, kind=None), str(query.field))
    facts = [fact for fact in _meant(store, query) if fact.decision_id in values]
    if query.newest is not None:
        facts = facts[-query.newest :]
    if query.is_oldest and facts:
        facts = facts[:1]
    if not facts:
        raise NotInRecord(f"not in the record: no {known.label} of {describe(query)}{nearest(store, query)}")
    told = {fact.decision_id: values[fact.decision_id] for fact in facts}
    if query.group is not None:
        return _by_group(facts, told, known, query)
    if query.best is not None and query.statistic is None:
        return _extremes(facts, told, known, query)
    return _summary(facts, told, known, query)


def _meant(store: Store, query: Query) -> Sequence[DecisionFact]:
    if query.subject is Subject.TRADES or is_narrowed(query):
        trades = wanted_trades(store, replace(query, newest=None))
        return sorted((decision_of(fact) for fact in trades), key=lambda fact: (fact.ts, fact.decision_id))
    return decisions(store, replace(query, newest=None))


def amount(value: float, known: Field) -> str:
    """A value with its unit."""
    text = f"{value:.{known.places}f}"
    text = text.rstrip("0").rstrip(".") if known.places > 2 else text
    return f"{text} {known.unit}".rstrip()


def _summary(facts: Sequence[DecisionFact], values: Mapping[str, float], known: Field, query: Query) -> Told:
    one = list(values.values())
    label = known.label[0].upper() + known.label[1:]
    ids = cited(fact.decision_id for fact in reversed(facts))
    if len(one) == 1:
        text = f"{label} {amount(one[0], known)}: {decision_line(facts[0])}"
        return text, {"n": 1, "value": one[0], "field": query.field}, ids
    name = query.statistic or "mean"
    value = STATISTICS[name](one)
    numbers = {
        "n": len(one),
        "value": value,
        "field": query.field,
        "statistic": name,
        "median": median(one),
        "lowest": min(one),
        "highest": max(one),
    }
    head = f"{name.capitalize()} {known.label} {amount(value, known)}, on {len(one)} decisions:"
    rest = (
        f"  median {amount(median(one), known)}, lowest {amount(min(one), known)}, "
        f"highest {amount(max(one), known)}"
    )
    return f"{head}\n{rest}", numbers, ids


def _extremes(facts: Sequence[DecisionFact], values: Mapping[str, float], known: Field, query: Query) -> Told:
    sign = -1 if query.best else 1
    ranked = sorted(facts, key=lambda fact: (sign * values[fact.decision_id], fact.decision_id))
    start = 0 if query.place is None else query.place - 1
    shown = ranked[start : start + (query.limit if query.place is None else 1)]
    if not shown:
        raise NotInRecord(f"not in the record: there are only {len(ranked)} of them")
    place = "Highest" if query.best else "Lowest"
    lines = [f"{amount(values[fact.decision_id], known)}: {decision_line(fact)}" for fact in shown]
    head = f"{place} {known.label} of {len(ranked)} decisions:"
    text = f"{head} {lines[0]}" if len(lines) == 1 else "\n".join([head, *(f"  {line}" for line in lines)])
    numbers = {
        "n": len(ranked),
        "value": values[shown[0].decision_id],
        "field": query.field,
        "ranked": [{"decision_id": one.decision_id, "value": values[one.decision_id]} for one in shown],
    }
    return text, numbers, cited(fact.decision_id for fact in shown)


def _by_group(facts: Sequence[DecisionFact], values: Mapping[str, float], known: Field, query: Query) -> Told:
    group = str(query.group)
    members: dict[str, list[DecisionFact]] = {}
    for fact in facts:
        for name in groups_of(fact, group):
            members.setdefault(name, []).append(fact)
    statistic = query.statistic or "mean"
    found = {
        name: STATISTICS[statistic]([values[one.decision_id] for one in those])
        for name, those in members.items()
    }
    sign = 1 if query.best is False else -1
    names = sorted(found, key=lambda name: (sign * found[name], name))
    word = group.replace("_id", "")
    if query.best is None and group in ("hour", "day", "week", "month"):
        names = sorted(found)
    head = f"{statistic.capitalize()} {known.label} by {word}, {len(facts)} decisions:"
    if query.best is not None:
        place = "Highest" if query.best else "Lowest"
        leader = f"{names[0]} with {amount(found[names[0]], known)}"
        head = f"{place} {statistic} {known.label}: {leader}, of {len(facts)} decisions by {word}:"
    lines = [f"  {name}: {amount(found[name], known)}, n = {len(members[name])}" for name in names]
    numbers = {
        "n": len(facts),
        "name": names[0],
        "value": found[names[0]],
        "field": query.field,
        "statistic": statistic,
        "by": {name: {"value": found[name], "n": len(members[name])} for name in names},
    }
    leading = cited(fact.decision_id for fact in reversed(members[names[0]]))
    return "\n".join([head, *lines]), numbers, leading[:MOST_CITED]
