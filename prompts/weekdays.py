"""A weekday beside a date, "Sunday, the 18th of September", which says nothing that the date does not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise

from prompts.spans import WEEKDAYS, Found, find_spans
from tools.domain.clock import NS


def without_weekdays(text: str, now: int) -> str:
    """``text`` without a weekday that only says of the date beside it which day it is.

    Raises:
        ValueError: The date is another day of the week, or does not exist.
    """
    found = find_spans(text, now)
    for one, other in reversed(list(pairwise(found))):
        if (_is_weekday(one) or _is_weekday(other)) and _is_beside(one, other, text):
            weekday, dated = (one, other) if _is_weekday(one) else (other, one)
            _require_same(weekday, dated)
            text = f"{text[: weekday[0].start()]} {text[weekday[0].end() :]}"
    return text


def _is_weekday(one: Found) -> bool:
    return "wd" in one[0].groupdict() and one[0]["which"] in (None, "the") and one[0]["week"] is None


def _is_beside(one: Found, other: Found, text: str) -> bool:
    """Whether they stand side by side, and one of them is a date."""
    between = text[one[0].end() : other[0].start()]
    is_dated = any({"d", "day", "a"} & set(each[0].groupdict()) for each in (one, other))
    return is_dated and re.fullmatch(r"[\s,(]*(?:(?:the|a) ?)?", between) is not None


def _require_same(weekday: Found, dated: Found) -> None:
    """Refuse a date that is another day of the week."""
    assert weekday[1].start is not None and dated[1].start is not None  # noqa: PT018,S101 (a day has a start)
    day = datetime.fromtimestamp(dated[1].start // NS, UTC).date()
    named = datetime.fromtimestamp(weekday[1].start // NS, UTC).weekday()
    if day.weekday() != named:
        raise ValueError(f"{day} is a {WEEKDAYS[day.weekday()].capitalize()}")
