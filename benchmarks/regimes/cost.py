"""What the outlook costs: its share of a second, beside sensing without it, in one run."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from tools.detection.state import new_senses
from tools.domain.market import Instrument
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.features.outlook import fitted_outlook, pass_outlook_second
from tools.features.path import note_mid
from tools.market.events import Events
from tools.market.kernel import kernel

ROUNDS, REPEATS = 7, 400_000


@kernel
def _seconds(outlook: Any, mids: Any) -> None:
    for i in range(mids.shape[0]):
        pass_outlook_second(outlook, mids[i])


@kernel
def _messages(path: Any, quotes: Any) -> None:
    for i in range(quotes.shape[0]):
        note_mid(path, i * 10_000_000, quotes[i], quotes[i] + 2)


def _spent(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def cost(events: Events, instrument: Instrument) -> dict[str, Any]:
    """Nanoseconds an event of all senses, and of what was added to them; medians over alternating rounds."""
    rng = np.random.default_rng(0)
    mids = 100 * np.exp(np.cumsum(rng.normal(0, 1e-5, REPEATS)))
    quotes = rng.integers(10_000, 10_010, REPEATS)
    rows = []
    seconds = messages = 0
    for _ in range(ROUNDS + 1):
        senses = new_senses(instrument, default_parameters())
        outlook, path = fitted_outlook().copy(), np.zeros(1, senses["path"].dtype)
        spent = (
            _spent(lambda senses=senses: sense_until(events, 0, 1 << 62, senses)),
            _spent(lambda outlook=outlook: _seconds(outlook[0], mids)),
            _spent(lambda path=path: _messages(path[0], quotes)),
        )
        rows.append(spent)
        seconds, messages = int(senses["flow"]["seconds"][0]), int(senses["book"]["messages"][0])
    whole, second, message = np.median(np.array(rows[1:]), axis=0)
    added = (second * seconds + message * messages) / REPEATS
    return {
        "events": len(events),
        "seconds": seconds,
        "messages": messages,
        "ns_an_event": round(whole / len(events) * 1e9, 1),
        "ns_a_second_of_outlook": round(second / REPEATS * 1e9, 1),
        "ns_a_message_of_path": round(message / REPEATS * 1e9, 2),
        "added_ns_an_event": round(added / len(events) * 1e9, 2),
        "added_share": round(float(added / (whole - added)), 4),
        "rounds": ROUNDS,
    }
