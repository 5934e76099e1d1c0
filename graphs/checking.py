"""Lessons held against what came later: held, refuted, refined or contradicted, without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphs.improvement import Occasion
from graphs.learning import REFUTED, check
from memory.lesson_checks import CONTRADICTED, ENDINGS, OUTDATED, REFINED, LessonCheck
from memory.lessons import Lesson
from memory.statistics import TradeFact
from tools.domain.clock import day_bounds


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one reflection saw of the older lessons.

    Attributes:
        checks: One a lesson, ended or not.
        ended: Ids of the lessons that hold no longer.
        refuted: Those of them that later trades refuted.
    """

    checks: tuple[LessonCheck, ...]
    ended: tuple[str, ...]
    refuted: tuple[Lesson, ...]


def inspect(
    held: Sequence[Lesson],
    learned: Sequence[Lesson],
    history: Sequence[TradeFact],
    occasion: Occasion,
    seed: int,
) -> Inspection:
    """Judge every lesson in force by the trades since its day and by what was learned now."""
    checks = list(_checks(held, learned, history, occasion, seed))
    ended = tuple(one.lesson_id for one in checks if one.verdict in ENDINGS)
    refuted = {one.lesson_id for one in checks if one.verdict == REFUTED}
    return Inspection(tuple(checks), ended, tuple(one for one in held if one.lesson_id in refuted))


def _checks(
    held: Sequence[Lesson],
    learned: Sequence[Lesson],
    history: Sequence[TradeFact],
    occasion: Occasion,
    seed: int,
) -> Iterator[LessonCheck]:
    now = {one.lesson_id for one in learned}
    claims = {(one.kind, tuple(sorted(one.scope.items()))): one for one in learned}
    for lesson in held:
        if lesson.day > occasion.day or lesson.lesson_id in now:
            continue  # learned again, or about a later day than this one
        if lesson.day == occasion.day:
            reason = "a second look at its day no longer teaches it"
            yield _looked(lesson, occasion, OUTDATED, reason)
            continue
        newer = claims.get((lesson.kind, tuple(sorted(lesson.scope.items()))))
        since = day_bounds(lesson.day)[1]
        seen = check(lesson, [one for one in history if one.decision.ts >= since], seed)
        if newer is not None and seen.verdict != REFUTED:
            yield _succeeded(lesson, newer, occasion)
            continue
        reason = "too few later trades" if seen.value is None else f"later trades made {seen.value:+.2f} bps"
        other = "" if newer is None else newer.lesson_id
        yield _looked(lesson, occasion, seen.verdict, reason, n=seen.n, value=seen.value, other=other)


def _succeeded(lesson: Lesson, newer: Lesson, occasion: Occasion) -> LessonCheck:
    agrees = (lesson.effect < 0) == (newer.effect < 0)
    reason = f"{newer.day} says {newer.effect:+.2f} bps where it said {lesson.effect:+.2f}"
    verdict = REFINED if agrees else CONTRADICTED
    return _looked(lesson, occasion, verdict, reason, n=newer.n, value=newer.effect, other=newer.lesson_id)


def _looked(
    lesson: Lesson,
    occasion: Occasion,
    verdict: str,
    reason: str,
    *,
    n: int = 0,
    value: float | None = None,
    other: str = "",
) -> LessonCheck:
    return LessonCheck(
        lesson_id=lesson.lesson_id,
        day=occasion.day,
        verdict=verdict,
        n=n,
        value=value,
        other=other,
        reason=reason,
        run_id=occasion.run_id,
        world=occasion.world,
        ts_known=occasion.ts,
    )
