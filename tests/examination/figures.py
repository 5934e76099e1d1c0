"""Numbers in prose: which ones a text states, and whether one of them is a given value, rounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

STAMP = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?")
DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
ID = re.compile(r"\b(?:[dsolcy]|run)_[0-9a-f]{10}\b")
CLOCK = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b")
WORD = re.compile(
    r"\b(?=[\w@-]*[^\W\d])(?=[\w@-]*\d)[^\W\d][\w@-]*"
)  # names that hold digits, e.g. gpt-5-mini
NUMBER = re.compile(r"(?<![\w.,])[-+−]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)(?:e[-+]?\d+)?")
LEAST_SHARE = 0.02  # a rounding may not lose more than this of a value
LOSS = re.compile(r"\b(?:loss|lost|lose|loses|lỗ|thua|mất|âm)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is written.

    Attributes:
        decimals: Digits behind the point: how far it is rounded.
        before: The few words before it, for what they say of its sign.
    """

    value: float
    decimals: int
    before: str = ""
    after: str = ""

    def rounds(self, value: float) -> bool:
        """Whether it is ``value``, rounded to the digits it has."""
        return abs(self.value - value) <= 0.5 * 10.0**-self.decimals * (1 + 1e-6) + 1e-12

    def tells(self, value: float) -> bool:
        """Whether it is ``value``, rounded, and not rounded away; a loss may be told in words."""
        is_near = abs(abs(self.value) - abs(value)) <= max(abs(value) * LEAST_SHARE, 1e-9)
        if not is_near:
            return False
        is_loss_in_words = value < 0 <= self.value and bool(LOSS.search(self.before))
        return self.rounds(value) or (is_loss_in_words and self.rounds(-value))


def bare(text: str) -> str:
    """``text`` without what looks like a number and is none: ids, stamps, dates, times of day, names."""
    for pattern in (STAMP, DATE, ID, CLOCK, WORD):
        text = pattern.sub(" ", text)
    return text


def figures(text: str) -> list[Figure]:
    """Every number of a text, in order."""
    return list(_figures(bare(text)))


def _figures(text: str) -> Iterator[Figure]:
    for found in NUMBER.finditer(text):
        digits = found.group().replace("−", "-")
        is_grouped = re.match(r"[-+]?\d{1,3}(,\d{3})+(\.|e|$)", digits) is not None
        digits = digits.replace(",", "") if is_grouped else digits.replace(",", ".")
        mantissa, _, exponent = digits.partition("e")
        decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
        before, after = text[max(0, found.start() - 24) : found.start()], text[found.end() : found.end() + 12]
        yield Figure(float(digits), decimals, before, after)


def states(text: str, value: float) -> bool:
    """Whether the text tells ``value``."""
    return any(figure.tells(value) for figure in figures(text))


def is_backed(figure: Figure, values: Iterable[float]) -> bool:
    """Whether a number is one of ``values``, as it is or as per cent, whatever its sign."""
    written = Figure(abs(figure.value), figure.decimals)
    return any(written.rounds(abs(value)) or written.rounds(abs(value) * 100) for value in values)
