"""Why market makers leave, and for how long.

The hazard grows with losses on recent fills, with what was swept, with inventory and with
volatility; besides, systems fail and sweeps beyond a hidden tolerance are answered at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from venue.draws import Draws

VOLATILITY = (0.0, 1.0, 0.4, 2.5)  # by regime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """h = base × exp(a toxicity + b swept + c |inventory| + d volatility) a second, and outages."""

    base: float = 1 / 1800
    toxicity: float = 0.08  # a basis point of mean loss on the last fills
    swept: float = 0.5  # a quote swept within a second
    inventory: float = 1.0  # the whole limit
    volatility: float = 0.9
    outage: float = 1 / 3600


@dataclass(frozen=True, slots=True)
class Pressure:
    """What weighs on a market maker now."""

    toxicity_bps: float
    swept_quotes: float
    inventory_share: float
    regime: int


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A change of behaviour with its cause; ``length_s`` 0 is for good."""

    state: str
    cause: str
    length_s: float


def cause_of_leaving(hazard: Hazard, pressure: Pressure, seconds: float, u: float) -> str:
    """Why it leaves in these ``seconds``, "" where it stays; ``u`` is uniform."""
    terms = {
        "toxicity": hazard.toxicity * max(0.0, pressure.toxicity_bps),
        "swept": hazard.swept * pressure.swept_quotes,
        "inventory": hazard.inventory * abs(pressure.inventory_share),
        "volatility": hazard.volatility * VOLATILITY[pressure.regime],
    }
    pressed = seconds * hazard.base * math.exp(min(12.0, sum(terms.values())))
    if u < pressed:
        heaviest = max(terms, key=lambda name: terms[name])
        return heaviest if terms[heaviest] > 0.3 else "spontaneous"
    return "outage" if u < pressed + seconds * hazard.outage else ""


def withdrawal(cause: str, draws: Draws) -> Withdrawal:
    """What it does: widen, shrink, one side, leave, or leave for good; always three draws."""
    kind, length, side = draws.uniform(), draws.between(1, 300), draws.uniform()
    if cause == "outage" or cause == "tolerance":
        kind = 0.5 + 0.5 * kind
    if kind < 0.18:
        return Withdrawal("wide", cause, length)
    if kind < 0.33:
        return Withdrawal("small", cause, length)
    if kind < 0.5:
        return Withdrawal("bid_only" if side < 0.5 else "ask_only", cause, length)
    return Withdrawal("away", cause, 0.0 if kind > 0.97 else length)
