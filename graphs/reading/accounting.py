"""What of a question the other rules overlooked: each part that narrows or ranks must be in what they read.

The parts of a question are found alike for both readings. Reading by parts places every one of them or has
no form; the other rules are held to the same account here, so that neither answers less than was asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, TypeAlias

from prompts.queries import Ask, Measure, Query, Subject
from prompts.reading.spotting import Spot, Spotted
from tools.domain.regime import Regime

Queries: TypeAlias = Sequence[Query]
_CLOSING = ("verb", "of", "join", "plain", "only", "negend", "q")
_RANKED = (Measure.STREAK, Measure.PRESENT_STREAK, Measure.DRAWDOWN)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def overlooked(spotted: Spotted, query: Query) -> list[str]:
    """The parts of a question that ``query`` has nothing of; parts that only hold it together are none."""
    queries = [query, *(one.query for one in query.sides)]
    if any(one.decision is not None for one in queries) or query.is_follow_up:
        return []
    spots = spotted.spots
    return [
        spot.text
        for place, spot in enumerate(spots)
        if not _is_closing(spots, place)
        and any(slot in _HELD and not _HELD[slot](value, queries) for slot, value in spot.slots)
    ]


def _is_closing(spots: Sequence[Spot], place: int) -> bool:
    """Whether a "không" ends a question for yes or no."""
    rest = spots[place + 1 :]
    return spots[place].has("neg") and all(one.slots[0][0] in _CLOSING for one in rest)


def _filter(name: str) -> Callable[[str, Queries], bool]:
    """Whether a filter has the value, or its column is what is split by."""

    def is_held(value: str, queries: Queries) -> bool:
        return any(
            one.group == name
            or value in (_plain(getattr(one.where, name, None)), _plain(getattr(one, name, None)))
            for one in queries
        )

    return is_held


def _plain(value: Any) -> str:
    return value.label if isinstance(value, Regime) else str(value)


def _holds_number(value: str, queries: Queries) -> bool:
    """Whether the number, or a time in seconds that it may stand for, is anywhere in what was read."""
    wanted = abs(Decimal(value))
    if wanted == 1:
        return True
    numbers = {abs(Decimal(one)) for query in queries for one in _NUMBER.findall(str(asdict(query)))}
    return any(wanted * scale in numbers for scale in (1, 60, 3600))


def _holds_result(value: str, queries: Queries) -> bool:
    """Whether the way of ending is there; what a rule stopped was refused."""
    return _filter("result")(value, queries) or any(one.group == "rule" for one in queries)


def _holds_time(_: str, queries: Queries) -> bool:
    return any(
        one.where.ts_from is not None or one.where.ts_to is not None or one.where.hours or one.where.weekdays
        for one in queries
    )


def _holds_rank(_: str, queries: Queries) -> bool:
    return any(
        one.best is not None or one.measure in _RANKED or one.statistic is not None or one.newest or one.place
        for one in queries
    )


def _holds_denial(_: str, queries: Queries) -> bool:
    return any(
        one.is_untaken or one.where.is_untaken or one.won is False or one.where.won is False
        for one in queries
    )


def _holds_split(_: str, queries: Queries) -> bool:
    return any(one.group is not None or one.sides for one in queries)


def _holds_count(_: str, queries: Queries) -> bool:
    return all(one.ask is not Ask.FIELD for one in queries)


def _never(_: str, __: Queries) -> bool:
    return False


def _holds_thing(value: str, queries: Queries) -> bool:
    """Whether the answer is about that sort of thing, where the other rules know it."""
    is_unfilled = any(_filter("result")(_UNFILLED, [one]) for one in queries)
    return value not in _SUBJECTS or is_unfilled or any(one.subject in _SUBJECTS[value] for one in queries)


_UNFILLED = "unfilled"  # an order that found nobody is an entry that came to nothing
_SUBJECTS: Mapping[str, tuple[Subject, ...]] = {
    "order": (Subject.ORDERS, Subject.FILLS),
    "fill": (Subject.FILLS, Subject.ORDERS),
    "lesson": (Subject.LESSONS,),
    "strategy": (Subject.STRATEGIES,),
}
_HELD: Mapping[str, Callable[[str, Queries], bool]] = {
    **{name: _filter(name) for name in ("symbol", "route", "regime", "rule", "limit", "provider", "model")},
    "result": _holds_result,
    "ent": _holds_thing,
    "num": _holds_number,
    "t": _holds_time,
    "sup": _holds_rank,
    "neg": _holds_denial,
    "by": _holds_split,
    "incl": _never,
    "than": _holds_split,
    "better": _holds_split,
}
