"""What heeding something was worth in money: results of what it bears on, signed, at the usual order size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np

from tools.models.uniqueness import average_uniqueness
from tools.models.validation import batch_mean

LEVEL = 0.95
EARNS, COSTS, OPEN, TOO_FEW = "earns", "costs", "open", "too_few"
PLACES = Decimal("0.000001")


class Followed(Protocol):
    """A signal followed on paper to a result."""

    @property
    def symbol(self) -> str:
        """Where it was."""
        ...

    @property
    def net_bps(self) -> float:
        """Result after costs, basis points."""
        ...

    @property
    def ts_known(self) -> int:
        """When the result was known, ns."""
        ...


@dataclass(frozen=True, slots=True)
class Worth:
    """Value over n signals with its interval; None where there are too few to state it."""

    n: int
    mean_bps: float | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    verdict: str


def worth_of(followed: Sequence[tuple[int, Followed]], sign: float, order: Decimal) -> Worth:
    """What it is worth to have entered (sign 1), stayed out of (-1) or sized otherwise these signals.

    Leave-one-out: with everything else as it was, without this these signals would have gone the
    other way.

    Args:
        followed: When each signal was raised and what came of it, in order of time.
        sign: 1 where heeding means to enter, -1 where it means to stay out; a part where it changes the size.
        order: Money at stake in each, quote.
    """
    n = len(followed)
    if n == 0:
        return Worth(0, None, None, None, None, TOO_FEW)
    results = sign * np.array([one.net_bps for _, one in followed])
    spans = np.array([(ts, one.ts_known) for ts, one in followed], np.int64)
    effective = float(average_uniqueness(spans, [one.symbol for _, one in followed]).sum())
    mean = batch_mean(results, effective, LEVEL)
    if mean is None:
        return Worth(n, None, None, None, None, TOO_FEW)
    value, low, high = (_money(bps, n, order) for bps in (mean.value, mean.low, mean.high))
    verdict = EARNS if mean.low > 0 else COSTS if mean.high < 0 else OPEN
    return Worth(n, mean.value, value, low, high, verdict)


def _money(bps: float, n: int, order: Decimal) -> Decimal:
    return (Decimal(repr(float(bps))) * n * order / 10_000).quantize(PLACES)
