"""How likely it is that a withdrawal was a spoof: log-odds that are quadratic in the evidence.

First those of the act alone, linear, by which a market's earlier acts count; then those of all evidence,
with every product of two, since a sign of one way to spoof says little where another way is at work.
The numbers lie beside this file with their provenance (``python -m benchmarks.detection.spoof_fit``). What
was never seen in fitting is clipped to what was.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection.numbers import fill, numbers_of
from tools.detection.spoof_evidence import ALONE, N
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]
Void = npt.NDArray[np.void]

FILE = Path(__file__).with_name("spoof.json")

ODDS = np.dtype(
    [
        ("first_intercept", np.float64),
        ("first", np.float64, (ALONE,)),
        ("low", np.float64, (N,)),  # evidence is clipped to what was fitted on
        ("high", np.float64, (N,)),
        ("centre", np.float64, (N,)),
        ("scale", np.float64, (N,)),
        ("intercept", np.float64),
        ("linear", np.float64, (N,)),
        ("quadratic", np.float64, (N, N)),  # upper triangle
        ("threshold", np.float64),  # log-odds from which an alert is raised
    ],
    align=True,
)
NAMES = tuple(ODDS.names or ())


def odds_from_json(text: str) -> Void:
    """One ODDS from a file's text.

    Raises:
        NumbersFault: The hash or a shape is not as it must be.
    """
    numbers = numbers_of(text, "spoof")
    record: Void = np.zeros(1, ODDS)
    for name in NAMES:
        fill(record, name, numbers[name], "spoof")
    return record


@cache
def fitted_odds(file: Path = FILE) -> Void:
    """The numbers in force."""
    return odds_from_json(file.read_text("utf-8"))


def threshold() -> float:
    """The score, in (0, 1), from which an alert is raised."""
    return float(1 / (1 + np.exp(-fitted_odds()["threshold"][0])))


@kernel
def first_odds(odds: Any, evidence: Reals) -> float:
    """Log-odds of the act alone; of ``evidence`` only the first ALONE are looked at."""
    z: float = odds.first_intercept
    for i in range(ALONE):
        z += odds.first[i] * evidence[i]
    return z


@kernel
def odds_of(odds: Any, evidence: Reals, scratch: Reals) -> float:
    """Log-odds of ``evidence``, shape (N,); ``scratch`` is at least as long."""
    for i in range(N):
        seen = min(max(evidence[i], odds.low[i]), odds.high[i])
        scratch[i] = (seen - odds.centre[i]) / odds.scale[i]
    z: float = odds.intercept
    for i in range(N):
        z += odds.linear[i] * scratch[i]
        for j in range(i, N):
            z += odds.quadratic[i, j] * scratch[i] * scratch[j]
    return z


@kernel
def nearly_odds(odds: Any, evidence: Reals, scratch: Reals) -> float:
    """``odds_of`` with its terms added in another order, many at a time: apart by less than ``rounding``."""
    for i in range(N):
        seen = min(max(evidence[i], odds.low[i]), odds.high[i])
        scratch[i] = (seen - odds.centre[i]) / odds.scale[i]
    z: float = odds.intercept
    for i in range(N):
        row = odds.linear[i]
        for j in range(i, N):
            row += odds.quadratic[i, j] * scratch[j]
        z += row * scratch[i]
    return z


def rounding(odds: Void) -> float:
    """More than rounding can move log-odds, whatever the evidence and the order in which terms are added.

    A sum of products with n operations is off by at most n * 2^-53 / (1 - n * 2^-53) times the sum of the
    terms' sizes (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 3.1). There are fewer than
    1000 operations a sum, and clipping bounds the sizes; this is eight times the bound for two such sums.
    """
    p = odds[0]
    most = np.maximum(np.abs(p["low"] - p["centre"]), np.abs(p["high"] - p["centre"])) / np.abs(p["scale"])
    bent = most @ np.abs(np.triu(p["quadratic"])) @ most
    sizes = float(np.abs(p["intercept"]) + np.abs(p["linear"]) @ most + bent)
    return 8 * 2 * 1000 * 2.0**-53 * sizes


def hopeless(odds: Void, floor: float) -> float:
    """Log-odds so low by ``nearly_odds`` that the score, with all rounding, is less than ``floor``."""
    least = floor - 1e-9  # the score itself is rounded by far less
    if least <= 0.0:
        return -np.inf
    return float(np.log(least / (1.0 - least))) - rounding(odds)


def log_odds(odds: Void, evidence: Reals) -> Reals:
    """``odds_of`` for many rows, shape (n, N), in plain numpy: what the kernel is held against."""
    p = odds[0]
    standard = (np.clip(evidence, p["low"], p["high"]) - p["centre"]) / p["scale"]
    bent = np.einsum("ni,ij,nj->n", standard, np.triu(p["quadratic"]), standard)
    return np.asarray(p["intercept"] + standard @ p["linear"] + bent)
