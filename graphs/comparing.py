"""Several things side by side: the same question of each, and which came out ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphs.answers import Told, cited
from graphs.counting import count
from graphs.results import result
from memory.store import Store
from prompts.queries import Ask, Measure, Query


def compare(store: Store, query: Query) -> Told:
    """One line a side, after a line that says which is ahead."""
    if query.ask is Ask.COUNT:
        return _counts(store, query)
    measure = query.measure or Measure.NET_BPS
    lines: list[str] = []
    values: dict[str, float | str | None] = {}
    by: dict[str, Mapping[str, Any]] = {}
    ids: list[str] = []
    for side in query.sides:
        text, numbers, cites = result(store, replace(side.query, measure=measure, group=None))
        values[side.name], by[side.name] = numbers["value"], numbers
        first, *rest = text.split("\n")
        lines += [f"  {side.name}: {first.rstrip(':')}", *(f"  {line}" for line in rest)]
        ids += cites[:5]
    known = {name: float(value) for name, value in values.items() if value is not None}
    lead = _leader(known, best=query.best is not False)
    head = f"{_verdict(lead, known, query)} ({measure.value.replace('_', ' ')})"
    numbers = {"by": by, "name": lead, "measure": measure.value, "value": by[lead]["value"] if lead else None}
    return "\n".join([f"{head}:", *lines]), numbers, cited(ids)


def _counts(store: Store, query: Query) -> Told:
    told = {side.name: count(store, side.query) for side in query.sides}
    by = {name: numbers["n"] for name, (_, numbers, _) in told.items()}
    total = sum(by.values())
    lead = _leader({name: float(n) for name, n in by.items()}, best=query.best is not False)
    each = ", ".join(f"{name} {n}" for name, n in by.items())
    head = f"{total} in all: {each}"
    if query.best is not None and lead is not None:
        head = f"{'More' if query.best else 'Fewer'} for {lead}: {each}"
    ids = [one for _, _, cites in told.values() for one in cites[:5]]
    lines = [f"{head}.", *(f"  {name}: {text}" for name, (text, _, _) in told.items())]
    return "\n".join(lines), {"n": total, "value": total, "by": by, "name": lead}, cited(ids)


def _leader(known: Mapping[str, float], *, best: bool) -> str | None:
    """The side that is ahead; None for a tie or with nothing to compare."""
    if not known:
        return None
    edge = max(known.values()) if best else min(known.values())
    leading = [name for name, value in known.items() if value == edge]
    return leading[0] if len(leading) == 1 else None


def _verdict(lead: str | None, known: Mapping[str, float], query: Query) -> str:
    if len(known) < len(query.sides):
        missing = [side.name for side in query.sides if side.name not in known]
        return f"Not comparable: nothing to measure for {' and '.join(missing)}"
    if lead is None:
        return "Level"
    return f"{lead} {'is ahead' if query.best is not False else 'is behind'}"
