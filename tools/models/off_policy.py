"""What another policy would have earned, from decisions whose chances were written down.

Each reward is weighed by the chance the other policy had of the action over the chance it was taken with. IPS
is unbiased and noisy; SNIPS divides by the sum of the weights, a little biased and steadier; doubly
robust adds a model of the reward and is right if either the chances or the model are.

Source:
    Horvitz and Thompson (1952); Swaminathan and Joachims, The self-normalized estimator for counterfactual
    learning (2015); Dudík, Langford and Li, Doubly robust policy evaluation and learning (2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.models.validation import Estimate, block_length

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
DRAWS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """Decisions in the order of time, n of them.

    Attributes:
        acted: Whether each was acted on, shape (n,).
        chance: With which chance it was to be acted on, in (0, 1), shape (n,).
        reward: What came of what was done, shape (n,).
    """

    acted: Mask
    chance: Floats
    reward: Floats

    def __post_init__(self) -> None:
        """Refuse what nothing can be told from."""
        if not len(self.acted) == len(self.chance) == len(self.reward) > 0:
            raise ValueError("expected as many actions, chances and rewards, and one at least")
        if not np.all((self.chance > 0) & (self.chance < 1)):
            raise ValueError("an action without a chance, or a sure one, cannot be weighed for its opposite")


@dataclass(frozen=True, slots=True)
class OffPolicy:
    """Mean reward a decision of a policy that was not followed, three ways, with 95 % intervals.

    Attributes:
        effective: Decisions that would leave as much doubt if each weighed the same (Kish).
    """

    ips: Estimate
    snips: Estimate
    doubly_robust: Estimate
    effective: float


def importance(log: Log, target: Floats) -> Floats:
    """Chance of what was done under ``target`` over that under the policy that did it, shape (n,)."""
    return np.where(log.acted, target / log.chance, (1 - target) / (1 - log.chance))


def evaluate_policy(
    log: Log,
    target: Floats,
    rng: np.random.Generator,
    *,
    expected: tuple[Floats, Floats] | None = None,
    block: int | None = None,
) -> OffPolicy:
    """Mean reward a decision under a policy that acts with the chances ``target``, shape (n,).

    Args:
        log: What was done.
        target: Chance of acting of the policy asked about.
        rng: Draws blocks for the intervals.
        expected: Reward expected of acting and of not acting, fitted without the row it is for, shape (n,)
            each; None expects 0 of both, which makes doubly robust the same as IPS.
        block: Rows that stay together; by default about n^(1/3).
    """
    n = len(log.acted)
    zeros = np.zeros(n)
    act, leave = expected if expected is not None else (zeros, zeros)
    weight = importance(log, target)
    weighed = weight * log.reward
    of_done = np.where(log.acted, act, leave)
    robust = target * act + (1 - target) * leave + weight * (log.reward - of_done)
    length = block_length(n) if block is None else min(block, n)

    drawn = _drawn_sums(np.stack([weighed, weight, robust]), rng, length) / n
    with np.errstate(invalid="ignore"):  # a draw without any weight has no SNIPS
        ratio = drawn[0] / drawn[1]
    squares = float((weight**2).sum())
    return OffPolicy(
        _estimate(float(weighed.mean()), drawn[0], n),
        _estimate(float(weighed.sum() / weight.sum()) if squares else float("nan"), ratio, n),
        _estimate(float(robust.mean()), drawn[2], n),
        float(weight.sum()) ** 2 / squares if squares else 0.0,
    )


def _drawn_sums(rows: Floats, rng: np.random.Generator, block: int) -> Floats:
    """Sums of each of the rows, shape (k, n), over circular blocks drawn anew; shape (k, draws)."""
    n = rows.shape[1]
    sums = np.empty((len(rows), DRAWS))
    for i in range(DRAWS):
        starts = rng.integers(0, n, size=-(-n // block))
        chosen = ((starts[:, None] + np.arange(block)) % n).ravel()[:n]
        sums[:, i] = rows @ np.bincount(chosen, minlength=n)
    return sums


def _estimate(value: float, drawn: Floats, n: int) -> Estimate:
    defined = drawn[~np.isnan(drawn)]
    low, high = np.quantile(defined, (0.025, 0.975)) if len(defined) else (np.nan, np.nan)
    return Estimate(value, float(low), float(high), n)


def expected_elsewhere(log: Log, groups: NDArray[np.int64], folds: int = 5) -> tuple[Floats, Floats]:
    """Mean reward of each action in each group, taken from the other folds of time; 0 where none is there."""
    n = len(log.acted)
    fold = np.arange(n) * folds // n
    act, leave = np.zeros(n), np.zeros(n)
    for k in range(folds):
        here = fold == k
        for group in np.unique(groups[here]):
            for done, into in ((True, act), (False, leave)):
                others = ~here & (groups == group) & (log.acted == done)
                if others.any():
                    into[here & (groups == group)] = log.reward[others].mean()
    return act, leave
