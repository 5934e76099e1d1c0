"""Days, weeks and months that a question names, as spans of nanoseconds; everything is UTC.

A named span lies in the past where words leave it open: "on Tuesday" is the last one there was,
"in March" the last March that began. A week runs from Monday to Sunday.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tools.domain.clock import NS

DAY = 86_400 * NS
_SECONDS = {
    "second": 1, "sec": 1, "s": 1, "minute": 60, "min": 60, "m": 60, "hour": 3_600, "hr": 3_600, "h": 3_600,
    "day": 86_400, "d": 86_400, "week": 604_800, "w": 604_800, "month": 2_592_000, "year": 31_536_000,
}  # fmt: skip
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = "|".join([*_MONTHS, *(name[:3] for name in _MONTHS), "sept"])
_WEEKDAY = (
    "mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|mon|tues?|weds?|thurs?|thu|fri|sun|"
    r"(?<!we )(?<!you )(?<!it )(?<!i )(?<!bot )(?<!who )sat(?! (?:in|on|out|through|with|idle|at|tight)\b)"
)
_PARTS = {"morning": (0, 12), "afternoon": (12, 18), "evening": (18, 24), "night": (18, 30)}
_PART = rf"(?: (?:in the |at )?(?P<part>{'|'.join(_PARTS)}))?"
_CLEAR = [name for name in _MONTHS if name not in ("march", "may")]
_CLEAR_MONTH = "|".join([*_CLEAR, "jan", "feb", "aug", "sept?", "oct", "nov", "dec"])
_ORDINAL = r"(?:st|nd|rd|th)?"
_NUMBER = r"\d{1,4}"


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` up to ``end``, nanoseconds; both None is all there is.

    Attributes:
        is_rolling: Whether it ends now rather than with the calendar.
        is_point: Whether only its start was named, which says nothing without "since" or "before".
    """

    start: int | None
    end: int | None
    is_rolling: bool = False
    is_point: bool = False


Maker = Callable[[re.Match[str], date, int], Span]
Found = tuple[re.Match[str], Span]


def find_spans(text: str, now: int) -> list[Found]:
    """Every day, week or month that ``text`` (lower case) names, in order, none twice.

    Raises:
        ValueError: It names a date that does not exist or that may be one of two.
    """
    today = datetime.fromtimestamp(now // NS, UTC).date()
    found: list[Found] = []
    for pattern, make in _PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start() or other.end() <= match.start() for other, _ in found):
                found.append((match, make(match, today, now)))
    return sorted(found, key=lambda pair: pair[0].start())


def _days(first: date, last: date) -> Span:
    """From the beginning of ``first`` to the end of ``last``."""
    return Span(_start(first), _start(last + timedelta(days=1)))


