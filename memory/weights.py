"""What importance and age leave of every remembered state, kept ready for the quick pass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.domain.ports import Priority

Singles = npt.NDArray[np.float32]

READY = 4  # priorities kept ready at once
STALE = 16  # half-lives after which the scale is moved
GREATEST = 100.0  # half-lives from the scale that single precision can hold


class StateWeights:
    """Weights by slot, on a scale that moves with time: only their ratios mean anything."""

    def __init__(self) -> None:
        self._importance = np.empty(0)
        self._known = np.empty(0, np.int64)
        self._ready: dict[Priority, tuple[int, Singles]] = {}  # with the time that weighs 1

    def reserve(self, room: int) -> None:
        """Make room for slots below ``room``."""
        more = room - len(self._importance)
        self._importance = np.append(self._importance, np.ones(more))
        self._known = np.append(self._known, np.zeros(more, np.int64))
        self._ready.clear()

    def put(self, slot: int, importance: float, ts_known: int) -> None:
        """The state in ``slot`` is that important and known since then."""
        self._importance[slot], self._known[slot] = importance, ts_known
        for priority, (scale, weights) in self._ready.items():
            weights[slot] = _weights(self._importance[slot], self._known[slot], priority, scale)

    def of(self, priority: Priority, newest: int, count: int) -> Singles:
        """Relative weights of the first ``count`` slots; ``newest`` is the latest time any was known."""
        scale, weights = self._ready.get(priority, (None, None))
        is_stale = scale is not None and newest - scale > STALE * priority.half_life_ns > 0
        if weights is None or is_stale:
            if len(self._ready) >= READY:
                del self._ready[next(iter(self._ready))]
            weights = _weights(self._importance, self._known, priority, newest)
            self._ready[priority] = (newest, weights)
        return weights[:count]


def _weights(
    importance: npt.NDArray[np.float64], known: npt.NDArray[np.int64], priority: Priority, scale: int
) -> Singles:
    weights = importance**priority.power
    if priority.half_life_ns:
        halvings = (known - scale) / priority.half_life_ns
        weights = weights * np.exp2(np.minimum(halvings, GREATEST))
    return np.asarray(weights, np.float32)
