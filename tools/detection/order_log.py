"""Follow the level orders of a stream and keep what became of each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.detection.order_pool import END, ENDED
from tools.detection.senses import sense
from tools.domain.errors import InvariantBroken
from tools.market.events import Events
from tools.market.kernel import kernel

FULL = ENDED // 2  # ends not yet taken at which sensing stops, so that none is written over

Void = npt.NDArray[np.void]


@kernel
def sense_until_full(events: Void, start: int, limit_ts: int, senses: Void) -> int:
    """Sense up to and including ``limit_ts``, or until ends must be taken; index of the next event."""
    s = senses[0]
    i = start
    while i < events.shape[0] and events[i].ts_init <= limit_ts:
        sense(s, events[i])
        i += 1
        if s.orders.pool.n_ended - s.orders.pool.n_taken >= FULL:
            break
    return i


class OrderLog:
    """Every end of a level order that ``senses`` infer; they infer none until this is made.

    Args:
        senses: As ``new_senses`` makes them; sensed through this log only.
    """

    def __init__(self, senses: Void) -> None:
        self._senses = senses
        self._pool = senses["orders"]["pool"]
        self._kept: list[Void] = []
        senses["orders"]["is_asked"] = 1
        self._pool["n_taken"] = self._pool["n_ended"]

    def sense_until(self, events: Events, start: int, limit_ts: int) -> int:
        """Take in every event up to and including ``limit_ts``; index of the next event."""
        i = start
        while i < len(events) and events["ts_init"][i] <= limit_ts:
            i = sense_until_full(events, i, limit_ts, self._senses)
            self._take()
        return i

    def ends(self) -> Void:
        """What has ended so far, in order, shape (n_ends,) of ``END``."""
        return np.concatenate([np.zeros(0, END), *self._kept])

    def resting(self) -> Void:
        """Known orders that have not ended, shape (n_orders,) of ``ORDER``, by their beginning."""
        orders: Void = self._pool["orders"][0]
        found = orders[orders["key"] != 0]
        in_order: Void = found[np.argsort(found["ts"], kind="stable")]
        return in_order

    def _take(self) -> None:
        first, last = int(self._pool["n_taken"][0]), int(self._pool["n_ended"][0])
        if last - first > ENDED:
            raise InvariantBroken(f"at most {ENDED} orders may end in one message, were {last - first}")
        at = np.arange(first, last) & (ENDED - 1)
        self._kept.append(self._pool["ends"][0][at])
        self._pool["n_taken"] = last
