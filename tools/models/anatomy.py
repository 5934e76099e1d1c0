"""Where the basis points of round trips went: the same steps for every trip, by how it ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TripParts:
    """One round trip, step by step; basis points of its cost, above 0 is a gain. The steps add up to ``net``.

    Attributes:
        result: Why it ended.
        entry_rested, exit_rested: Share of the size that rested and was taken by others.
        entry_spread: From the entry price to the mid just before it filled.
        adverse: What the mid did in the second after the fill.
        drift: What it did from then until the sale was decided on, or filled where it rested.
        delay: What it did while the sale was on its way.
        exit_spread: From that mid to the price of the sale.
        entry_fee, exit_fee: Below 0.
        rest: Lots and roundings.
        held_s: From the first fill to the last.
    """

    result: str
    entry_rested: float
    exit_rested: float
    entry_spread: float
    adverse: float
    drift: float
    delay: float
    exit_spread: float
    entry_fee: float
    exit_fee: float
    rest: float
    net: float
    held_s: float
