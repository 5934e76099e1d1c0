"""What an entry asks of the account: wish, the operator's appetite, and amounts as the record has them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from tools.domain.market import plain
from tools.domain.parameter import ParameterSet

_BALANCED, _AGGRESSIVE = Decimal("1.0"), Decimal("1.2")


class RiskAppetite(StrEnum):
    """How large a slice may be against the MM's average order; the operator's own choice."""

    CONSERVATIVE = "conservative"
    BALANCED = "balanced"
    AGGRESSIVE = "aggressive"

    def multiplier(self, parameters: ParameterSet) -> Decimal:
        """Share of the MM's average order one slice may have."""
        if self is RiskAppetite.CONSERVATIVE:
            return amount(parameters, "conservative_multiplier")
        return _BALANCED if self is RiskAppetite.BALANCED else _AGGRESSIVE


@dataclass(frozen=True, slots=True)
class Edge:
    """What an entry is expected to earn at the lower end, and what it may gain or lose, basis points."""

    low_bps: float
    gain_bps: float
    loss_bps: float


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """A wish to have ``usd`` at stake on ``symbol``, before any limit has spoken.

    Attributes:
        source: Which signal it comes from, as ``Signal.source``.
        score: Score of a candle signal, 0 to 100; None where the source gives none.
        loss_bps: Net loss at the stop, positive basis points of the entry; None where unknown.
        edge: What its estimate is worth; None where it was sized before.
    """

    decision_id: str
    symbol: str
    usd: Decimal
    ts: int
    mm_average_usd: Decimal | None = None
    appetite: RiskAppetite = RiskAppetite.CONSERVATIVE
    is_probe: bool = False
    source: str = ""
    score: float | None = None
    loss_bps: float | None = None
    edge: Edge | None = None


class Room(NamedTuple):
    """How much a limit allows, and why not more."""

    usd: Decimal
    reason: str


def amount(parameters: ParameterSet, name: str) -> Decimal:
    """Parameter ``name`` as the decimal it was written as."""
    return written(parameters.values[name])


def written(value: float) -> Decimal:
    """``value`` as the decimal it was written as; what was asked before is remembered."""
    return _remembered(value) if value else Decimal(str(value))  # the two zeros are one key


@lru_cache(maxsize=1_024, typed=True)  # 1 and 1.0 are written differently
def _remembered(value: float) -> Decimal:
    return Decimal(str(value))


def money(usd: Decimal) -> str:
    """``usd`` as the record keeps it: plain text, exact."""
    return plain(usd)
