"""The weather between an agent and its venue: what becomes of each request, drawn from the seed.

A fault may strike before the effect or after it; the agent cannot tell which. Storms raise
the odds for a while.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

STATUSES = (500, 502, 503, 504)
CODES = (-1000, -1001, -1006, -1007)


class Fate(StrEnum):
    """What may become of a request."""

    FAIR = "fair"
    UNSENT = "unsent"  # no connection came about
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    LATE = "late"  # arrives long after it was sent
    PROXIED = "proxied"  # reported as cut at once, and passed on by somebody in between
    SLOW = "slow"  # the answer comes after everybody's deadline
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    CODE_AFTER = "code_after"  # the venue says itself that it does not know
    OVERLOADED = "overloaded"
    GARBAGE = "garbage"


WEIGHTS = {
    Fate.UNSENT: 1.0,
    Fate.CUT_BEFORE: 1.5,
    Fate.CUT_AFTER: 2.0,
    Fate.LATE: 2.5,
    Fate.PROXIED: 2.5,
    Fate.SLOW: 2.0,
    Fate.ERROR_BEFORE: 1.0,
    Fate.ERROR_AFTER: 2.0,
    Fate.CODE_AFTER: 1.0,
    Fate.OVERLOADED: 1.0,
    Fate.GARBAGE: 1.0,
}


@dataclass(frozen=True, slots=True)
class Journey:
    """One request's way: what strikes it, and how long each way takes, seconds."""

    fate: Fate
    out_s: float
    back_s: float
    status: int
    code: int


class Weather:
    """Draws journeys; ``harshness`` is the chance that a request is struck at all."""

    def __init__(self, seed: int, harshness: float) -> None:
        self._chance = np.random.default_rng(seed)
        self._fates = list(WEIGHTS)
        weights = np.array(list(WEIGHTS.values()))
        self._shares = np.cumsum(weights / weights.sum())
        self.harshness = harshness
        self.storm = 1.0
        self.is_calm = False
        self.struck: Counter[str] = Counter()

    def journey(self, name: str) -> Journey:
        """What becomes of a request of that name."""
        chance = self._chance
        out_s, back_s = chance.exponential(0.03, 2) + 0.005
        fate = Fate.FAIR
        if not self.is_calm and chance.random() < self.harshness * self.storm:
            fate = self._fates[int(np.searchsorted(self._shares, chance.random()))]
            self.struck[f"{fate} {name.partition('.')[0]}"] += 1
        if fate is Fate.LATE:
            out_s = float(chance.uniform(0.3, 14.0))
        elif fate is Fate.PROXIED:
            out_s = float(chance.uniform(0.1, 2.5))
        elif fate is Fate.SLOW:
            back_s = float(chance.uniform(4.0, 12.0))
        status, code = int(chance.choice(STATUSES)), int(chance.choice(CODES))
        return Journey(fate, float(out_s), float(back_s), status, code)

    def stream_fate(self) -> tuple[str, float]:
        """What becomes of a message of the user stream, and after how long."""
        delay = float(self._chance.exponential(0.05))
        draw = self._chance.random()
        if self.is_calm or draw >= self.harshness * self.storm:
            return "fair", delay
        kind = ("lost", "twice", "late")[int(self._chance.integers(3))]
        self.struck[f"{kind} message"] += 1
        return kind, delay + (float(self._chance.uniform(0.5, 20.0)) if kind == "late" else 0.0)
