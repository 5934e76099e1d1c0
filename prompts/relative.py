"""Times that are told by other times, put into dates: "the day after", "the first week", "3 to 7 March"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from tools.domain.clock import NS

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TO = r"(?: (?:and|to|until|till|through) (?:the )?| ?[-–] ?)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_DAYS_FIRST = re.compile(
    rf"\b(?:from |between )?(?:the )?{_DAY}{_TO}{_DAY} (?:of )?({_MONTH})\b(,? \d{{4}})?"
)
_MONTH_FIRST = re.compile(rf"\b(?:from |between )?({_MONTH}) {_DAY}{_TO}{_DAY}(?![\d:])(,? \d{{4}})?")
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "couple of": 2}
_N = rf"(\d{{1,3}}|{'|'.join(_COUNTS)})"
_OF_RECORD = (
    r"(?: (?:of|in) (?:the |your |our |all )?(?:record|records|history|trading|memory|log|data|life))"
)
_FIRST = re.compile(
    r"\b(?:(?:(?:in|on|during|over|for|of) )(?:the |your |its )?(first|last|second|third) "
    rf"(?:{_N} )?(day|week)s?{_OF_RECORD}?|(?:the |your )?"
    rf"(first|last|second|third) (?:{_N} )?(day|week)s?{_OF_RECORD})(?! ago)\b"
)
_BARE_WEEK = re.compile(r"\bthe (first|second|third) week\b(?! (?:of|in) )")
_PLACES = {"first": 0, "second": 1, "third": 2}
_NAMED_DAY = (
    rf"(\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?)"
)
_AFTER_NAMED = re.compile(rf"\b(?:on )?the (day) (after|before|following) {_NAMED_DAY}\b(?:,? (\d{{4}}))?")
_AFTER = re.compile(
    r"\b(?:on |in )?the (?:(day|week) (after|before)(?: that| then)?(?= *(?:$|[?.,!]))"
    r"|(next|following|previous|preceding|same) (day|week))\b"
    r"|\ba (day|week) (later|earlier)\b"
)
_BACK = ("before", "previous", "preceding", "earlier")


def spelt_out(text: str, *, anchor: int | None, oldest: int | None, newest: int) -> str:
    """``text`` (lower case) with times that hang on others as dates.

    Args:
        text: The question.
        anchor: When the period that was asked about before begins; None where there is none.
        oldest: When the record begins; None where that is not known.
        newest: When it ends.

    Raises:
        ValueError: A date does not exist.
    """
    text = _DAYS_FIRST.sub(lambda f: f"from {f[1]} {f[3]}{f[4] or ''} to {f[2]} {f[3]}{f[4] or ''}", text)
    text = _MONTH_FIRST.sub(lambda f: f"from {f[2]} {f[1]}{f[4] or ''} to {f[3]} {f[1]}{f[4] or ''}", text)
    text = _AFTER_NAMED.sub(_beside_named(newest), text)
    if oldest is not None:
        text = _BARE_WEEK.sub(r"in the \1 week", text)
        text = _FIRST.sub(_of_record(_day_of(oldest), _day_of(newest)), text)
    if anchor is not None:
        text = _AFTER.sub(_beside(_day_of(anchor)), text)
    return text


def _day_of(ts: int) -> date:
    return datetime.fromtimestamp(ts // NS, UTC).date()


def _between(first: date, last: date) -> str:
    return f" on {first} " if first == last else f" from {first} to {last} "


def _beside(day: date) -> Callable[[re.Match[str]], str]:
    def told(found: re.Match[str]) -> str:
        length = 7 if "week" in (found[1], found[4], found[5]) else 1
        which = found[2] or found[3] or found[6]
        steps = 0 if which == "same" else -1 if which in _BACK else 1
        first = day + timedelta(days=length * steps)
        return _between(first, first + timedelta(days=length - 1))

    return told


def _beside_named(newest: int) -> Callable[[re.Match[str]], str]:
    def told(found: re.Match[str]) -> str:
        day = _named(found[3], found[4], _day_of(newest))
        return _between(*[day + timedelta(days=-1 if found[2] == "before" else 1)] * 2)

    return told


def _named(text: str, year: str | None, today: date) -> date:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    number = re.search(r"\d+", text)
    month = re.search(_MONTH, text)
    assert number is not None and month is not None  # noqa: PT018,S101 (both are in the pattern)
    place = _MONTHS.index(month[0][:3]) + 1
    chosen = date(int(year) if year else today.year, place, int(number[0]))
    return chosen.replace(year=chosen.year - 1) if not year and chosen > today else chosen


def _of_record(first: date, last: date) -> Callable[[re.Match[str]], str]:
    def told(found: re.Match[str]) -> str:
        which, count, unit = (found[1] or found[4]), (found[2] or found[5]), (found[3] or found[6])
        is_told_of_record = found[4] is not None or re.search(_OF_RECORD, found[0]) is not None
        if which == "last" and not is_told_of_record:
            return found[0]  # "in the last 3 days" ends now
        number = int(_COUNTS.get(count, count)) if count else 1
        length = number * (7 if unit == "week" else 1)
        if which == "last":
            return _between(last - timedelta(days=length - 1), last)
        start = first + timedelta(days=length * _PLACES[which])
        return _between(start, start + timedelta(days=length - 1))

    return told
