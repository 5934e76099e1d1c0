"""How much a followed state adds to what is remembered, whatever it earned.

Three shares of [0, 1]: how far the result was from what similar states had led to expect, how much of
its stretch of market no similar state has seen, and how straight the price went to the result. Importance
is the second alone: it is the only one that does not look at the result, and a memory chosen or weighed by
results is no fair sample of them (measured: decision 22). The other two are kept on the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.domain.ports import Neighbour
from tools.domain.trading import Outcome
from tools.models.uniqueness import average_uniqueness


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What makes a followed state worth remembering, each in [0, 1]."""

    surprise: float
    uniqueness: float
    clarity: float

    @property
    def importance(self) -> float:
        """What decides whether it is kept and how much it counts: uniqueness.

        >>> Appraisal(surprise=1.0, uniqueness=0.5, clarity=0.0).importance
        0.5
        """
        return self.uniqueness


def appraise(outcome: Outcome, ts: int, neighbours: Sequence[Neighbour], least: int) -> Appraisal:
    """What ``outcome`` of a state seen at ``ts`` adds to ``neighbours``.

    Args:
        outcome: A follow with a result.
        ts: When the state was seen.
        neighbours: Similar states of the same symbol, as known when the outcome became known.
        least: Fewer neighbours than this expect nothing.

    Raises:
        ValueError: The outcome has no result.
    """
    if outcome.net_bps is None:
        raise ValueError(f"expected an outcome with a result, {outcome.outcome_id} never had a position")
    return Appraisal(
        surprise=surprise(outcome.net_bps, [one.net_bps for one in neighbours], least),
        uniqueness=uniqueness((ts, outcome.ts_known), neighbours),
        clarity=clarity(outcome),
    )


def surprise(net_bps: float, expected_bps: Sequence[float], least: int) -> float:
    """Distance of a result from what similar ones were, as a share of that and their spread.

    1 where fewer than ``least`` led to expect anything; 0 where the result is just what they were.
    The part of the temporal-difference error in prioritised replay (Schaul, Quan, Antonoglou and
    Silver, Prioritized Experience Replay, 2016) is taken by the distance from the neighbours' mean.

    >>> surprise(8.0, [4.0, -4.0], 2), surprise(-8.0, [4.0, -4.0], 2), surprise(8.0, [4.0], 2)
    (0.6666666666666666, 0.6666666666666666, 1.0)
    """
    if len(expected_bps) < max(1, least):
        return 1.0
    distance = abs(net_bps - float(np.mean(expected_bps)))
    spread = float(np.std(expected_bps))
    return distance / (distance + spread) if distance > 0 else 0.0


def uniqueness(span: tuple[int, int], neighbours: Sequence[Neighbour]) -> float:
    """Share of a stretch of market that similar remembered states have not seen, in (0, 1]."""
    others = [(one.ts, one.ts_known) for one in neighbours if one.ts is not None]
    spans = np.array([span, *others], np.int64)
    return float(average_uniqueness(spans, [""] * len(spans))[0])


def clarity(outcome: Outcome) -> float:
    """How straight the price went: the way to the result over the whole way it reached up and down.

    The efficiency ratio of Kaufman (Trading Systems and Methods, 1978) over the two extremes; one half
    where the extremes were not seen.
    """
    if outcome.gross_bps is None or outcome.mfe_bps is None or outcome.mae_bps is None:
        return 0.5
    reached = max(outcome.mfe_bps, 0.0) - min(outcome.mae_bps, 0.0)
    return min(1.0, abs(outcome.gross_bps) / reached) if reached > 0 else 0.5
