"""Days and times in a question, as spans of nanoseconds; everything is UTC.

A span is cut out of the text, so that what is left can be read word by word. Days and times are
first replaced by marks, so that "from yesterday 22:00 to today 01:00" and "since Monday" are
read alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from prompts.clocks import Clock, cut_clocks
from prompts.relative import spelt_out
from prompts.spans import DAY, Span, find_spans
from prompts.times_of_day import CLOCK, TimeOfDay, time_of_day
from tools.domain.clock import NS, day_bounds, day_of

__all__ = ["DAY", "Period", "cut_period", "cut_periods"]

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
_DAY_MARK, _CLOCK_MARK = r"«d(\d+)»", r"«c(\d+)»"
_POINT = (
    rf"(?:{_DAY_MARK}(?: (?:at|around|about))? ?{_CLOCK_MARK}|{_CLOCK_MARK}(?: on)? ?{_DAY_MARK}"
    rf"|{_DAY_MARK}|{_CLOCK_MARK})"
)
_RANGE = re.compile(
    rf"(?:\b(?:between|from|since) )?{_POINT} ?(?:\b(?:and|to|until|till|through|up to)\b|[-–]) ?{_POINT}"
)
_EDGE = re.compile(
    r"\b(after|since|starting|beginning|from|before|until|till|up to|prior to|by|earlier than|later than) "
    rf"(?:on |at )?{_POINT}(?: on(?:ward)?s?\b)?"
)
_SINGLE = re.compile(rf"(?:\b(?:at|around|about) )?{_POINT}")
_DAILY = re.compile(r"\b(?:(?:on )?(?:every|each|all|any) days?|daily)\b")
_OPEN = ("since", "starting", "beginning", "from")  # up to now, not only to the end of the day
_FROM = ("after", "later than", *_OPEN)


@dataclass(frozen=True, slots=True)
class Period:
    """What was said of time: [``ts_from``, ``ts_to``), None where open.

    Attributes:
        is_moment: Whether it is a time of day on one day.
        hours: Seconds of the day from and before which counts, on every day of the period.
        weekdays: Days of the week that count, 0 for Monday; empty is all.
    """

    ts_from: int | None = None
    ts_to: int | None = None
    is_moment: bool = False
    hours: tuple[int, int] | None = None
    weekdays: tuple[int, ...] = ()


@dataclass(slots=True)
class _Marked:
    """A text whose days and times are marks, and what the marks stand for."""

    text: str
    days: list[Span]
    times: list[TimeOfDay]
    now: int
    newest: int
    is_daily: bool = False
    hours: tuple[int, int] | None = None


def cut_period(text: str, now: int, newest: int | None) -> tuple[str, Period]:
    """The rest of ``text`` (lower case) and the period it named; the first where it named several.

    Args:
        text: The question.
        now: What today is.
        newest: Time of the newest decision; a time without a date is its latest occurrence by then.

    Raises:
        ValueError: A date or time does not exist.
    """
    rest, periods = cut_periods(text, now, newest)
    return rest, periods[0] if periods else Period()


def cut_periods(
    text: str,
    now: int,
    newest: int | None,
    *,
    oldest: int | None = None,
    anchor: Period | None = None,
) -> tuple[str, tuple[Period, ...]]:
    """The rest of ``text`` (lower case) and every period it named, in order.

    Args:
        text: The question.
        now: What today is.
        newest: Time of the newest decision.
        oldest: Time of the oldest decision, from which "the first week" is counted.
        anchor: The period that was asked about before, which "the day after" follows.

    Raises:
        ValueError: A date or time does not exist, or the times are in the wrong order.
    """
    end = now if newest is None else newest
    text = spelt_out(text, anchor=None if anchor is None else anchor.ts_from, oldest=oldest, newest=end)
    rest, clocks = cut_clocks(text)
    marked = _mark(rest, now, end)
    periods = _with_hours([*_cut_ranges(marked), *_cut_edges(marked), *_cut_singles(marked)], marked)
    told = tuple(dict.fromkeys(periods))
    bounded = tuple(one for one in told if one != Period())  # "since Monday so far" is since Monday
    told = bounded or told
    if clocks:
        told = tuple(_clocked(one, clock) for one in told or (Period(),) for clock in clocks)
    return marked.text, told


def _with_hours(periods: list[Period], marked: _Marked) -> list[Period]:
    """The periods with the hours that were named without a day, on each day of them."""
    if not marked.hours:
        return periods
    low, high = marked.hours
    if not periods:
        return [
            Period(hours=(low // NS, high // NS))
            if marked.is_daily
            else _of_day(low, high, None, marked.newest)
        ]
    spans = [Span(one.ts_from, one.ts_to) for one in periods]
    return [
        _of_every_day(low, high, span) if _is_long(span) else _of_day(low, high, span, marked.newest)
        for span in spans
    ]


def _clocked(period: Period, clock: Clock) -> Period:
    """The period narrowed to some hours or weekdays."""
    hours = clock.hours or period.hours
    return replace(period, hours=hours, weekdays=clock.weekdays, is_moment=False)


def _mark(text: str, now: int, newest: int) -> _Marked:
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
    times: list[TimeOfDay] = []

    def mark(found: re.Match[str]) -> str:
        times.append(time_of_day(found))
        return f" «c{len(times) - 1}» "

    rest = re.sub(r"\s+", " ", CLOCK.sub(mark, rest))
    is_daily = _DAILY.search(rest) is not None and _RANGE.search(rest) is not None
    return _Marked(_DAILY.sub(" ", rest) if is_daily else rest, days, times, now, newest, is_daily)


def _point(groups: tuple[str | None, ...], marked: _Marked) -> tuple[Span | None, TimeOfDay | None]:
    """The day and the time that a point names."""
    d1, c1, c2, d2, d3, c3 = groups
    day, clock = d1 or d2 or d3, c1 or c2 or c3
    return (
        None if day is None else marked.days[int(day)],
        None if clock is None else marked.times[int(clock)],
    )


def _cut_ranges(marked: _Marked) -> list[Period]:
    periods: list[Period | None] = []
    while found := _RANGE.search(marked.text):
        low, high = _point(found.groups()[:6], marked), _point(found.groups()[6:], marked)
        is_said = found[0].startswith(("between", "from")) or " and " not in found[0]
        if not is_said:
            break
        marked.text = _without(marked.text, found)
        periods.append(_between(low, high, marked))
    return [one for one in periods if one is not None]


def _between(
    low: tuple[Span | None, TimeOfDay | None], high: tuple[Span | None, TimeOfDay | None], marked: _Marked
) -> Period | None:
    """The span between two points; two bare times are hours of the days named elsewhere."""
    (day, time), (other_day, other_time) = low, high
    if day is None and other_day is None:
        assert time is not None and other_time is not None  # noqa: PT018,S101 (a point names one of them)
        if time.offset >= other_time.offset:
            raise ValueError("the times are in the wrong order")
        marked.hours = (time.offset, other_time.offset)  # of the days that are named beside them
        return None
    span = _require(other_day or day)
    if time is not None and other_time is not None and (day is None or other_day is None) and _is_long(span):
        return _of_every_day(time.offset, other_time.offset, span)
    start = _begin(day or other_day, time)
    end_day = other_day or day
    end = _begin(end_day, other_time) if other_time is not None else _require(end_day).end
    if start is None or end is None or start >= end:
        raise ValueError("the times are in the wrong order")
    return Period(start, end)


def _is_long(day: Span) -> bool:
    """Whether a time of day on ``day`` comes more than once."""
    return day.start is None or day.end is None or day.end - day.start > DAY


def _of_every_day(low: int, high: int, day: Span) -> Period:
    """The same hours on every day of a span."""
    if low >= high:
        raise ValueError("the times are in the wrong order")
    return Period(day.start, day.end, hours=(low // NS, high // NS))


def _is_edge(found: re.Match[str]) -> bool:
    """Whether it bounds: "from Monday" alone is that Monday, "from Monday on" and "from 9:00" are edges."""
    is_of_day = found[2] is None and found[3] is None and found[4] is None and found[7] is None
    return not (found[1] == "from" and is_of_day and not re.search(r" on(?:ward)?s?$", found[0]))


def _cut_edges(marked: _Marked) -> list[Period]:
    """What is said with since, after, before or until; two edges together bound one period."""
    low: int | None = None
    high: int | None = None
    floor: int | None = None
    ceiling: int | None = None
    is_found = False
    while found := next(filter(_is_edge, _EDGE.finditer(marked.text)), None):
        word, (day, time) = found[1], _point(found.groups()[1:7], marked)
        is_day_first = found[2] is not None
        marked.text = _without(marked.text, found)
        is_found = True
        if time is None:
            span = _require(day)
            low, high = (_lower(span, word), high) if word in _FROM else (low, _upper(span, word))
            continue
        day = day or _only_day(marked)
        if day is not None and _is_long(day) and not day.is_point:
            is_from = word in _FROM
            return [_of_every_day(time.offset if is_from else 0, DAY if is_from else time.offset, day)]
        newest = marked.now if word in _OPEN else marked.newest
        start = (
            day.start if day is not None and day.start is not None else _latest_day(time.offset, newest)[0]
        )
        if word in _FROM:
            low, ceiling = start + time.offset, None if word in _OPEN or is_day_first else start + DAY
        else:
            high, floor = start + time.offset, None if is_day_first else start
    if not is_found:
        return []
    low, high = floor if low is None else low, ceiling if high is None else high
    if low is not None and high is not None and low >= high:
        raise ValueError("the times are in the wrong order")
    return [Period(low, high)]


def _lower(span: Span, word: str) -> int | None:
    return span.end if word in ("after", "later than") and not span.is_point else span.start


def _upper(span: Span, word: str) -> int | None:
    return span.end if word in ("until", "till", "up to", "by") and not span.is_point else span.start


def _cut_singles(marked: _Marked) -> list[Period]:
    periods = []
    while found := _SINGLE.search(marked.text):
        day, time = _point(found.groups(), marked)
        marked.text = _without(marked.text, found)
        if time is None:
            rest = re.search(_CLOCK_MARK, marked.text)
            if rest is not None and len(marked.times) == 1:
                time = marked.times[int(rest[1])]
                marked.text = _without(marked.text, rest)
        elif day is None:
            day = _only_day(marked)
        periods.append(_single(day, time, marked.newest))
    return periods


def _single(day: Span | None, time: TimeOfDay | None, newest: int) -> Period:
    if time is None:
        span = _require(day)
        if span.is_point:
            raise ValueError("a time so long ago is a moment; say since or between which times")
        return Period(span.start, span.end)
    if day is not None and _is_long(day) and not day.is_point:
        width = 3_600 * NS if time.offset % (3_600 * NS) == 0 else time.width
        return _of_every_day(time.offset, time.offset + width, day)
    base = day.start if day is not None and day.start is not None else _latest_day(time.offset, newest)[0]
    return Period(base + time.offset, base + time.offset + time.width, True)


def _only_day(marked: _Marked) -> Span | None:
    """The one day left in the text, which is cut out; None where there is none or more than one."""
    left = list(re.finditer(rf"(?:\bon )?{_DAY_MARK}", marked.text))
    if len(left) != 1:
        return None
    marked.text = _without(marked.text, left[0])
    return marked.days[int(left[0][1])]


def _of_day(low: int, high: int, day: Span | None, newest: int) -> Period:
    if low >= high:
        raise ValueError("the times are in the wrong order")
    start = day.start if day is not None and day.start is not None else _latest_day(low, newest)[0]
    return Period(start + low, start + high)


def _begin(day: Span | None, time: TimeOfDay | None) -> int | None:
    start = _require(day).start
    return start if time is None or start is None else start + time.offset


def _require(day: Span | None) -> Span:
    if day is None:
        raise ValueError("a day is missing")
    return day


def _latest_day(offset: int, newest: int) -> tuple[int, int]:
    """The newest day on which that time of day had come when the record ended."""
    today = day_bounds(day_of(newest))
    return today if today[0] + offset <= newest else day_bounds(day_of(newest - DAY))


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
