"""What the outcome model reads: ten scale-free inputs derived from a signal's features.

One function derives them for training and for scoring, so the two cannot drift apart. An
unavailable feature stays unavailable (NaN): the trees learn a direction for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tools.domain.errors import BadInput

Row = tuple[Mapping[str, float | None], float, float]

_PLAIN = (
    "spread_bps",
    "imbalance",
    "realised_volatility",
    "aggressor_ratio_60s",
    "spoofing_score",
    "mm_confidence",
)
_LOGGED = ("tape_velocity", "order_lifetime_avg")

INPUTS_V1: tuple[str, ...] = (
    *_PLAIN,
    *(f"log_{name}" for name in _LOGGED),
    "microprice_offset_bps",
    "breakeven",
)


def derive_inputs(
    features: Mapping[str, float | None], gain_bps: float, loss_bps: float
) -> tuple[float, ...]:
    """The inputs of one signal in the order of ``INPUTS_V1``; NaN where there was nothing to say.

    Args:
        features: Feature name to value, as a Signal carries them.
        gain_bps: Net gain at the take-profit, basis points.
        loss_bps: Net loss at the stop, positive basis points.

    Raises:
        BadInput: A rate or a lifetime is negative.

    >>> row = derive_inputs({"mid": 100.0, "microprice": 100.01, "tape_velocity": 0.0}, 10.0, 30.0)
    >>> names = ("microprice_offset_bps", "log_tape_velocity", "breakeven")
    >>> [round(row[INPUTS_V1.index(name)], 6) for name in names]
    [1.0, 0.0, 0.75]
    """
    plain = tuple(_number(features, name) for name in _PLAIN)
    logged = tuple(_logged(features, name) for name in _LOGGED)
    return (*plain, *logged, _microprice_offset_bps(features), breakeven_of(gain_bps, loss_bps))


def input_matrix(rows: Sequence[Row]) -> NDArray[np.float32]:
    """The inputs of many signals, shape (n_signals, n_inputs)."""
    matrix = np.empty((len(rows), len(INPUTS_V1)), dtype=np.float32)
    for i, (features, gain_bps, loss_bps) in enumerate(rows):
        matrix[i] = derive_inputs(features, gain_bps, loss_bps)
    return matrix


def breakeven_of(gain_bps: float, loss_bps: float) -> float:
    """Win probability at which the trade is worth nothing; 1.0 where it cannot pay."""
    span = gain_bps + loss_bps
    return loss_bps / span if span > 0 else 1.0


def _number(features: Mapping[str, float | None], name: str) -> float:
    value = features.get(name)
    return float(value) if value is not None and math.isfinite(value) else math.nan


def _logged(features: Mapping[str, float | None], name: str) -> float:
    value = _number(features, name)
    if value < 0:
        raise BadInput(f"feature {name} must not be negative, was {value}")
    return math.log1p(value)


def _microprice_offset_bps(features: Mapping[str, float | None]) -> float:
    mid, microprice = _number(features, "mid"), _number(features, "microprice")
    return (microprice / mid - 1) * 1e4 if mid > 0 else math.nan
