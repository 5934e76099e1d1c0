"""Days and times in a question replaced by marks, so that a point in time is one thing to look for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prompts.spans import Span, find_spans
from tools.domain.clock import NS

_SUFFIX = r"(?: ?(?:utc|gmt|z)\b)?"
_COLON = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([ap])\.?m\b\.?)?"
_SPOKEN = (
    r"(\d{1,2}) ?([ap])\.?m\b\.?|(\d{1,2})h(\d{2})\b|(\d{1,2}) o'?clock(?: ([ap])\.?m\b\.?)?"
    r"|\b(noon|midnight)\b"
)
_CLOCK = re.compile(rf"(?<![\d:]){_COLON}{_SUFFIX}|(?<![\d:])(?:{_SPOKEN}){_SUFFIX}")
_TO = r"(?: (?:and|to|until|till) | ?[-–] ?)"
_BARE_HOUR = re.compile(
    rf"\b(between|from) (\d{{1,2}})(?={_TO}\d{{1,2}}(?::\d{{2}}| ?[ap]m|h\d{{2}}| o'?clock))"
)
_HOUR_UNIT = r"(?: ?(?:utc|gmt|h|hours?|o'?clock)\b)"
_BARE_HOURS = re.compile(
    rf"\b(?:(between|from) (\d{{1,2}}){_HOUR_UNIT}?{_TO}(\d{{1,2}})"
    rf"(?:{_HOUR_UNIT}|(?= *(?:$|[?,.]|on\b|«|in\b)))"
    rf"|(\d{{1,2}})h?{_TO}(\d{{1,2}}){_HOUR_UNIT})(?!\d)"
)
DAY_MARK, CLOCK_MARK = r"«d(\d+)»", r"«c(\d+)»"
POINT = (
    rf"(?:{DAY_MARK}(?: (?:at|around|about))? ?{CLOCK_MARK}|{CLOCK_MARK}(?: on)? ?{DAY_MARK}"
    rf"|{DAY_MARK}|{CLOCK_MARK})"
)
RANGE = re.compile(
    rf"(?:\b(?:between|from|since) )?{POINT} ?(?:\b(?:and|to|until|till|through|up to)\b|[-–]) ?{POINT}"
)
_DAILY = re.compile(r"\b(?:(?:on )?(?:every|each|all|any) days?|daily)\b")


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day: nanoseconds since midnight, and how long what was named lasts."""

    offset: int
    width: int


@dataclass(slots=True)
class Marked:
    """A text whose days and times are marks, and what the marks stand for."""

    text: str
    days: list[Span]
    times: list[Time]
    now: int
    newest: int
    is_daily: bool = False
    hours: tuple[int, int] | None = None


def mark_times(text: str, now: int, newest: int) -> Marked:
    """``text`` (lower case) with its days and times as marks.

    Raises:
        ValueError: A date or time does not exist.
    """
    days: list[Span] = []
    pieces, last = [], 0
    for found, span in find_spans(text, now):
        pieces += [text[last : found.start()], f" «d{len(days)}» "]
        days.append(span)
        last = found.end()
    rest = "".join([*pieces, text[last:]])
    rest = _BARE_HOURS.sub(
        lambda found: f"between {found[2] or found[4]}:00 and {found[3] or found[5]}:00", rest
    )
    rest = _BARE_HOUR.sub(lambda found: f"{found[1]} {found[2]}:00", rest)
    times: list[Time] = []

    def mark(found: re.Match[str]) -> str:
        times.append(_time(found))
        return f" «c{len(times) - 1}» "

    rest = re.sub(r"\s+", " ", _CLOCK.sub(mark, rest))
    is_daily = _DAILY.search(rest) is not None and RANGE.search(rest) is not None
    return Marked(_DAILY.sub(" ", rest) if is_daily else rest, days, times, now, newest, is_daily)


def _time(found: re.Match[str]) -> Time:
    hour, minute, second, half, spoken, its_half, h_hour, h_minute, clock, c_half, name = found.groups()
    if name:
        return Time(12 * 3_600 * NS if name == "noon" else 0, 60 * NS)
    numbers = (hour or spoken or h_hour or clock, minute or h_minute or 0, second or 0)
    h, m, s = (int(number) for number in numbers)
    half = half or its_half or c_half
    if half and not 1 <= h <= 12:
        raise ValueError(f"there is no time {h} {half}m")
    if half:
        h = h % 12 + (12 if half == "p" else 0)
    if (h > 23 and (h, m, s) != (24, 0, 0)) or m > 59 or s > 59:
        raise ValueError(f"there is no time {h}:{m:02d}")
    return Time((h * 3_600 + m * 60 + s) * NS, (60 if second is None else 1) * NS)
