"""The hash of what was seen is that of all events in order, however they came and whenever one asks."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from tools.execution.seen import TOGETHER, SeenEvents
from tools.market.events import EVENT, Events, event_bytes


def some(n: int) -> Events:
    rng = np.random.default_rng(n)
    events = np.zeros(n, EVENT)
    for name in EVENT.names or ():
        events[name] = rng.integers(-100, 100, n)
    return events


@pytest.mark.parametrize("step", [1, 7, TOGETHER - 1, 3 * TOGETHER])
def test_the_hash_is_that_of_all_events(step: int) -> None:
    events = some(2 * TOGETHER + 3)
    seen = SeenEvents()
    for start in range(0, len(events), step):
        part = events[start : start + step].copy()
        seen.take(part)
        part["price"] = 0  # whoever hands events in may use their memory again
        if start % 5 == 0:
            upto = start + len(part)
            assert seen.told == (upto, sha256(event_bytes(events[:upto])).hexdigest())
    assert seen.told == seen.told == (len(events), sha256(event_bytes(events)).hexdigest())


def test_nothing_seen_is_a_hash_of_nothing() -> None:
    assert SeenEvents().told == (0, sha256().hexdigest())
