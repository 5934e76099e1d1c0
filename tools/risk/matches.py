"""What a strategy's matches came to, and when they say that it no longer holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.domain.strategies import Example, LearnedStrategy
from tools.models.uniqueness import average_uniqueness
from tools.models.validation import spent_level, student_quantile

LEAST_TRADES, LEAST_WINS = 100, 0.5  # from so many trades on, fewer wins than that deprecate
LEAST_TOLD = 5.0  # independent matches before an error is stated


@dataclass(frozen=True, slots=True)
class Matched:
    """Results of the matches of a strategy; ``error_bps`` is 0 where there are too few to tell."""

    n: int
    effective: float
    wins: int
    mean_bps: float
    error_bps: float


def matched(strategy: LearnedStrategy, examples: Sequence[Example]) -> Matched:
    """The matches of ``strategy`` among ``examples``, counted by how much of them is their own."""
    own = [one for one in examples if strategy.matches(one.features)]
    if not own:
        return Matched(0, 0.0, 0, 0.0, 0.0)
    results = np.array([one.net_bps for one in own])
    spans = np.array([(one.ts, one.ts_known) for one in own], np.int64)
    effective = float(average_uniqueness(spans, [one.symbol for one in own]).sum())
    error = float(results.std(ddof=1)) / math.sqrt(effective) if effective >= LEAST_TOLD else 0.0
    return Matched(len(own), effective, int((results > 0).sum()), float(results.mean()), error)


def deprecation(seen: Matched) -> str:
    """Why a strategy with these results is heard no more; empty where it still is."""
    if seen.n >= LEAST_TRADES and seen.wins < LEAST_WINS * seen.n:
        return f"won only {seen.wins} of {seen.n} trades since it was found"
    if seen.error_bps > 0:
        quantile = student_quantile(1 - (1 - spent_level(1)) / 2, max(1.0, seen.effective - 1))
        if seen.mean_bps + quantile * seen.error_bps < 0:
            return f"lost {-seen.mean_bps:.1f} bps a trade in {seen.n} trades since it was found"
    return ""
