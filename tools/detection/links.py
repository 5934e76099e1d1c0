"""How a coin moves with the leader, while both stream in one process.

Each symbol's senses leave the path of their mid; here the two paths are put in order of time, up to
what both have seen. What is said at a moment hangs on the events up to it alone, not on who asked before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.domain.market import NANOS
from tools.features.hayashi_yoshida import Correlation, correlation, new_link, see_all
from tools.features.path import POINTS

STALE_NS = 60 * NANOS  # a side that has said nothing for so long: nothing is said of the two
LEADER = "BTC"

Void = npt.NDArray[np.void]


class LeaderLink:
    """The correlation of one coin with the leader.

    Args:
        coin: Senses as ``new_senses`` makes them, sensed by someone else.
        leader: The leader's.
    """

    def __init__(self, coin: Void, leader: Void) -> None:
        self._sides = (coin, leader)
        self._taken = [0, 0]
        self._link = new_link()

    def correlation(self, ts: int) -> Correlation | None:
        """As of ``ts``, ns, which must not lie before what was seen; None while it is not known."""
        seen = min(int(side["book"]["ts"][0]) for side in self._sides)
        if ts - seen > STALE_NS:
            return None
        self._catch_up(seen)
        return correlation(self._link, seen)

    def _catch_up(self, until: int) -> None:
        parts = [self._points(number, until) for number in (0, 1)]
        stamps, logs = (np.concatenate(column) for column in zip(*parts, strict=True))
        sides = np.repeat(np.arange(2), [len(part[0]) for part in parts])
        order = np.argsort(stamps, kind="stable")
        see_all(self._link, sides[order], stamps[order], logs[order])

    def _points(self, number: int, until: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        path: Any = self._sides[number]["path"][0]
        count = int(path["count"])
        at = np.arange(max(self._taken[number], count - POINTS), count) & (POINTS - 1)
        stamps: npt.NDArray[np.int64] = path["stamps"][at]
        ready = int(np.searchsorted(stamps, until, side="right"))
        self._taken[number] = count - len(at) + ready
        return stamps[:ready], path["logs"][at[:ready]]
