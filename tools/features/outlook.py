"""What one symbol's market is up to: variance ahead and regime, from five-second returns of the mid.

The numbers were fitted once, on the first half of 5-minute bars of nine coins, and lie frozen beside
this file with their provenance and a hash of themselves. Nothing in them has a unit.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tools.domain.identity import numbers_hash
from tools.features.har import HORIZONS, MINUTE, variance_ahead
from tools.features.jump_model import FEATURES, JUMP_MODEL, JUMPS, STATES, regime_of, update_jumps
from tools.features.regime import CALM, TRENDING, VOLATILE
from tools.features.returns import HELD, RETURNS, pass_mid
from tools.market.kernel import kernel

FILE = Path(__file__).with_name("outlook.json")

OUTLOOK = np.dtype(
    [
        ("returns", RETURNS),
        ("jumps", JUMPS),
        ("model", JUMP_MODEL),
        ("weights", np.float64, (len(HORIZONS),)),  # of the realised variances
    ],
    align=True,
)

Void = npt.NDArray[np.void]


class OutlookFault(ValueError):
    """The file of numbers is not what it was when it was written, or makes no sense."""


class Outlook(NamedTuple):
    """What is said at a moment; None is unknown.

    Attributes:
        volatility: Forecast for the next minute, a fraction per square-root minute.
        regime: By the jump model, as its number in ``tools.domain.regime``.
    """

    volatility: float | None
    regime: int | None


def outlook_from_json(text: str) -> Void:
    """One OUTLOOK that has seen nothing, from a file's text.

    Raises:
        OutlookFault: The hash, a shape or a value is not as it must be.
    """
    data = json.loads(text)
    numbers = data["numbers"]
    found = numbers_hash(numbers)
    if found != data["sha256"]:
        raise OutlookFault(f"outlook numbers must hash to {data['sha256'][:12]}, were {found[:12]}")
    n = len(numbers["states"])
    if not 2 <= n <= STATES or len(numbers["regimes"]) != n:
        raise OutlookFault(f"outlook must have 2 to {STATES} states, each with a regime, were {n}")
    if not set(numbers["regimes"]) <= {CALM, VOLATILE, TRENDING}:
        raise OutlookFault(f"outlook regimes must be calm, volatile or trending, were {numbers['regimes']}")
    record: Void = np.zeros(1, OUTLOOK)
    model = record["model"]
    model["n_states"] = n
    model["regimes"][0, :n] = numbers["regimes"]
    model["penalty"] = _checked("penalty", numbers["penalty"], (), least=0.0)
    model["centre"] = _checked("centre", numbers["centre"], (FEATURES,))
    model["scale"] = _checked("scale", numbers["scale"], (FEATURES,), least=1e-6)
    model["states"][0, :n] = _checked("states", numbers["states"], (n, FEATURES))
    record["weights"] = _checked("weights", numbers["weights"], (len(HORIZONS),), least=0.0)
    record["jumps"]["current"] = -1
    return record


def _checked(
    name: str, values: Any, shape: tuple[int, ...], least: float = -np.inf
) -> npt.NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape or not np.all(np.isfinite(array)) or np.any(array < least):
        raise OutlookFault(f"outlook {name} must be finite, at least {least}, of shape {shape}, was {values}")
    return array


@cache
def fitted_outlook() -> Void:
    """An outlook that has seen nothing, with the numbers in force."""
    return outlook_from_json(FILE.read_text("utf-8"))


@kernel
def pass_outlook_second(outlook: Any, mid: float) -> None:
    """Take in the mid at the end of a second, NaN where the book is broken."""
    returns = outlook.returns
    if pass_mid(returns, mid):
        update_jumps(outlook.jumps, outlook.model, returns.ring[(returns.count - 1) & (HELD - 1)])


@kernel
def look_ahead(outlook: Any, out: npt.NDArray[np.float64]) -> None:
    """Volatility ahead and regime into ``out``, shape (2,); NaN is unknown."""
    out[0] = np.sqrt(MINUTE * variance_ahead(outlook.returns, outlook.weights))
    number = regime_of(outlook.jumps, outlook.model)
    out[1] = float(number) if number > 0 else np.nan


def outlook_of(outlook: Any) -> Outlook:
    """What is said now."""
    out = np.full(2, np.nan)
    look_ahead(outlook, out)
    volatility, number = out.tolist()
    return Outlook(None if np.isnan(volatility) else volatility, None if np.isnan(number) else int(number))
