"""How likely it is that a market maker quotes now: a small quadratic logit, then a monotone table.

The numbers were fitted once on the simulated venue, on families of market makers, seeds and coins
of their own, and lie frozen beside this file with their provenance and a hash of themselves. What
was never seen in fitting is clipped to what was: the logit does not extrapolate.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection.maker import EVIDENCE
from tools.detection.numbers import NumbersFault, fill, numbers_of
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]
Void = npt.NDArray[np.void]

KNOTS = 64
FILE = Path(__file__).with_name("posterior.json")
FILE_APART = Path(__file__).with_name("posterior_apart.json")

POSTERIOR = np.dtype(
    [
        ("low", np.float64, (EVIDENCE,)),  # evidence is clipped to what was fitted on
        ("high", np.float64, (EVIDENCE,)),
        ("centre", np.float64, (EVIDENCE,)),
        ("scale", np.float64, (EVIDENCE,)),
        ("intercept", np.float64),
        ("linear", np.float64, (EVIDENCE,)),
        ("quadratic", np.float64, (EVIDENCE, EVIDENCE)),  # upper triangle
        ("unfollowed", np.float64),  # probability while no maker has refreshed often enough to be followed
        ("knots", np.int64),
        ("x", np.float64, (KNOTS,)),  # of the table: logits, rising
        ("y", np.float64, (KNOTS,)),  # probabilities, never falling
    ],
    align=True,
)


def posterior_from_json(text: str) -> Void:
    """One POSTERIOR from a file's text.

    Raises:
        NumbersFault: The hash, a shape or an order is not as it must be.
    """
    numbers = numbers_of(text, "posterior")
    record: Void = np.zeros(1, POSTERIOR)
    for name in ("low", "high", "centre", "scale", "intercept", "linear", "quadratic", "unfollowed"):
        fill(record, name, numbers[name], "posterior")
    x, y = numbers["x"], numbers["y"]
    if not 2 <= len(x) == len(y) <= KNOTS or np.any(np.diff(x) <= 0) or np.any(np.diff(y) < 0):
        raise NumbersFault(f"posterior table must be 2 to {KNOTS} rising knots, was {len(x)} by {len(y)}")
    if not (y[0] > 0 and y[-1] < 1):
        raise NumbersFault(f"posterior must stay within 0 and 1, was {y[0]} to {y[-1]}")
    record["knots"] = len(x)
    record["x"][0, : len(x)] = x
    record["y"][0, : len(y)] = y
    return record


@cache
def fitted_posterior(file: Path = FILE) -> Void:
    """The numbers in force."""
    return posterior_from_json(file.read_text("utf-8"))


@kernel
def logit_of(posterior: Any, evidence: Reals, scratch: Reals) -> float:
    """The raw score of ``evidence``, shape (EVIDENCE,); ``scratch`` is at least as long."""
    p = posterior
    for i in range(EVIDENCE):
        seen = min(max(evidence[i], p.low[i]), p.high[i])
        scratch[i] = (seen - p.centre[i]) / p.scale[i]
    z: float = p.intercept
    for i in range(EVIDENCE):
        z += p.linear[i] * scratch[i]
        for j in range(i, EVIDENCE):
            z += p.quadratic[i, j] * scratch[i] * scratch[j]
    return z


@kernel
def probability_of(posterior: Any, logit: float) -> float:
    """The table at ``logit``, linear between its knots and flat outside."""
    p = posterior
    if logit <= p.x[0]:
        return float(p.y[0])
    for k in range(1, p.knots):
        if logit <= p.x[k]:
            share = (logit - p.x[k - 1]) / (p.x[k] - p.x[k - 1])
            between: float = p.y[k - 1] + share * (p.y[k] - p.y[k - 1])
            return between
    return float(p.y[p.knots - 1])


def logits(posterior: Void, evidence: Reals) -> Reals:
    """``logit_of`` for many rows, shape (n, EVIDENCE), in plain numpy: what the kernel is held against."""
    p = posterior[0]
    standard = (np.clip(evidence, p["low"], p["high"]) - p["centre"]) / p["scale"]
    bent = np.einsum("ni,ij,nj->n", standard, np.triu(p["quadratic"]), standard)
    return np.asarray(p["intercept"] + standard @ p["linear"] + bent)
