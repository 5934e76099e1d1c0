"""What an answer must say to be right: one class a kind of fact, each told from the text alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from tests.examination.figures import DATE, STAMP, figures, states

HOUR = re.compile(r"\b(?:hour|giờ|lúc)\s+(\d{1,2})\b|\b(\d{1,2})(?::00| ?UTC| ?h\b| ?giờ)", re.IGNORECASE)
CLOCKED = re.compile(r"\b(\d{1,3}):(\d{2})\b")
MINUTES = re.compile(r"(?:(\d+) ?(?:m|min|minutes?|phút)) ?(?:(\d+(?:\.\d+)?) ?(?:s|sec|seconds?|giây))?\b")


class Fact(Protocol):
    """Something an answer must say."""

    def holds(self, text: str) -> bool:
        """Whether the text says it."""
        ...


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number, exactly."""

    value: int

    def holds(self, text: str) -> bool:
        """Whether one of the numbers is it."""
        return any(one.decimals <= 0 and one.value == self.value for one in figures(text))


@dataclass(frozen=True, slots=True)
class Amount:
    """Money, basis points or any other quantity, rounded by at most a fiftieth."""

    value: float

    def holds(self, text: str) -> bool:
        """Whether one of the numbers is it, with its sign."""
        return states(text, self.value)


@dataclass(frozen=True, slots=True)
class Share:
    """A share, as a fraction or in per cent."""

    value: float

    def holds(self, text: str) -> bool:
        """Whether one of the numbers is it."""
        return states(text, self.value) or any(
            one.tells(100 * self.value) for one in figures(text) if re.match(r"\s?(%|per cent)", one.after)
        )


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in seconds or minutes, or in both."""

    seconds: float

    def holds(self, text: str) -> bool:
        """Whether it is told."""
        told = [60 * float(whole) + float(rest or 0) for whole, rest in MINUTES.findall(text)]
        told += [60 * float(whole) + float(rest) for whole, rest in CLOCKED.findall(STAMP.sub(" ", text))]
        is_told = any(abs(one - self.seconds) <= 1 for one in told)
        return is_told or states(text, self.seconds) or states(text, self.seconds / 60)


@dataclass(frozen=True, slots=True)
class Says:
    """At least one of some words, whatever their case."""

    words: tuple[str, ...]

    def holds(self, text: str) -> bool:
        """Whether one of them is there."""
        return any(word.lower() in text.lower() for word in self.words)


@dataclass(frozen=True, slots=True)
class First:
    """Of several names the right one comes first."""

    name: str
    among: tuple[str, ...]

    def holds(self, text: str) -> bool:
        """Whether it is named, and none before it."""
        places = {name: text.find(name) for name in self.among if name in text}
        return bool(places) and min(places, key=lambda name: places[name]) == self.name


@dataclass(frozen=True, slots=True)
class FirstHour:
    """The first hour of the day that is named."""

    hour: int

    def holds(self, text: str) -> bool:
        """Whether it is the right one."""
        found = HOUR.search(STAMP.sub(" ", text))
        return found is not None and int(found.group(1) or found.group(2)) == self.hour


@dataclass(frozen=True, slots=True)
class Day:
    """A date, in any of the usual ways to write it."""

    day: str

    def holds(self, text: str) -> bool:
        """Whether it is named."""
        year, month, day = (int(part) for part in self.day.split("-"))
        usual = (f"{day} March", f"March {day}", f"{day}/{month}", f"{day:02d}/{month:02d}/{year}")
        return self.day in DATE.findall(text) or self.day in text or any(one in text for one in usual)


def says(*words: str) -> Says:
    """At least one of ``words``."""
    return Says(words)
