"""What coins are worth: switching volatility, rare jumps, and a large coin that the others follow.

The path is drawn before anyone trades, on a grid of 100 ms, from streams of its own: nobody's
actions change it, and a longer path starts with the shorter one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from venue.draws import generator
from venue.public import NANOS

STEP_NS = NANOS // 10
STEPS_A_SECOND = NANOS // STEP_NS

Reals = npt.NDArray[np.float64]
States = npt.NDArray[np.int8]


class Regime(IntEnum):
    """The state of the whole market."""

    CALM = 0
    VOLATILE = 1
    TRENDING = 2
    PANIC = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeTraits:
    """How prices move in one state; volatilities in basis points a square root of a second."""

    mean_s: float
    leader_vol: float
    own_vol: float
    beta: float
    drift: float  # bps a second, of either sign
    jumps_a_second: float
    jump_bps: float


TRAITS = (
    RegimeTraits(
        mean_s=700, leader_vol=0.5, own_vol=0.6, beta=0.8, drift=0, jumps_a_second=1 / 1200, jump_bps=8
    ),
    RegimeTraits(
        mean_s=300, leader_vol=1.3, own_vol=2.0, beta=1.0, drift=0, jumps_a_second=1 / 400, jump_bps=12
    ),
    RegimeTraits(
        mean_s=300, leader_vol=0.6, own_vol=0.8, beta=1.0, drift=0.05, jumps_a_second=1 / 900, jump_bps=10
    ),
    RegimeTraits(
        mean_s=45, leader_vol=4.0, own_vol=5.0, beta=1.5, drift=-0.5, jumps_a_second=1 / 20, jump_bps=15
    ),
)
LEAVES_FOR = (
    (0.0, 0.55, 0.41, 0.04),
    (0.55, 0.0, 0.3, 0.15),
    (0.6, 0.32, 0.0, 0.08),
    (0.1, 0.8, 0.1, 0.0),
)
OPENS_AS = (0.6, 0.17, 0.21, 0.02)


@dataclass(frozen=True, slots=True)
class RegimePath:
    """The state at each step, shape (n_steps,), and the sign of its drift."""

    states: States
    signs: Reals


def pick(weights: tuple[float, ...], at: float) -> int:
    """The item that a uniform number falls on."""
    return int(np.searchsorted(np.cumsum(weights)[:-1], at, side="right"))


def regime_path(seed: int, n_steps: int) -> RegimePath:
    """A semi-Markov walk through the states."""
    rng = generator(seed, "fundamental/regime")
    states = np.zeros(n_steps, np.int8)
    signs = np.zeros(n_steps)
    state = pick(OPENS_AS, rng.random())
    at = 0
    while at < n_steps:
        length = max(1, round(rng.exponential(TRAITS[state].mean_s) * STEPS_A_SECOND))
        states[at : at + length] = state
        signs[at : at + length] = 1.0 if rng.random() < 0.5 else -1.0
        if state == Regime.PANIC:
            signs[at : at + length] = 1.0
        at += length
        state = pick(LEAVES_FOR[state], rng.random())
    return RegimePath(states, signs)


def traits(path: RegimePath, name: str) -> Reals:
    """One trait at each step."""
    return np.array([getattr(t, name) for t in TRAITS])[path.states]


def jumps(seed: int, name: str, path: RegimePath) -> Reals:
    """Student t(3) jumps in basis points, at the state's rate."""
    rng = generator(seed, f"fundamental/{name}/jumps")
    n = len(path.states)
    at = rng.random(n) < traits(path, "jumps_a_second") / STEPS_A_SECOND
    sizes = generator(seed, f"fundamental/{name}/sizes").standard_t(3, n)
    return np.asarray(np.where(at, sizes * traits(path, "jump_bps"), 0.0))


def leader_steps(seed: int, path: RegimePath) -> Reals:
    """Log steps of the large coin, basis points."""
    noise = generator(seed, "fundamental/leader").standard_normal(len(path.states))
    drift = traits(path, "drift") * path.signs / STEPS_A_SECOND
    steps = noise * traits(path, "leader_vol") / math.sqrt(STEPS_A_SECOND) + drift
    return np.asarray(steps + 0.5 * jumps(seed, "leader", path))


def follower_steps(seed: int, name: str, path: RegimePath, leader: Reals) -> Reals:
    """Log steps of a coin that follows the leader by 0.1 to 5 s, basis points."""
    lead = round(0.1 * 50 ** generator(seed, f"fundamental/{name}/lead").random() * STEPS_A_SECOND)
    followed = np.concatenate([np.zeros(lead), leader])[: len(leader)]
    noise = generator(seed, f"fundamental/{name}/own").standard_normal(len(leader))
    own = noise * traits(path, "own_vol") / math.sqrt(STEPS_A_SECOND)
    return np.asarray(own + traits(path, "beta") * followed + jumps(seed, name, path))


def worth(start: float, steps_bps: Reals) -> Reals:
    """The price path of log steps."""
    return np.asarray(start * np.exp(np.cumsum(steps_bps) * 1e-4))
