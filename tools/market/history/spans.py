"""Stretches of time that are known: half-open intervals of whole numbers, sorted and apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of numbers as half-open intervals.

    >>> Spans.of([(0, 5), (5, 7), (9, 10)]).missing(3, 12)
    [(7, 9), (10, 12)]
    """

    parts: tuple[Span, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[Iterable[int]]) -> Spans:
        """The union of ``spans``; those that overlap or touch become one."""
        joined: list[Span] = []
        for start, end in sorted((first, last) for first, last in spans if first < last):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return cls(tuple(joined))

    def plus(self, start: int, end: int) -> Spans:
        """These and ``start`` up to ``end``."""
        return Spans.of([*self.parts, (start, end)])

    def without(self, start: int, end: int) -> Spans:
        """These but for ``start`` up to ``end``."""
        kept = [(first, min(last, start)) for first, last in self.parts]
        kept += [(max(first, end), last) for first, last in self.parts]
        return Spans.of(kept)

    def missing(self, start: int, end: int) -> list[Span]:
        """What of ``start`` up to ``end`` is not in here."""
        left = Spans.of([(start, end)])
        for part in self.parts:
            left = left.without(*part)
        return list(left.parts)

    def within(self, start: int, end: int) -> list[Span]:
        """What of these lies in ``start`` up to ``end``."""
        cut = ((max(first, start), min(last, end)) for first, last in self.parts)
        return list(Spans.of(cut).parts)
