"""A round trip with everything around it: signal, plan, fills and outcome."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tools.domain.trading import Fill, Outcome, Signal, SizePlan


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One round trip with everything that was known, planned and done.

    Attributes:
        plan: What was decided to place; None where the signal was not entered.
        entries: Fills on the entering side, of a trip that was taken.
        quote_usd: US dollars a quote unit; None where that is not known.
    """

    signal: Signal
    outcome: Outcome
    action: str
    route: str
    plan: SizePlan | None
    parameters_version: int
    model_version: str | None
    entries: tuple[Fill, ...]
    quote_usd: Decimal | None = None
