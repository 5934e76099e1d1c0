"""Tapes cut into stretches of time: what intervals of figures over recordings draw.

Tapes that overlap in time share their market's moods, so they are cut as one. A stretch is an hour, or as
much shorter as it takes to have ten in which something was traded; a tape that is shorter is one by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.domain.market import NANOS
from tools.models.validation.clusters import LEAST_CLUSTERS

MINUTES = (60, 30, 20, 15, 10, 5)  # a stretch may last; less than a trip lasts at most would part what is one
Span = tuple[int, int]  # first and last instant, ns


@dataclass(frozen=True, slots=True)
class Blocks:
    """Stretches of time in order, which do not overlap.

    Attributes:
        minutes: How long each was to last.
        spans: Where each begins and ends; its end is the next one's begin where they touch.
    """

    minutes: int
    spans: tuple[Span, ...]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.spans)

    def at(self, ts: int) -> int:
        """The stretch that ``ts``, ns, lies in; at its very end the last one, before the first the first."""
        return max(0, bisect_right(self.spans, ts, key=lambda span: span[0]) - 1)

    def hours(self, block: int, span: Span) -> float:
        """How much of ``span`` lies in a stretch."""
        begin, end = self.spans[block]
        return max(0, min(end, span[1]) - max(begin, span[0])) / (3600 * NANOS)


def blocks_of(spans: Sequence[Span], traded: Sequence[Sequence[int]] = ()) -> Blocks:
    """The times of tapes, cut into the longest stretches of which enough for an interval hold a trip.

    That is asked of every stage that has as many trips at all. Where even the shortest hold too few, it
    is those. Tapes that overlap are cut as one, into equal parts, so no stretch is a splinter.

    Args:
        spans: Of the tapes, one or more.
        traded: When the round trips of each stage were decided, ns.
    """
    joined, asked = _joined(spans), [stage for stage in traded if len(stage) >= LEAST_CLUSTERS]
    for minutes in MINUTES:
        found = Blocks(minutes, tuple(part for span in joined for part in _cut(span, minutes)))
        held = [len({found.at(ts) for ts in stage}) for stage in asked]
        if held and min(held) >= LEAST_CLUSTERS:
            break
    return found


def _joined(spans: Sequence[Span]) -> list[Span]:
    """The times that any of ``spans`` covers, in order."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _cut(span: Span, minutes: int) -> list[Span]:
    begin, end = span
    parts = max(1, round((end - begin) / (minutes * 60 * NANOS)))
    edges = [begin + (end - begin) * part // parts for part in range(parts + 1)]
    return list(pairwise(edges))
