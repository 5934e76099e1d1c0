"""Statistical jump model, filtered: which of a few states the market is in, by the past alone.

A state is a centre in the space of two scale-free features; changing it costs a penalty. After each
return the cheapest history that ends in each state is known by one step of dynamic programming, and
the state announced is the end of the cheapest. That is the last label of the exact fit to all data so
far, without ever looking back at it: nothing is smoothed.

Source:
    Nystrup, Lindström, Madsen, Learning hidden Markov models with persistent states by penalizing
    jumps (2020); Bemporad, Breschi, Piga, Boyd, Fitting jump models (2018).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]

STATES = 4  # room for so many
FEATURES = 2  # how fast against usual, how far it ran
FAST, SLOW, RUN = 0.5 ** (1 / 6), 0.5 ** (1 / 360), 0.5 ** (1 / 36)  # weights kept a return
LEAST = 24  # returns before anything is said
STILLEST = 0.01  # of the usual variance: no market counts as stiller
FURTHEST = 5.0  # t statistics are clipped to it

JUMP_MODEL = np.dtype(
    [
        ("n_states", np.int64),
        ("penalty", np.float64),
        ("centre", np.float64, (FEATURES,)),
        ("scale", np.float64, (FEATURES,)),
        ("states", np.float64, (STATES, FEATURES)),  # centres, standardised
        ("regimes", np.int64, (STATES,)),  # what each state is called
    ],
    align=True,
)

JUMPS = np.dtype(
    [
        ("count", np.int64),
        ("fast", np.float64),  # weighted sums of squares and of returns
        ("slow", np.float64),
        ("run", np.float64),
        ("fast_weight", np.float64),  # sums of the weights
        ("slow_weight", np.float64),
        ("run_square", np.float64),  # sum of squared weights
        ("current", np.int64),  # the state, from 0; -1 is unknown
        ("costs", np.float64, (STATES,)),  # of the cheapest history that ends in each state
        ("scratch", np.float64, (FEATURES,)),
    ],
    align=True,
)


@kernel
def move_features(jumps: Any, step: float, out: Reals) -> bool:
    """Take in a return; raw features into ``out``, shape (FEATURES,). False while they say nothing.

    They are the log of recent over usual variance, and the t statistic of the recent drift without its
    sign.
    """
    s = jumps
    square = step * step
    s.count += 1
    s.fast = FAST * s.fast + square
    s.fast_weight = FAST * s.fast_weight + 1.0
    s.slow = SLOW * s.slow + square
    s.slow_weight = SLOW * s.slow_weight + 1.0
    s.run = RUN * s.run + step
    s.run_square = RUN * RUN * s.run_square + 1.0
    usual = s.slow / s.slow_weight
    if s.count < LEAST or usual <= 0:
        return False
    recent = max(s.fast / s.fast_weight, STILLEST * usual)
    out[0] = np.log(recent / usual)
    out[1] = min(abs(s.run) / np.sqrt(s.run_square * recent), FURTHEST)
    return True


@kernel
def take_features(jumps: Any, model: Any, seen: Reals) -> None:
    """One step of the recursion on raw features ``seen``, shape (FEATURES,)."""
    s = jumps
    m = model
    cheapest = np.inf
    if s.current >= 0:
        for k in range(m.n_states):
            cheapest = min(cheapest, s.costs[k])
    best = 0
    for k in range(m.n_states):
        loss = 0.0
        for i in range(FEATURES):
            gap = (seen[i] - m.centre[i]) / m.scale[i] - m.states[k, i]
            loss += 0.5 * gap * gap
        if s.current >= 0:
            loss += min(s.costs[k] - cheapest, m.penalty)
        s.costs[k] = loss
        if loss < s.costs[best]:
            best = k
    s.current = best


@kernel
def update_jumps(jumps: Any, model: Any, step: float) -> None:
    """Take in one return."""
    if move_features(jumps, step, jumps.scratch):
        take_features(jumps, model, jumps.scratch)


@kernel
def regime_of(jumps: Any, model: Any) -> int:
    """The regime announced, by its number in ``tools.features.regime``; 0 while unknown."""
    return int(model.regimes[jumps.current]) if jumps.current >= 0 and jumps.count >= LEAST else 0
