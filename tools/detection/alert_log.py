"""Follow the level orders of a stream and keep the withdrawals that look like spoofing."""

from __future__ import annotations

import numpy as np

from tools.detection.order_log import OrderLog, Void
from tools.detection.order_pool import ENDED
from tools.detection.spoof_odds import fitted_odds, hopeless, threshold
from tools.detection.spoofing import ALERT
from tools.domain.errors import InvariantBroken


class AlertLog(OrderLog):
    """Every withdrawal scored at least ``floor``; none is scored until this is made.

    Args:
        senses: As ``new_senses`` makes them; sensed through this log only.
        floor: Least score that is kept, in [0, 1]; None is that of the fit.
        odds: Other numbers than those in force, shape (1,) of ODDS, to fit them.
    """

    def __init__(self, senses: Void, floor: float | None = None, odds: Void | None = None) -> None:
        super().__init__(senses)
        self._state = senses["alerts"]
        self._state["is_asked"] = 1
        self._state["floor"] = threshold() if floor is None else floor
        self._state["odds"] = fitted_odds() if odds is None else odds
        self._state["hopeless"] = hopeless(self._state["odds"], float(self._state["floor"][0]))
        self._state["n_seen"] = senses["orders"]["pool"]["n_ended"]
        self._state["n_taken"] = self._state["n_alerts"]
        self._alerts: list[Void] = []

    @property
    def raised(self) -> int:
        """How many were scored so far."""
        return int(self._state["n_alerts"][0])

    def alerts(self) -> Void:
        """What was scored so far, in order, shape (n_alerts,) of ``ALERT``."""
        return np.concatenate([np.zeros(0, ALERT), *self._alerts])

    def _take(self) -> None:
        super()._take()
        first, last = int(self._state["n_taken"][0]), int(self._state["n_alerts"][0])
        if last - first > ENDED:
            raise InvariantBroken(f"at most {ENDED} alerts may wait to be taken, were {last - first}")
        self._alerts.append(self._state["alerts"][0][np.arange(first, last) & (ENDED - 1)])
        self._state["n_taken"] = last
