"""The account's limits at work: what the table of them leaves of a wish.

A limit never blocks in silence: where it leaves less than was wished, the difference comes
back as a Clamp. Exits are not judged here at all, because a limit must never keep a
position open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from tools.domain.parameter import ParameterSet
from tools.domain.trading import Clamp
from tools.risk.checks import mm_capacity_usd as mm_capacity_usd
from tools.risk.exposure import LedgerSnapshot, OpenEntry
from tools.risk.limit_table import TABLE
from tools.risk.wishes import EntryRequest as EntryRequest
from tools.risk.wishes import RiskAppetite as RiskAppetite
from tools.risk.wishes import amount as amount
from tools.risk.wishes import money as money

RULES = tuple(limit for limit in TABLE if limit.room is not None)


@dataclass(frozen=True, slots=True)
class Limited:
    """What the limits left of a wish; zero means that nothing may be entered."""

    usd: Decimal
    clamps: tuple[Clamp, ...]

    @property
    def bound(self) -> str | None:
        """The limit that left least, which is the size; None where the wish fits all of them."""
        return self.clamps[-1].limit if self.clamps else None


def limit_entry(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Limited:
    """What every limit together leaves of ``request``, with each cut as a Clamp.

    The size is the least of all bounds: a limit cuts only what the ones before it left, so the last
    cut is the bound.

    Raises:
        ValueError: The wish is not a positive amount.
    """
    if not request.usd.is_finite() or request.usd <= 0:
        raise ValueError(f"an entry must wish for a positive amount of USD, was {request.usd}")
    clamps: list[Clamp] = []
    for rule in RULES:
        clamp = rule.clamp(request, ledger, parameters)
        if clamp is not None:
            clamps.append(clamp)
            request = replace(request, usd=Decimal(clamp.after))
    return Limited(request.usd, tuple(clamps))


def limit_batch(
    requests: Iterable[EntryRequest | None], ledger: LedgerSnapshot, parameters: ParameterSet
) -> tuple[Limited | None, ...]:
    """Limit wishes one after the other; each sees the room its predecessors took.

    None stands for a signal without a wish and stays None.
    """
    results: list[Limited | None] = []
    for request in requests:
        limited = None if request is None else limit_entry(request, ledger, parameters)
        if request is not None and limited is not None and limited.usd > 0:
            ledger = ledger.with_entry(opened(request, limited.usd))
        results.append(limited)
    return tuple(results)


def opened(request: EntryRequest, usd: Decimal) -> OpenEntry:
    """What is at stake when ``usd`` of ``request`` are granted."""
    return OpenEntry(
        request.decision_id,
        request.symbol,
        usd,
        is_probe=request.is_probe,
        is_scored=request.score is not None,
    )
