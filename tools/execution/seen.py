"""What a market's events were up to now, named by a hash that is worked out only when it is asked for.

A feed brings a handful of events at a time and a decision is seldom: hashing them together costs a part
of what hashing each handful does, and the hash is that of all events in order, however they came.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

import numpy as np

from tools.market.events import EVENT, Events, event_bytes

TOGETHER = 2_000  # events that wait to be hashed, at most


class MarketSlice(NamedTuple):
    """What a decision had seen of its market: how many events, and the hash of all of them in order."""

    events: int
    digest: str


class SeenEvents:
    """The events that a market has taken, as a number and a hash."""

    def __init__(self) -> None:
        self._hash = sha256()
        self._hashed = 0
        self._waiting: list[bytes] = []  # copies: who hands events in may use their memory again
        self._n_waiting = 0

    def take(self, events: Events) -> None:
        """More events, in order."""
        self._waiting.append(events.tobytes())
        self._n_waiting += len(events)
        if self._n_waiting >= TOGETHER:
            self._work_out()

    @property
    def told(self) -> MarketSlice:
        """All of them so far."""
        self._work_out()
        return MarketSlice(self._hashed, self._hash.hexdigest())

    def _work_out(self) -> None:
        if self._waiting:
            self._hash.update(event_bytes(np.frombuffer(b"".join(self._waiting), EVENT)))
            self._hashed += self._n_waiting
            self._waiting.clear()
            self._n_waiting = 0
