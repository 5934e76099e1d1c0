"""What was learned: lessons with their evidence, and the parameters they moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphs.answers import cited
from memory.lessons import Lesson
from memory.parameters import ParameterChange
from memory.statistics import decisions_of, lessons, parameter_changes
from memory.store import Store
from prompts.queries import Query, Subject
from tools.domain.clock import day_bounds, iso

SHOWN = 10
LessonsTold = tuple[str, Mapping[str, Any], tuple[str, ...]]


def answer_learned(store: Store, query: Query, now: int) -> LessonsTold:
    """The lessons in force, or the changes of parameters, that the query means; citing decisions."""
    if query.subject is Subject.PARAMETERS:
        return _parameters(store, query, now)
    told = [one for one in lessons(store, now) if _is_meant(one, query)]
    held = [one for one in told if one.ts_retired is None or one.ts_retired > now]
    retired = len(told) - len(held)
    numbers = {
        "n": len(held),
        "retired": retired,
        "lessons": [_lesson_data(one) for one in held[-SHOWN:]],
    }
    if not held:
        past = f"; {retired} older ones no longer hold" if retired else ""
        return (
            f"No lesson is in force{past}: none of its kind has survived every comparison in a reflection.",
            numbers,
            (),
        )
    lines = [f"{len(held)} lesson{'s' if len(held) > 1 else ''} in force:"]
    lines += [f"  {one.lesson_id} ({one.day}): {one.statement}" for one in held[-SHOWN:]]
    return "\n".join(lines), numbers, _citations(store, [one.evidence for one in held[-SHOWN:]])


def _parameters(store: Store, query: Query, now: int) -> LessonsTold:
    changes = [one for one in parameter_changes(store, now) if _is_change_meant(one, query)]
    numbers: dict[str, Any] = {"n": len(changes), "changes": [_change_data(one) for one in changes[-SHOWN:]]}
    if not changes:
        name = query.parameter or "any parameter"
        if query.where.ts_from is not None or query.where.ts_to is not None:
            return f"No change of {name} is in the record for that time.", numbers, ()
        return f"No change of {name} is in the record: settings and defaults are in force.", numbers, ()
    lines = [f"{len(changes)} change{'s' if len(changes) > 1 else ''} of parameters:"]
    if query.parameter is not None and query.where.ts_to is None and query.where.ts_from is None:
        last = changes[-1]
        numbers["now"] = last.value
        lines = [
            f"{last.name} is {last.value:g}, it was {last.value_before:g} until {iso(last.ts_known)}.",
            *lines,
        ]
    lines += [f"  {_change_text(one)}" for one in changes[-SHOWN:]]
    return "\n".join(lines), numbers, _citations(store, [one.evidence for one in changes[-SHOWN:]])


def _citations(store: Store, evidence: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Decisions behind the evidence; of each piece the first few, so that every lesson is cited."""
    each = max(1, SHOWN // max(1, len(evidence)))
    names = [name for ids in evidence for name in ids[:each]]
    found = decisions_of(store, names)
    return cited(found[name] for name in names if name in found)


def _is_meant(lesson: Lesson, query: Query) -> bool:
    where = query.where
    scope = lesson.scope
    regime = where.regime.label if where.regime is not None else None
    wanted = {"symbol": where.symbol, "regime": regime, "route": where.route and where.route.value}
    is_in_scope = all(value is None or scope.get(name, value) == value for name, value in wanted.items())
    start, end = day_bounds(lesson.day)
    is_on_day = _is_within(lesson.ts_known, query) or (
        (where.ts_from is None or where.ts_from < end) and (where.ts_to is None or start < where.ts_to)
    )
    return is_in_scope and is_on_day and (where.world is None or lesson.world == where.world)


def _is_change_meant(change: ParameterChange, query: Query) -> bool:
    return _is_within(change.ts_known, query) and query.parameter in (None, change.name)


def _is_within(ts: int, query: Query) -> bool:
    low, high = query.where.ts_from, query.where.ts_to
    return (low is None or ts >= low) and (high is None or ts < high)


def _lesson_data(lesson: Lesson) -> dict[str, Any]:
    return {
        "lesson_id": lesson.lesson_id,
        "statement": lesson.statement,
        "effect": lesson.effect,
        "low": lesson.interval_low,
        "high": lesson.interval_high,
        "n": lesson.n,
        "day": lesson.day,
    }


def _change_text(change: ParameterChange) -> str:
    moved = f"{change.name} {change.value_before:g} → {change.value:g}"
    return f"version {change.version} at {iso(change.ts_known)}: {moved}, {change.reason}"


def _change_data(change: ParameterChange) -> dict[str, Any]:
    return {
        "version": change.version,
        "name": change.name,
        "value_before": change.value_before,
        "value": change.value,
        "reason": change.reason,
        "ts_known": change.ts_known,
    }
