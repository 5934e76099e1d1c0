"""The protective stop: whatever is held is offered at the venue as target and stop in one order.

The venue's stop stands a little below the one Keeper watches itself, so that it acts where
Keeper cannot: when the process is dead. A bracket of which the target traded in part has lost
its stop (venues end the other leg then) and is made anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tools.domain.market import Instrument
from tools.domain.trading import Intent
from tools.execution.entry import Entry

BPS = 10_000
MOST_REFUSALS = 3


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the venue's stop acts, and the worst price it sells at; price units."""

    trigger: int
    limit: int


def protective_stop(entry: Entry, instrument: Instrument) -> Stop:
    """The stop that belongs to an entry, on whole ticks."""
    tick = max(instrument.tick, 1)
    gap, reach = entry.parameters["protective_gap_bps"], entry.parameters["protective_reach_bps"]
    trigger = max(tick, _down(round(entry.signal.stop * (1 - gap / BPS)), tick))
    return Stop(trigger, max(tick, _down(round(trigger * (1 - reach / BPS)), tick)))


def _down(price: int, tick: int) -> int:
    return price - price % tick


def uncovered(entry: Entry, instrument: Instrument) -> int:
    """What of the position no working order offers, whole lots."""
    free = entry.position - entry.offered
    return max(0, free - free % instrument.lot)


def is_coverable(size: int, stop: Stop, instrument: Instrument) -> bool:
    """Whether a venue takes a bracket of that size."""
    return size > 0 and instrument.value(size, stop.limit) >= instrument.min_notional


def to_renew(entry: Entry, stop: Stop, instrument: Instrument) -> Iterator[Intent]:
    """Brackets to cancel: those without their stop, and one that a small rest must join."""
    rest = uncovered(entry, instrument)
    is_joined = False
    for intent in entry.brackets():
        left = entry.left[intent.client_order_id]
        is_spent = left < intent.size and is_coverable(left, stop, instrument)
        is_needed = entry.entered and rest > 0 and not is_joined and not is_coverable(rest, stop, instrument)
        if is_spent or (is_needed and not entry.withdrawn):
            is_joined = True
            yield intent


def was_stopped(intent: Intent, price: int) -> bool:
    """Whether an execution at ``price`` came from the stop of a bracket."""
    return intent.stop_price is not None and intent.price is not None and price < intent.price
