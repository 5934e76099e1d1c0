"""Randomness by name: each participant draws from its own streams, whatever the others do.

A stream depends on the seed of the simulation and a name alone, so a market with and without
one participant shares the draws of all the rest (common random numbers).
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

_BLOCK = 256


def generator(seed: int, name: str) -> np.random.Generator:
    """The generator of ``name`` under ``seed``."""
    words = np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype=np.uint32)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words.tolist()])))


class Draws:
    """Uniform, normal and exponential numbers, each from a stream of its own.

    >>> Draws(7, "noise").uniform() == Draws(7, "noise").uniform()
    True
    """

    def __init__(self, seed: int, name: str) -> None:
        self._generators = {
            kind: generator(seed, f"{name}/{kind}") for kind in ("uniform", "normal", "exponential")
        }
        self._uniform: list[float] = []
        self._normal: list[float] = []
        self._exponential: list[float] = []

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number in [low, high)."""
        if not self._uniform:
            self._uniform = self._generators["uniform"].random(_BLOCK)[::-1].tolist()
        drawn = self._uniform.pop()
        return drawn if low == 0.0 and high == 1.0 else low + (high - low) * drawn

    def normal(self) -> float:
        """A standard normal number."""
        if not self._normal:
            self._normal = self._generators["normal"].standard_normal(_BLOCK)[::-1].tolist()
        return self._normal.pop()

    def exponential(self, mean: float) -> float:
        """An exponential number with this mean."""
        if not self._exponential:
            self._exponential = self._generators["exponential"].standard_exponential(_BLOCK)[::-1].tolist()
        return mean * self._exponential.pop()

    def lognormal(self, median: float, sigma: float) -> float:
        """A lognormal number."""
        return median * math.exp(sigma * self.normal())

    def between(self, low: float, high: float) -> float:
        """A number between two positive ones, uniform in its logarithm."""
        return low * math.exp(math.log(high / low) * self.uniform())
