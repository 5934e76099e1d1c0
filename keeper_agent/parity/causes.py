"""The words of a comparison between what was recorded and what a replay makes of the same day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Cause(StrEnum):
    """Why something came out otherwise; ``MEANINGS`` says how each is found."""

    DATA = "data"
    SIGNAL = "signal"
    LATENCY = "latency"
    QUEUE = "queue"
    FEE = "fee"
    RECONCILIATION = "reconciliation"
    UNEXPLAINED = "unexplained"


MEANINGS: Mapping[Cause, str] = {
    Cause.DATA: "the market data kept is not what the agent saw, from which it decides as recorded",
    Cause.SIGNAL: "from the very same data the program senses or decides otherwise",
    Cause.LATENCY: "with the recorded delays of the orders it comes out as recorded",
    Cause.QUEUE: "with the recorded fills instead of the modelled ones it comes out as recorded",
    Cause.FEE: "with the recorded fees instead of the listed ones it comes out as recorded",
    Cause.RECONCILIATION: "what was booked is not what the recorded orders and fills say",
    Cause.UNEXPLAINED: "no swap brings it about",
}


class What(StrEnum):
    """What is compared."""

    DECISION = "decision"
    FILL = "fill"
    RESULT = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that came out otherwise.

    Attributes:
        part: ``signal`` of a decision, ``bought`` or ``sold`` of fills, ``taken`` or ``followed`` of results.
        decision_id: Whose; empty where the replay decides on what the record does not know.
        recorded, replayed: What it was and what the replay makes of it; None where it is not there.
        why: What was swapped, in a few words.
        net_quote: Of a taken result: recorded less replayed, quote; None where one of them has no result.
    """

    what: What
    part: str
    decision_id: str
    symbol: str
    ts: int
    recorded: Mapping[str, Any] | None
    replayed: Mapping[str, Any] | None
    cause: Cause
    why: str
    net_quote: Decimal | None = None
