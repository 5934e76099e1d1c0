"""What was learned: lessons with their evidence, and the parameters they moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphs.answers import cited
from memory.lesson_checks import ENDINGS, CheckBook
from memory.lessons import Lesson
from memory.parameters import ParameterChange
from memory.statistics import decisions_of, lessons, parameter_changes
from memory.store import Store
from prompts.queries import FEW, Ask, Query, Subject
from tools.domain.clock import day_bounds, iso

SHOWN = 10
LessonsTold = tuple[str, Mapping[str, Any], tuple[str, ...]]


def answer_learned(store: Store, query: Query, now: int) -> LessonsTold:
    """The lessons in force, or the changes of parameters, that the query means; citing decisions."""
    if query.subject is Subject.PARAMETERS:
        return _parameters(store, query, now)
    told = [one for one in lessons(store, now) if _is_meant(one, query)]
    if query.standing not in (None, "active"):
        return _ended(store, told, query, now)
    held = [one for one in told if one.ts_retired is None or one.ts_retired > now]
    if query.best is not None:
        held = sorted(held, key=lambda one: one.effect, reverse=query.best is False)
    retired = len(told) - len(held)
    numbers = {
        "n": len(held),
        "value": len(held),
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
    lines += [f"  {_told(one)}" for one in held[-SHOWN:]]
    return "\n".join(lines), numbers, _citations(store, [one.evidence for one in held[-SHOWN:]])


def _told(lesson: Lesson) -> str:
    """A lesson in a line, with its effect as it was measured: a loss has its sign."""
    return f"{lesson.lesson_id} ({lesson.day}): {lesson.statement}; effect {lesson.effect:+.2f} bps"


def _ended(store: Store, told: Sequence[Lesson], query: Query, now: int) -> LessonsTold:
    """The lessons that hold no longer, each with what ended it."""
    gone = [one for one in told if one.ts_retired is not None and one.ts_retired <= now]
    checks = {check.lesson_id: check for check in CheckBook(store).known(now) if check.verdict in ENDINGS}
    if query.standing != "retired":
        gone = [
            one for one in gone if one.lesson_id in checks and checks[one.lesson_id].verdict == query.standing
        ]
    shown = gone[-SHOWN:]
    numbers = {
        "n": len(gone),
        "value": len(gone),
        "lessons": [
            _lesson_data(one)
            | {"verdict": checks[one.lesson_id].verdict if one.lesson_id in checks else None}
            for one in shown
        ],
    }
    lines = [f"{len(gone)} lesson{'s' if len(gone) != 1 else ''} {query.standing}:"]
    for one in shown:
        check = checks.get(one.lesson_id)
        end = "" if check is None else f"; {check.verdict} on {check.day}: {check.reason}"
        lines.append(f"  {_told(one)}{end}")
    return "\n".join(lines), numbers, _citations(store, [one.evidence for one in shown])


def _parameters(store: Store, query: Query, now: int) -> LessonsTold:
    changes = [one for one in parameter_changes(store, now) if _is_change_meant(one, query)]
    if query.is_oldest:
        changes = changes[:1]
    elif query.newest is not None or query.limit < FEW:
        changes = changes[-(query.newest or query.limit) :]
    numbers: dict[str, Any] = {
        "n": len(changes),
        "value": len(changes),
        "changes": [_change_data(one) for one in changes[-SHOWN:]],
    }
    if query.parameter is not None and query.where.ts_to is not None and query.ask is not Ask.COUNT:
        return _value_then(store, query, now, numbers, changes)
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


def _value_then(
    store: Store, query: Query, now: int, numbers: dict[str, Any], changes: Sequence[ParameterChange]
) -> LessonsTold:
    """What a parameter was at the end of a time, and how it changed in it."""
    every = [one for one in parameter_changes(store, now) if one.name == query.parameter]
    then = [one for one in every if one.ts_known < (query.where.ts_to or now)]
    if not every:
        return (
            f"No change of {query.parameter} is in the record: settings and defaults are in force.",
            numbers,
            (),
        )
    value = then[-1].value if then else every[0].value_before
    lines = [f"{query.parameter} was {value:g} at the end of that time, with {len(changes)} changes in it."]
    lines += [f"  {_change_text(one)}" for one in changes[-SHOWN:]]
    numbers = {**numbers, "then": value}
    return "\n".join(lines), numbers, _citations(store, [one.evidence for one in (changes or then)[-SHOWN:]])


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
    hour = None if where.hours is None else f"{where.hours[0] // 3_600:02d}"
    route = where.route and where.route.value
    wanted = {"symbol": where.symbol, "regime": regime, "route": route, "hour": hour}
    is_in_scope = all(value is None or scope.get(name) == value for name, value in wanted.items())
    start, end = day_bounds(lesson.day)
    is_on_day = _is_within(lesson.ts_known, query) or (
        (where.ts_from is None or where.ts_from < end) and (where.ts_to is None or start < where.ts_to)
    )
    return is_in_scope and is_on_day and (where.world is None or lesson.world == where.world)


def _is_change_meant(change: ParameterChange, query: Query) -> bool:
    is_back = "rolled back" in change.reason
    is_standing = query.standing is None or (query.standing == "rolled back" and is_back)
    return is_standing and _is_within(change.ts_known, query) and query.parameter in (None, change.name)


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
