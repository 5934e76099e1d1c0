"""Effects that survive the number of places where they were looked for.

Among forty groups two differ from zero by chance at 95 %. The level is therefore shared
among all groups tested (Bonferroni), and the bootstrap interval, which is too narrow for
few blocks, is stretched to Student's quantile. One unseen win and one unseen loss count along.

Source:
    Dunn, Multiple comparisons among means (1961); Hesterberg, What teachers should know
    about the bootstrap (2015), on intervals too narrow in small samples.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from tools.models.validation import Estimate, block_length, student_quantile
from tools.risk.measures import LEVEL, Floats, Trade, effective_count, in_order, mean_net, net_results

LEAST_TRADES = 30  # with fewer no lesson is drawn
LEAST_EFFECTIVE = 10.0  # nor with fewer independent ones
MOST_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Effect:
    """A group's mean result whose corrected interval excludes zero."""

    group: str
    net_bps: Estimate
    n_effective: float


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for and what was found; ``comparisons`` is how many groups were tested."""

    comparisons: int
    level: float
    effects: tuple[Effect, ...]


def find_effects(groups: Mapping[str, Sequence[Trade]], seed: int, *, level: float = LEVEL) -> Search:
    """Groups whose mean net result differs from zero at ``level`` over all of them together.

    Args:
        groups: Trades by name of the group; those that are too small are not tested.
        seed: Seed of the bootstrap.
        level: Chance that nothing is found where nothing is.
    """
    tested = {name: in_order(trades) for name, trades in groups.items() if is_testable(trades)}
    corrected = corrected_level(level, len(tested))
    found = (_effect(name, trades, corrected, seed) for name, trades in tested.items())
    return Search(len(tested), corrected, tuple(effect for effect in found if effect is not None))


def is_testable(trades: Sequence[Trade]) -> bool:
    """Whether there are enough trades, and enough independent ones, to learn from."""
    return len(trades) >= LEAST_TRADES and effective_count(trades) >= LEAST_EFFECTIVE


def corrected_level(level: float, comparisons: int) -> float:
    """Level of each of ``comparisons`` intervals, so that all hold together at ``level``.

    >>> round(corrected_level(0.95, 10), 4)
    0.995
    """
    return 1 - (1 - level) / max(1, comparisons)


def _effect(name: str, trades: Sequence[Trade], level: float, seed: int) -> Effect | None:
    effective = effective_count(trades)
    results = with_unseen(trades)
    if not _excludes_zero(mean_net(results, effective, seed)):  # the corrected interval is wider still
        return None
    draws = min(MOST_DRAWS, math.ceil(40 / (1 - level)))
    blocks = block_count(len(results), effective)
    wide = wider(
        stretched(mean_net(results, effective, seed, level=level, draws=draws), blocks, level),
        student_interval(results, effective, level),
    )
    seen = Estimate(float(net_results(trades).mean()), wide.low, wide.high, len(trades))
    return Effect(name, seen, effective) if _excludes_zero(wide) else None


def with_unseen(trades: Sequence[Trade]) -> Floats:
    """Results with one mean gain and one mean loss at the stop that were not seen, shape (n + 2,).

    Forty small wins in a row do not prove that the large loss cannot come.
    """
    gain = float(np.mean([trade.gain_bps for trade in trades]))
    loss = float(np.mean([trade.loss_bps for trade in trades]))
    return np.append(net_results(trades), (gain, -loss))


def block_count(n: int, effective: float) -> float:
    """How many blocks the bootstrap draws from: what its spread is really estimated from."""
    return n / block_length(n, mean_uniqueness=min(1.0, effective / n))


def student_interval(results: Floats, effective: float, level: float) -> Estimate:
    """Mean with Student's interval at an effective count, blind to how the results follow each other."""
    mean, freedom = float(results.mean()), max(1.0, effective - 1)
    error = float(results.std(ddof=1)) / math.sqrt(effective)
    reach = student_quantile(1 - (1 - level) / 2, freedom) * error
    return Estimate(mean, mean - reach, mean + reach, len(results))


def wider(one: Estimate, other: Estimate) -> Estimate:
    """``one`` with the ends of both: a spread from few blocks is at times too small by luck."""
    return Estimate(one.value, min(one.low, other.low), max(one.high, other.high), one.n)


def stretched(estimate: Estimate, blocks: float, level: float) -> Estimate:
    """``estimate`` with its ends moved out by Student's quantile over the normal one."""
    freedom = max(1.0, blocks - 1)
    quantile = 1 - (1 - level) / 2
    factor = student_quantile(quantile, freedom) / NormalDist().inv_cdf(quantile)
    factor *= math.sqrt(blocks / freedom)
    below, above = estimate.value - estimate.low, estimate.high - estimate.value
    return Estimate(
        estimate.value, estimate.value - below * factor, estimate.value + above * factor, estimate.n
    )


def _excludes_zero(estimate: Estimate) -> bool:
    return estimate.low > 0 or estimate.high < 0
