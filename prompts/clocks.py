"""Hours of the day and days of the week, whatever the date: "in hour 14", "on Mondays"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS = {"mornings": (0, 12), "afternoons": (12, 18), "evenings": (18, 24)}
HOUR_S = 3_600
_HOUR = re.compile(
    r"\b(?:(?:in|during|at|for|of) )?(?:the )?(?:hour (?:of )?(\d{1,2})(?::00)?(?: ?utc)?(?![\d:])"
    r"|(\d{1,2})(?::00)?(?: ?utc)?[ -]hour(?: utc)?)\b"
)
_PART = re.compile(rf"\b(?:in|during) (?:the )?({'|'.join(_PARTS)}|(?:morning|afternoon|evening) hours)\b")
_WEEKDAYS = re.compile(
    rf"\b(?:on|every|all|for|of|each) (?:the )?((?:{'|'.join(_DAYS)})s?|weekends?|weekdays)\b"
)
_COMPARED = re.compile(rf"\b({'|'.join(_DAYS)})s\b")


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds of the day, from and before, and days of the week; what is open counts whole."""

    hours: tuple[int, int] | None = None
    weekdays: tuple[int, ...] = ()


def cut_clocks(text: str) -> tuple[str, tuple[Clock, ...]]:
    """The rest of ``text`` (lower case), and the hours and weekdays it means on every date.

    Two weekdays that are compared are two clocks.

    Raises:
        ValueError: There is no such hour.
    """
    text, hours = _cut_hours(text)
    compared = _COMPARED.findall(text)
    if len(compared) > 1:
        text = _COMPARED.sub(" ", text)
        return text, tuple(Clock(hours, _weekdays(name)) for name in dict.fromkeys(compared))
    found = next(filter(_is_any, _WEEKDAYS.finditer(text)), None)
    if found is not None:
        return _without(text, found), (Clock(hours, _weekdays(found[1])),)
    return text, () if hours is None else (Clock(hours),)


def _cut_hours(text: str) -> tuple[str, tuple[int, int] | None]:
    if found := _HOUR.search(text):
        hour = int(found[1] or found[2])
        if hour > 23:
            raise ValueError(f"there is no hour {hour}")
        return _without(text, found), (hour * HOUR_S, (hour + 1) * HOUR_S)
    if found := _PART.search(text):
        low, high = _PARTS[found[1].replace(" hour", "")]
        return _without(text, found), (low * HOUR_S, high * HOUR_S)
    return text, None


def _is_any(found: re.Match[str]) -> bool:
    """Whether any such day is meant: "on Mondays", "every Monday", never "on Monday"."""
    return found[1].endswith("s") or found[0].startswith(("every", "each", "all"))


def _weekdays(name: str) -> tuple[int, ...]:
    if name.startswith("weekend"):
        return (5, 6)
    return (0, 1, 2, 3, 4) if name == "weekdays" else (_DAYS.index(name.removesuffix("s")),)


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
