"""Days and times in a question, as spans of nanoseconds; everything is UTC.

A span is cut out of the text, so that what is left can be read word by word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.domain.clock import NS, day_bounds, day_of

DAY = 86_400 * NS
_SECONDS = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2}))?"
_BETWEEN = re.compile(rf"\b(?:between|from)\s+{_CLOCK}\s+(?:and|to|until|till)\s+{_CLOCK}(?:\s*utc)?")
_EDGE = re.compile(rf"\b(after|since|before|until)\s+{_CLOCK}(?:\s*utc)?")
_AT = re.compile(rf"\b(?:(?:at|around|about)\s+)?{_CLOCK}(?:\s*utc)?")
_DATE = re.compile(r"\b(?:on\s+)?(\d{4}-\d{2}-\d{2})(?:t(?=\d))?")
_NAMED = re.compile(r"\b(the day before yesterday|yesterday|today|this day|all time|so far|ever)\b")
_RECENT = re.compile(
    r"\b(?:in |over |during )?(?:the )?(?:last|past) (\d+ )?(second|sec|minute|min|hour|day|week)s?\b"
)


@dataclass(frozen=True, slots=True)
class Period:
    """What was said of time: [``ts_from``, ``ts_to``), None where open; ``is_moment`` for a time of day."""

    ts_from: int | None = None
    ts_to: int | None = None
    is_moment: bool = False


def cut_period(text: str, now: int, newest: int | None) -> tuple[str, Period]:
    """The rest of ``text`` (lower case) and the period it named.

    Args:
        text: The question.
        now: What today is.
        newest: Time of the newest decision; a time without a date is its latest occurrence by then.

    Raises:
        ValueError: A date or time does not exist.
    """
    rest, day = _cut_day(text, now)
    found = _BETWEEN.search(rest)
    if found:
        low, high = _clock(found.groups()[:3])[0], _clock(found.groups()[3:])[0]
        return _without(rest, found), _span(low, high, day, newest or now)
    found = _EDGE.search(rest)
    if found:
        offset = _clock(found.groups()[1:])[0]
        low, high = (offset, DAY) if found.group(1) in ("after", "since") else (0, offset)
        return _without(rest, found), _span(low, high, day, newest or now)
    found = _AT.search(rest)
    if found:
        offset, width = _clock(found.groups())
        base = day or _latest_day(offset, newest or now)
        return _without(rest, found), Period(base[0] + offset, base[0] + offset + width, True)
    if day is not None:
        return rest, Period(*day)
    return _cut_recent(rest, now)


def _cut_day(text: str, now: int) -> tuple[str, tuple[int, int] | None]:
    found = _DATE.search(text)
    if found:
        return _without(text, found), day_bounds(found.group(1))
    found = _NAMED.search(text)
    if not found:
        return text, None
    back = {"today": 0, "this day": 0, "yesterday": 1, "the day before yesterday": 2}.get(found.group(1))
    day = None if back is None else day_bounds(day_of(now - back * DAY))
    return _without(text, found), day


def _cut_recent(text: str, now: int) -> tuple[str, Period]:
    found = _RECENT.search(text)
    if not found or (found.group(1) is None and found.group(2) in ("second", "sec")):
        return text, Period()
    length = int(found.group(1) or 1) * _SECONDS[found.group(2)] * NS
    return _without(text, found), Period(max(0, now - length), now + 1)


def _span(low: int, high: int, day: tuple[int, int] | None, newest: int) -> Period:
    if low >= high:
        raise ValueError("the times are in the wrong order")
    start = (day or _latest_day(low, newest))[0]
    return Period(start + low, start + high)


def _latest_day(offset: int, newest: int) -> tuple[int, int]:
    """The newest day on which that time of day had come when the record ended."""
    today = day_bounds(day_of(newest))
    return today if today[0] + offset <= newest else day_bounds(day_of(newest - DAY))


def _clock(parts: tuple[str | None, ...]) -> tuple[int, int]:
    """Nanoseconds since midnight, and how long what was named lasts: a minute or a second."""
    hour, minute, second = (int(part or 0) for part in parts)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"there is no time {hour}:{minute:02d}")
    return (hour * 3_600 + minute * 60 + second) * NS, (60 if parts[2] is None else 1) * NS


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
