"""What asking brains cost over a stretch of time: calls, tokens, money, and what the caps leave."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from memory.schema import METADATA
from memory.spending import SETTLED
from memory.store import Store

_C, _S = METADATA.tables["consultation"].c, METADATA.tables["spend"].c


@dataclass(frozen=True, slots=True)
class AskingCost:
    """What was asked and paid from ``ts_from`` until before ``ts_to``.

    Attributes:
        decisions: Decisions something was asked about; one may take several calls.
        failed: Calls whose answer could not be used.
        cached_tokens: Of the input, read from the provider's cache.
        hits: Calls with input from the cache.
        uncounted: Calls for which the provider did not say how many tokens it counted.
        spent_usd: Money that counts against the caps: settled, or reserved where it never was.
        unsettled_usd: Of it, the worst case of calls that were never settled.
    """

    decisions: int
    calls: int
    failed: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    hits: int
    uncounted: int
    spent_usd: Decimal
    unsettled_usd: Decimal


def asking_cost(store: Store, ts_from: int, ts_to: int, *, as_of: int) -> AskingCost:
    """What the whole home asked and paid within a stretch, as known at ``as_of``."""
    columns = (_C.decision_id, _C.cause, _C.input_tokens, _C.cached_tokens, _C.output_tokens)
    within = (_C.ts >= ts_from, _C.ts < ts_to, _C.ts_known <= as_of)
    calls = store.read(select(*columns).where(*within))
    spent, unsettled = _money(store, ts_from, ts_to, as_of)
    return AskingCost(
        decisions=len({one["decision_id"] for one in calls}),
        calls=len(calls),
        failed=sum(one["cause"] is not None for one in calls),
        input_tokens=_total(calls, "input_tokens"),
        cached_tokens=_total(calls, "cached_tokens"),
        output_tokens=_total(calls, "output_tokens"),
        hits=sum(bool(one["cached_tokens"]) for one in calls),
        uncounted=sum(one["input_tokens"] is None for one in calls),
        spent_usd=spent,
        unsettled_usd=unsettled,
    )


def _money(store: Store, ts_from: int, ts_to: int, as_of: int) -> tuple[Decimal, Decimal]:
    """What counts against the caps, and how much of it was reserved and never settled."""
    within = (_S.ts >= ts_from, _S.ts < ts_to, _S.ts_known <= as_of)
    reserved: dict[str, Decimal] = {}
    settled: dict[str, Decimal] = {}
    for row in store.read(select(_S.reservation_id, _S.stage, _S.amount_usd).where(*within)):
        book = settled if row["stage"] == SETTLED else reserved
        book[row["reservation_id"]] = Decimal(row["amount_usd"])
    unsettled = sum((money for name, money in reserved.items() if name not in settled), Decimal(0))
    return sum(settled.values(), unsettled), unsettled


def _total(rows: Any, name: str) -> int:
    return sum(one[name] or 0 for one in rows)