def _start(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * NS


def _part(span: Span, found: re.Match[str]) -> Span:
    """The morning, afternoon, evening or night of a day."""
    name = found.groupdict().get("part")
    if name is None or span.start is None:
        return span
    low, high = _PARTS[name]
    return Span(span.start + low * 3_600 * NS, span.start + high * 3_600 * NS)


def _iso(found: re.Match[str], today: date, now: int) -> Span:
    day = date.fromisoformat(found["day"])
    return _part(_days(day, day), found)


def _numeric(found: re.Match[str], today: date, now: int) -> Span:
    """8/15/2024 and 15/8/2024 say which is the month; 8/9/2024 does not."""
    first, second = int(found["a"]), int(found["b"])
    if first <= 12 and second <= 12 and first != second:
        raise ValueError(f"{found[0].strip()} may be one of two days")
    day, month = (first, second) if first > 12 else (second, first)
    return _one_day(day, month, found["year"], today)


def _spoken(found: re.Match[str], today: date, now: int) -> Span:
    return _part(_one_day(int(found["d"]), _month_number(found["m"]), found["year"], today), found)


def _one_day(day: int, month: int, year: str | None, today: date) -> Span:
    chosen = date(int(year) if year else today.year, month, day)
    if not year and chosen > today:
        chosen = date(today.year - 1, month, day)
    return _days(chosen, chosen)


def _month_number(name: str) -> int:
    return next(i for i, full in enumerate(_MONTHS, start=1) if full.startswith(name[:3]))


def _month(found: re.Match[str], today: date, now: int) -> Span:
    month = _month_number(found["m"])
    year = int(found["year"]) if found["year"] else today.year - (month > today.month)
    return _month_of(year, month)


def _month_of(year: int, month: int) -> Span:
    following = date(year + month // 12, month % 12 + 1, 1)
    return _days(date(year, month, 1), following - timedelta(days=1))


def _year(found: re.Match[str], today: date, now: int) -> Span:
    year = int(found["year"])
    return _days(date(year, 1, 1), date(year, 12, 31))


def _named(found: re.Match[str], today: date, now: int) -> Span:
    name = found["name"]
    back = 2 if "before" in name else 1 if name in ("yesterday", "last") else 0
    day = today - timedelta(days=back)
    return _part(_days(day, day), found)


def _tonight(found: re.Match[str], today: date, now: int) -> Span:
    return Span(_start(today) + 18 * 3_600 * NS, _start(today) + DAY)


def _weekend(found: re.Match[str], today: date, now: int) -> Span:
    """The last Saturday and Sunday that began; "last" and "past" name the one of the week before."""
    saturday = today - timedelta(days=today.weekday() + 2)
    is_in_one = today.weekday() >= 5
    if found["which"] == "this" or (found["which"] == "the" and is_in_one):
        saturday += timedelta(days=7)
    return _days(saturday, saturday + timedelta(days=1))


def _weekday(found: re.Match[str], today: date, now: int) -> Span:
    """The last such day, today included unless "last" is said; or that day of a named week."""
    wanted = next(i for i, full in enumerate(WEEKDAYS) if full.startswith(found["wd"][:3]))
    if found["week"]:
        monday = today - timedelta(days=today.weekday() + (7 if found["week"] != "this" else 0))
        day = monday + timedelta(days=wanted)
    else:
        back = (today.weekday() - wanted) % 7
        day = today - timedelta(days=back or (7 if found["which"] in ("last", "previous", "past") else 0))
    return _part(_days(day, day), found)


def _unit(found: re.Match[str], today: date, now: int) -> Span:
    """This or the previous calendar week, month, quarter or year."""
    back = {"this": 0, "current": 0, "last": 1, "previous": 1, "prior": 1, "before last": 2}[found["which"]]
    return _calendar(found["unit"], back, today)


def _to_date(found: re.Match[str], today: date, now: int) -> Span:
    return _calendar(found["unit"], 0, today)


def _back(number: int) -> Maker:
    """So many calendar units ago."""
    return lambda found, today, now: _calendar(str(found["unit"]), number, today)


def _calendar(unit: str, back: int, today: date) -> Span:
    if unit == "day":
        return _days(today - timedelta(days=back), today - timedelta(days=back))
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return _days(monday, monday + timedelta(days=6))
    if unit == "year":
        return _days(date(today.year - back, 1, 1), date(today.year - back, 12, 31))
    months = today.year * 12 + today.month - 1
    if unit == "month":
        return _month_of(*_year_month(months - back))
    first = (months // 3 - back) * 3
    return Span(_month_of(*_year_month(first)).start, _month_of(*_year_month(first + 2)).end)


def _year_month(months: int) -> tuple[int, int]:
    return months // 12, months % 12 + 1


def _rolling(found: re.Match[str], today: date, now: int) -> Span:
    length = _length(found)
    return Span(max(0, now - length), now + 1, is_rolling=True)


def _length(found: re.Match[str]) -> int:
    count = found["n"]
    number = 1 if not count else _NUMBERS.get(count) or int(count)
    return number * _SECONDS[found["unit"]] * NS


def _ago(found: re.Match[str], today: date, now: int) -> Span:
    """A day, week or month so long ago; of less than a day the moment up to now."""
    unit, length = found["unit"], _length(found)
    if _SECONDS[unit] < 86_400:
        return Span(now - length, now + 1, is_point=True)
    if unit in ("day", "d"):
        day = today - timedelta(days=length // DAY)
        return _days(day, day)
    number = length // (_SECONDS[unit] * NS)
    return _calendar({"w": "week"}.get(unit, unit), number, today)


def _all(found: re.Match[str], today: date, now: int) -> Span:
    return Span(None, None)


def _future(found: re.Match[str], today: date, now: int) -> Span:
    """Something that is still to come: the record cannot hold it."""
    return Span(now + DAY, now + 2 * DAY)


_UNITS = r"(?P<unit>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)"
_SHORT = r"(?P<n>\d+) ?(?P<unit>h|d|m|w|s|min|hr|hrs|mins)"
_WORDS = ("a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve")
_NUMBERS = {word: max(1, i - 1) for i, word in enumerate(_WORDS[:-1])} | {"twelve": 12, "couple of": 2}
_COUNT = rf"(?P<n>{_NUMBER}|{'|'.join(_NUMBERS)})"
_ON = r"\b(?:(?:on|in|during|of|for|the) )*"
_EDGES = "|".join(
    f"(?<={word} )" for word in ("since", "until", "before", "after", "from", "to", "and", "between")
)


def _compiled(pattern: str, make: Maker) -> tuple[re.Pattern[str], Maker]:
    return re.compile(pattern), make


def _singular(make: Maker) -> Maker:
    """``make`` with a unit that may be written in the plural."""

    def made(found: re.Match[str], today: date, now: int) -> Span:
        return make(_Unit(found), today, now)  # type: ignore[arg-type]

    return made


class _Unit:
    """A match whose unit is read in the singular."""

    def __init__(self, found: re.Match[str]) -> None:
        self._found = found

    def __getitem__(self, name: str) -> str | None:
        value: str | None = self._found[name]
        is_plural = name == "unit" and value is not None and len(value) > 2
        return value.removesuffix("s") if is_plural and value is not None else value


_PATTERNS: tuple[tuple[re.Pattern[str], Maker], ...] = (
    _compiled(
        r"\b(?:on )?(?P<name>the day before yesterday|day before yesterday|yesterday|today|this day)(?:'s)?"
        + _PART
        + r"\b",
        _named,
    ),
    _compiled(r"\b(?P<name>this)(?: (?P<part>morning|afternoon|evening))\b", _named),
    _compiled(r"\b(?P<name>last) (?P<part>night|evening)\b", _named),
    _compiled(r"\btonight\b", _tonight),
    _compiled(rf"{_ON}(?:over |at )?(?P<which>last|this|past|previous|the) week-?end\b(?!s)", _weekend),
    _compiled(
        r"\b(?:tomorrow|next (?:few )?(?:\d+ )?(?:hours?|days?|weeks?|months?|years?|quarter|"
        rf"{_WEEKDAY})|coming (?:days?|weeks?|months?)|the future|from now)\b",
        _future,
    ),
    _compiled(rf"{_ON}(?P<day>\d{{4}}-\d{{2}}-\d{{2}})(?:t(?=\d)|{_PART}(?![\d-]))", _iso),
    _compiled(rf"{_ON}(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})(?:/(?P<year>\d{{4}}))?\b", _numeric),
    _compiled(
        rf"{_ON}(?P<d>\d{{1,2}}){_ORDINAL} (?:of )?(?P<m>{_MONTH})\b(?:,? (?P<year>\d{{4}}))?{_PART}", _spoken
    ),
    _compiled(
        rf"{_ON}(?P<m>{_MONTH}) (?P<d>\d{{1,2}}){_ORDINAL}\b(?!:\d)(?:,? (?P<year>\d{{4}}))?{_PART}", _spoken
    ),
    _compiled(
        rf"(?:\b(?:in|during|of|for|last) |{_EDGES})(?P<m>{_MONTH})\b(?: (?P<year>\d{{4}}))?",
        _month,
    ),
    _compiled(rf"\b(?P<m>{_MONTH}) (?P<year>\d{{4}})\b", _month),
    _compiled(rf"\b(?P<m>{_CLEAR_MONTH})\b(?P<year>)", _month),
    _compiled(
        rf"\b(?:on )?(?:(?P<which>last|this|previous|past|the) )?(?P<wd>{_WEEKDAY})"
        rf"(?:'s)?(?: (?:of )?(?P<week>last|this) week)?{_PART}\b",
        _weekday,
    ),
    _compiled(r"\b(?:the )?(?P<unit>week|month|quarter|year) before last\b", _back(2)),
    _compiled(
        rf"{_ON}(?P<unit>week|month|quarter|year) before (?:this(?: one)?|the (?:current|present) one)\b",
        _back(1),
    ),
    _compiled(r"\b(?P<unit>week|month|quarter|year)[- ]to[- ]date\b", _to_date),
    _compiled(
        r"\b(?:(?:in|over|during|within|for|from) )?(?:the )?(?:last|past|previous|latest|recent) "
        rf"{_COUNT} {_UNITS}\b",
        _singular(_rolling),
    ),
    _compiled(
        rf"\b(?:(?:in|over|during|within|for|from) )?(?:the )?(?:last|past|previous) {_SHORT}\b",
        _singular(_rolling),
    ),
    _compiled(
        r"\b(?:in|over|during|within) the last (?P<n>)(?P<unit>minute|hour|day|week|month|year)\b", _rolling
    ),
    _compiled(r"\b(?:the |this )?past (?P<n>)(?P<unit>minute|hour|day|week|month|year)\b", _rolling),
    _compiled(r"\b(?:the )?last (?P<n>)(?P<unit>minute|hour|day)\b", _rolling),
    _compiled(
        rf"{_ON}(?P<which>this|current|last|previous|prior) (?P<unit>week|month|quarter|year)(?:'s)?\b", _unit
    ),
    _compiled(
        r"(?<!hour )(?<!hours )(?<!time )(?<!times )(?<!day )(?<!days )"
        r"\b(?:of|for) the (?P<unit>day|week|month|quarter|year)\b",
        _to_date,
    ),
    _compiled(rf"\b{_COUNT} {_UNITS} ago\b", _singular(_ago)),
    _compiled(rf"(?:\b(?:in|during|of|for) |{_EDGES})(?P<year>20\d{{2}})\b(?!-)", _year),
    _compiled(
        r"\b(?:all time|so far|to date|(?:until|till|up to) now|as of (?:now|today)|ever|of all time|"
        r"in all history|since the (?:start|beginning))\b",
        _all,
    ),
)
