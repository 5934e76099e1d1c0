"""How a market maker took one of our fills: a fact, known once its refreshes have been waited for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What was filled within a second, and whether the market maker was still there afterwards.

    Attributes:
        is_taken: Whether we took from the book; otherwise an order of ours rested and was hit.
        ratio: What was filled, against the market maker's average order.
        slip_bps: What was paid beyond the mid as the order was sent, basis points; None is unknown.
        refreshes: For how many of its own refreshes it was watched.
        has_left: Whether it left in that time.
        ts: The first fill.
        ts_known: When it had left, or enough refreshes had passed.
    """

    decision_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    is_taken: bool
    ratio: float
    slip_bps: float | None
    refreshes: float
    has_left: bool
    ts: int
    ts_known: int
