"""Almgren–Chriss: faster where waiting is risky, slower where taking is dear; a closed form."""

from __future__ import annotations

import math

from tools.execution.impact import Impact
from tools.execution.schedules.paced import Paced
from tools.execution.schedules.schedule import Parent, Sight


def urgency(impact: Impact, volatility_bps: float, risk_aversion: float, interval_s: float) -> float:
    """How fast the optimal trajectory is, kappa, 1/s: sinh(kappa (T - t)) / sinh(kappa T) is left at t.

    Temporary impact a slice is linear in its ratio, ``per_order_bps``; sent every ``interval_s`` it is
    eta = per_order_bps × interval_s for a rate of one order a second. kappa² = aversion × volatility² / eta.

    Args:
        impact: As fitted.
        volatility_bps: Standard deviation of the mid, basis points a root second.
        risk_aversion: Basis points of cost that a squared basis point of risk, an order held, is worth.
        interval_s: From slice to slice.

    Source:
        Almgren & Chriss, Optimal execution of portfolio transactions (2001), equations 16 to 18.
    """
    eta = impact.per_order_bps * interval_s
    kappa_squared = risk_aversion * volatility_bps**2 / eta
    return math.acosh(1 + kappa_squared * interval_s**2 / 2) / interval_s


class AlmgrenChriss(Paced):
    """The optimal trajectory for one who minds risk; with no aversion it is TWAP.

    Args:
        kappa: See ``urgency``; 1/s.
    """

    def __init__(self, parent: Parent, kappa: float) -> None:
        super().__init__(parent)
        self._kappa = kappa

    def wanted(self, sight: Sight) -> float:
        """What the trajectory has bought by the end of the interval that has begun."""
        parent = self.parent
        length = parent.end - parent.start
        begun = min(parent.slices, max(0, sight.ts - parent.start) * parent.slices // length + 1)
        return parent.size * (1.0 - self.left_at(begun / parent.slices * length * 1e-9))

    def left_at(self, seconds: float) -> float:
        """The share that is left ``seconds`` after the start."""
        whole = (self.parent.end - self.parent.start) * 1e-9
        seconds = min(whole, max(0.0, seconds))
        if self._kappa * whole < 1e-6:
            return 1.0 - seconds / whole
        rest, kappa = whole - seconds, self._kappa  # a ratio of sinh that cannot overflow
        return math.exp(-kappa * seconds) * -math.expm1(-2 * kappa * rest) / -math.expm1(-2 * kappa * whole)
