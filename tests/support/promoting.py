"""Parameters, appraisals and patterns as a test tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memory.states import Pattern
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.ports import Neighbour
from tools.domain.trading import Outcome
from tools.models.importance import Appraisal


@dataclass
class Fixed:
    """The same parameters at any time."""

    values: Mapping[str, float]

    def snapshot(self, ts: int) -> ParameterSet:
        """The defaults but for ``values``."""
        return default_parameters(self.values)


class Rated:
    """Appraises a follow as it was told to, by the outcome's id."""

    def __init__(self) -> None:
        self.worth: dict[str, float] = {}

    def __call__(self, outcome: Outcome, ts: int, neighbours: Sequence[Neighbour], least: int) -> Appraisal:
        """All three shares as told."""
        worth = self.worth[outcome.outcome_id]
        return Appraisal(worth, worth, worth)


def a_promoted(outcome: Outcome, vector: tuple[float, ...], importance: float) -> Pattern:
    """The pattern of an outcome that was found that important."""
    return Pattern(
        outcome.signal_id,
        outcome.outcome_id,
        outcome.symbol,
        vector,
        outcome.net_bps or 0.0,
        outcome.result.value,
        outcome.ts_known,
        importance=importance,
    )
