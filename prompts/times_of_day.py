"""Times of day in the words of a question: 14:30, 2 pm, 9h15, noon; everything is UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.domain.clock import NS

_SUFFIX = r"(?: ?(?:utc|gmt|z)\b)?"
_COLON = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([ap])\.?m\b\.?)?"
_SPOKEN = (
    r"(\d{1,2}) ?([ap])\.?m\b\.?|(\d{1,2})h(\d{2})\b|(\d{1,2}) o'?clock(?: ([ap])\.?m\b\.?)?"
    r"|\b(noon|midnight)\b"
)
CLOCK = re.compile(rf"(?<![\d:]){_COLON}{_SUFFIX}|(?<![\d:])(?:{_SPOKEN}){_SUFFIX}")


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day: nanoseconds since midnight, and how long what was named lasts."""

    offset: int
    width: int


def time_of_day(found: re.Match[str]) -> TimeOfDay:
    """The time that ``CLOCK`` found.

    Raises:
        ValueError: There is no such time.
    """
    hour, minute, second, half, spoken, its_half, h_hour, h_minute, clock, c_half, name = found.groups()
    if name:
        return TimeOfDay(12 * 3_600 * NS if name == "noon" else 0, 60 * NS)
    numbers = (hour or spoken or h_hour or clock, minute or h_minute or 0, second or 0)
    h, m, s = (int(number) for number in numbers)
    half = half or its_half or c_half
    if half and not 1 <= h <= 12:
        raise ValueError(f"there is no time {h} {half}m")
    if half:
        h = h % 12 + (12 if half == "p" else 0)
    if (h > 23 and (h, m, s) != (24, 0, 0)) or m > 59 or s > 59:
        raise ValueError(f"there is no time {h}:{m:02d}")
    return TimeOfDay((h * 3_600 + m * 60 + s) * NS, (60 if second is None else 1) * NS)
