"""Whether a signal still stands when the answer on it has come.

Seconds pass while somebody thinks about a signal, and the market does not wait. What was seen
at the time of acting is held against what the signal saw; every difference that matters is
named, so that an entry that came too late is a skip that says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Signal
from tools.execution.departing import bounds_of, confidence_of, has_changed_hands
from tools.execution.market import SymbolMarket

SEEN = ("mid", "mm_confidence", "mm_lower_bound", "mm_upper_bound", "mm_departed")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A symbol as it is at the time of acting on a signal.

    Attributes:
        ts: When, ns.
        ts_market: Receive time of the last event, ns.
        status: Of the book.
        bid: Best bid, units of 1e-8; 0 is none.
        features: What the market maker looks like; None is unavailable.
        held_by: The decision that is being carried out there, or empty.
        is_closing: Whether the session is over, so that nothing may be begun.
    """

    ts: int
    ts_market: int
    status: str
    bid: int
    features: Mapping[str, float | None]
    held_by: str = ""
    is_closing: bool = False


def sight(market: SymbolMarket, ts: int, held_by: str, *, is_closing: bool) -> Sighting:
    """Look at ``market`` at ``ts``, ns."""
    found = market.features(ts)
    seen = {name: found.get(name) for name in SEEN}
    return Sighting(ts, market.ts, market.status, market.best_bid, seen, held_by, is_closing)


def outdated_by(signal: Signal, seen: Sighting, parameters: ParameterSet) -> tuple[str, ...]:
    """Why ``signal`` no longer holds, most serious first; empty where it stands."""
    return (*_market_faults(signal, seen, parameters), *_signal_faults(signal, seen, parameters))


def _market_faults(signal: Signal, seen: Sighting, parameters: ParameterSet) -> Iterator[str]:
    """What is wrong with the session or the book."""
    if seen.is_closing:
        yield "the session is over"
    if seen.status != "sound":
        yield f"the book is {seen.status}"
    silence_s = (seen.ts - seen.ts_market) / NANOS
    if silence_s > parameters["stale_book_s"]:
        yield f"the book is stale, {silence_s:.1f} s old"
    if seen.held_by:
        yield f"{signal.symbol} is taken by {seen.held_by}"


def _signal_faults(signal: Signal, seen: Sighting, parameters: ParameterSet) -> Iterator[str]:
    """What has happened to the reasons of the signal."""
    waited_s = (seen.ts - signal.ts) / NANOS
    if waited_s * NANOS >= signal.entry_timeout_ns:
        yield f"the signal ran out, {waited_s:.1f} s old"
    if has_changed_hands(confidence_of(signal), bounds_of(signal.features), seen.features, parameters):
        yield "the market maker has left"
    if seen.bid <= signal.stop:
        yield "the price fell to the stop"
    elif seen.bid >= signal.take_profit:
        yield "the price rose to the target"
    was, now = signal.features.get("mid"), seen.features.get("mid")
    if was and now and abs(now / was - 1) * 1e4 > parameters["stale_move_bps"]:
        yield f"the price moved {(now / was - 1) * 1e4:+.1f} bps"
