"""What the outcome model reads: ten scale-free inputs derived from a signal's features, twenty-five, or nine.

The second set adds what is known of tape, book and market maker. The third is for entries that rest
with the maker: few inputs, as few of their labels are independent, and among them what bears on the
entry at its price. Money is logarithmic and prices are distances, so that a model may meet a coin it
never saw. One function derives them for training and for scoring, so the two cannot drift apart. An
unavailable feature stays unavailable (NaN): the trees learn a direction for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tools.domain.errors import BadInput

BPS = 1e4
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

_MORE = ("mm_spread_stability", "mm_detected", "mm_spread_bps", "mm_departed", "regime")
_MORE_LOGGED = (
    "large_trades_count",
    "trade_size_variance",
    "book_refresh_rate",
    "mm_avg_order_size",
    "mm_refresh_rate",
)

INPUTS_V2: tuple[str, ...] = (
    *INPUTS_V1,
    *_MORE,
    *(f"log_{name}" for name in _MORE_LOGGED),
    "mm_lower_distance_bps",
    "mm_upper_distance_bps",
    "mm_range_position",
    "gain_bps",
    "gain_over_volatility",
)

INPUTS_V3: tuple[str, ...] = (
    "mm_confidence",
    "mm_spread_stability",
    "return_30s_bps",
    "log_outlook_volatility_bps",
    "log_edge_over_outlook",
    "log_prints_60s",
    "log_mm_quote_age_s",
    "log_ask_age_s",
    "breakeven",
)

INPUT_SETS: Mapping[str, tuple[str, ...]] = {"v1": INPUTS_V1, "v2": INPUTS_V2, "v3": INPUTS_V3}


def derive_inputs(
    features: Mapping[str, float | None],
    gain_bps: float,
    loss_bps: float,
    names: tuple[str, ...] = INPUTS_V1,
) -> tuple[float, ...]:
    """The inputs of one signal in the order of ``names``; NaN where there was nothing to say.

    Args:
        features: Feature name to value, as a Signal carries them.
        gain_bps: Net gain at the take-profit, basis points.
        loss_bps: Net loss at the stop, positive basis points.
        names: One of ``INPUT_SETS``.

    Raises:
        BadInput: A rate or a lifetime is negative.

    >>> row = derive_inputs({"mid": 100.0, "microprice": 100.01, "tape_velocity": 0.0}, 10.0, 30.0)
    >>> names = ("microprice_offset_bps", "log_tape_velocity", "breakeven")
    >>> [round(row[INPUTS_V1.index(name)], 6) for name in names]
    [1.0, 0.0, 0.75]
    """
    if names == INPUTS_V3:
        return (*_at_its_price(features), breakeven_of(gain_bps, loss_bps))
    plain = tuple(_number(features, name) for name in _PLAIN)
    logged = tuple(_logged(features, name) for name in _LOGGED)
    first = (*plain, *logged, _microprice_offset_bps(features), breakeven_of(gain_bps, loss_bps))
    if names == INPUTS_V1:
        return first
    if names != INPUTS_V2:
        raise ValueError(f"expected the inputs of one of {', '.join(INPUT_SETS)}, were {', '.join(names)}")
    more = tuple(_number(features, name) for name in _MORE)
    more_logged = tuple(_logged(features, name) for name in _MORE_LOGGED)
    reach = _volatility_bps(features)
    return (*first, *more, *more_logged, *_place_in_range(features), gain_bps, gain_bps / reach)


def input_matrix(rows: Sequence[Row], names: tuple[str, ...] = INPUTS_V1) -> NDArray[np.float32]:
    """The inputs of many signals, shape (n_signals, n_inputs)."""
    matrix = np.empty((len(rows), len(names)), dtype=np.float32)
    for i, (features, gain_bps, loss_bps) in enumerate(rows):
        matrix[i] = derive_inputs(features, gain_bps, loss_bps, names)
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


def _place_in_range(features: Mapping[str, float | None]) -> tuple[float, float, float]:
    """How far the mid stands above the market maker's bid and below its ask, bps, and where in between."""
    mid = _number(features, "mid")
    lower, upper = _number(features, "mm_lower_bound"), _number(features, "mm_upper_bound")
    above = (mid / lower - 1) * 1e4 if lower > 0 else math.nan
    below = (upper / mid - 1) * 1e4 if mid > 0 else math.nan
    place = (mid - lower) / (upper - lower) if upper > lower else math.nan
    return above, below, place


def _at_its_price(features: Mapping[str, float | None]) -> tuple[float, ...]:
    """The third set but for its geometry: the maker, what just happened, the edge against what may come."""
    ahead = _number(features, "outlook_volatility") * BPS
    edge = max(_number(features, "entry_edge_bps"), 0.0) if ahead > 0 else math.nan
    return (
        *(_number(features, name) for name in ("mm_confidence", "mm_spread_stability", "return_30s_bps")),
        math.log1p(ahead) if ahead >= 0 else math.nan,
        math.log1p(edge / ahead) if ahead > 0 else math.nan,
        *(_logged(features, name) for name in ("prints_60s", "mm_quote_age_s", "ask_age_s")),
    )


def _volatility_bps(features: Mapping[str, float | None]) -> float:
    """What the price moves in a minute, bps; NaN where it stood still or is not known."""
    volatility = _number(features, "realised_volatility") * 1e4
    return volatility if volatility > 0 else math.nan
