"""What entries cost beside buying the same in equal parts at the touch over the same patience (TWAP).

The patience is fixed before anything fills, so waiting while the price runs away counts, and what was
not filled by its end is charged as bought there at the ask. TWAP takes the touch without moving it
and drives nobody away: a baseline that is a little too good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tools.domain.market import UNITS, Side
from tools.domain.trading import Action, Decision, Fill


class Asks(Protocol):
    """The best asks of markets, seen once a second."""

    def between(self, symbol: str, start: int, end: int) -> NDArray[np.float64] | None:
        """Those seen after ``start`` up to ``end``, ns, at least one; None where the record ends before."""
        ...


@dataclass(frozen=True, slots=True)
class EntryCost:
    """One entry.

    Attributes:
        slippage_bps: All-in price over that of TWAP; below 0 is better.
        filled: Share of the plan that was filled.
    """

    slippage_bps: float
    filled: float


def entry_costs(
    decisions: Sequence[Decision],
    fills: Sequence[Fill],
    asks: Asks,
    *,
    patience_ns: int,
    taker_bps: float,
) -> tuple[EntryCost, ...]:
    """The cost of every buying entry that was decided, in order of decision.

    Entries whose patience reaches beyond the record, or during which there was no ask, are left out.
    """
    bought: dict[str, list[Fill]] = defaultdict(list)
    for fill in fills:
        if fill.side is Side.BUY:
            bought[fill.decision_id].append(fill)
    found = (
        _cost(one, bought[one.decision_id], asks, patience_ns, 1 + taker_bps * 1e-4)
        for one in decisions
        if one.action is Action.ENTER and one.plan is not None
    )
    return tuple(cost for cost in found if cost is not None)


def _cost(
    decision: Decision, fills: Sequence[Fill], asks: Asks, patience_ns: int, with_fee: float
) -> EntryCost | None:
    seen = asks.between(decision.symbol, decision.ts, decision.ts + patience_ns)
    if seen is None or np.isnan(seen).any() or decision.plan is None:
        return None
    size = decision.plan.size
    filled = sum(fill.size for fill in fills)
    paid = sum(fill.price * fill.size for fill in fills) / UNITS
    fees = float(sum(fill.fee_quote for fill in fills)) * UNITS
    rest = (size - filled) * float(seen[-1]) / UNITS * with_fee
    ours = (paid + fees + rest) * UNITS / size
    return EntryCost((ours / (float(seen.mean()) * with_fee) - 1) * 1e4, filled / size)
