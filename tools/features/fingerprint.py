"""The fingerprint: a market state as a unit vector, so that similar states point alike.

Each part is scale-free and bounded, so no feature can drown the others; a part with
nothing to say is zero and takes no side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from tools.domain.regime import Regime

Features = Mapping[str, float | None]


def squash(value: float, centre: float, scale: float) -> float:
    """``value`` mapped smoothly into (-1, 1), zero at ``centre``."""
    return math.tanh((value - centre) / scale)


def _log(name: str, centre: float, scale: float) -> Callable[[Features], float | None]:
    def part(features: Features) -> float | None:
        value = features.get(name)
        return None if value is None or value < 0 else squash(math.log(value + 1e-9), centre, scale)

    return part


def _share(name: str) -> Callable[[Features], float | None]:
    def part(features: Features) -> float | None:
        value = features.get(name)
        return None if value is None else 2.0 * value - 1.0

    return part


def _plain(name: str) -> Callable[[Features], float | None]:
    return lambda features: features.get(name)


def _lean(features: Features) -> float | None:
    """Microprice against mid, in half-spreads."""
    mid, micro, spread = features.get("mid"), features.get("microprice"), features.get("spread_bps")
    if mid is None or micro is None or not spread:
        return None
    return max(-1.0, min(1.0, (micro / mid - 1) * 2e4 / spread))


def _place(features: Features) -> float | None:
    """Where the mid stands in the MM's range: -1 at the lower bound, +1 at the upper."""
    mid, low, high = features.get("mid"), features.get("mm_lower_bound"), features.get("mm_upper_bound")
    if mid is None or low is None or high is None or high <= low:
        return None
    return max(-1.0, min(1.0, 2.0 * (mid - low) / (high - low) - 1.0))


def _is_regime(regime: Regime) -> Callable[[Features], float | None]:
    def part(features: Features) -> float | None:
        value = features.get("regime")
        return None if value is None else float(int(value) == regime)

    return part


PARTS: tuple[tuple[str, Callable[[Features], float | None]], ...] = (
    ("spread", _log("spread_bps", math.log(2.0), 2.0)),
    ("imbalance", _plain("imbalance")),
    ("lean", _lean),
    ("volatility", _log("realised_volatility", math.log(5e-4), 1.0)),
    ("aggressor", _share("aggressor_ratio_60s")),
    ("velocity", _log("tape_velocity", math.log(3.0), 1.5)),
    ("lifetime", _log("order_lifetime_avg", math.log(5.0), 1.5)),
    ("spoofing", _plain("spoofing_score")),
    ("stability", _share("mm_spread_stability")),
    ("refresh", _log("book_refresh_rate", math.log(3.0), 1.5)),
    ("mm_confidence", _share("mm_confidence")),
    ("mm_rate", _log("mm_refresh_rate", math.log(2.0), 1.5)),
    ("mm_spread", _log("mm_spread_bps", math.log(8.0), 1.5)),
    ("place", _place),
    ("calm", _is_regime(Regime.CALM)),
    ("volatile", _is_regime(Regime.VOLATILE)),
    ("trending", _is_regime(Regime.TRENDING)),
    ("panic", _is_regime(Regime.PANIC)),
)

SIZE = len(PARTS)


def fingerprint(features: Features) -> tuple[float, ...]:
    """The state vector of ``features``, shape (SIZE,), unit length; all zeros if nothing is known."""
    raw = [part(features) for _, part in PARTS]
    values = [0.0 if value is None else value for value in raw]
    length = math.sqrt(sum(value * value for value in values))
    return tuple(value / length for value in values) if length > 0 else tuple(values)
