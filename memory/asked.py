"""Rows that only questions need: who was asked and what it cost, what is held, what never filled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from memory.lookup import DecisionFilter, clock_conditions
from memory.schema import METADATA
from memory.spending import SETTLED
from memory.statistics import DecisionFact, decision_facts
from memory.store import Store

_T = METADATA.tables
_C, _F, _O, _I = (_T[name].c for name in ("consultation", "fill", "outcome", "intent"))


@dataclass(frozen=True, slots=True)
class ConsultationFact:
    """One attempt to ask a brain; ``cause`` None is a usable answer."""

    decision_id: str
    provider: str
    model: str
    purpose: str
    cause: str | None
    cost_usd: Decimal
    ts: int


@dataclass(frozen=True, slots=True)
class HeldFact:
    """What one decision still holds; ``size`` in units."""

    decision_id: str
    symbol: str
    world: str
    size: int
    price: int
    ts: int


def consultation_facts(store: Store, wanted: DecisionFilter, provider: str | None) -> list[ConsultationFact]:
    """Every attempt to ask a brain that matches, oldest first; symbol and run are its decision's."""
    decisions = _T["decision"]
    query = select(
        _C.decision_id, _C.provider, _C.model, _C.purpose, _C.cause, _C.cost_usd, _C.ts
    ).select_from(_T["consultation"].outerjoin(decisions, _C.decision_id == decisions.c.decision_id))
    equal = ((_C.provider, provider), (_C.world, wanted.world), (_C.run_id, wanted.run_id))
    query = query.where(*(column == value for column, value in equal if value is not None))
    if wanted.symbol is not None:
        query = query.where(decisions.c.symbol == wanted.symbol)
    if wanted.ts_from is not None:
        query = query.where(_C.ts >= wanted.ts_from)
    if wanted.ts_to is not None:
        query = query.where(_C.ts < wanted.ts_to)
    query = query.where(*clock_conditions(_C.ts, wanted))
    rows = store.read(query.order_by(_C.ts, _C.decision_id, _C.attempt))
    return [ConsultationFact(**{**row, "cost_usd": Decimal(row["cost_usd"])}) for row in rows]


def spent_usd(store: Store, ts_from: int | None, ts_to: int | None, provider: str | None) -> Decimal:
    """What counts as spent on brains in a time: what was settled, else what was reserved."""
    spends = _T["spend"].c
    query = select(spends.reservation_id, spends.stage, spends.amount_usd)
    if ts_from is not None:
        query = query.where(spends.ts >= ts_from)
    if ts_to is not None:
        query = query.where(spends.ts < ts_to)
    if provider is not None:
        query = query.where(spends.provider == provider)
    amounts: dict[str, Decimal] = {}
    for row in store.read(query):
        if row["stage"] == SETTLED or row["reservation_id"] not in amounts:
            amounts[row["reservation_id"]] = Decimal(row["amount_usd"])
    return sum(amounts.values(), Decimal(0))


def held_facts(store: Store, symbol: str | None, world: str | None) -> list[HeldFact]:
    """What decisions without a finished round trip bought and have not sold, oldest first."""
    finished = select(_O.decision_id).where(_O.kind == "taken")
    size = func.sum(_F.size * _F.side)
    query = (
        select(
            _F.decision_id, _F.symbol, _F.world, size.label("size"), func.max(_F.price).label("price"),
            func.min(_F.ts).label("ts"),
        )
        .where(_F.decision_id.not_in(finished))
        .group_by(_F.decision_id, _F.symbol, _F.world)
        .having(size != 0)
    )  # fmt: skip
    if symbol is not None:
        query = query.where(_F.symbol == symbol)
    if world is not None:
        query = query.where(_F.world == world)
    rows = store.read(query.order_by(func.min(_F.ts), _F.decision_id))
    return [HeldFact(**row) for row in rows]


def unfilled_facts(store: Store, wanted: DecisionFilter) -> list[DecisionFact]:
    """Decisions whose entry, taken or on paper, never filled, oldest first."""
    query = select(_O.decision_id).where(_O.net_bps.is_(None), _O.kind == (wanted.kind or "taken"))
    names = {row["decision_id"] for row in store.read(query)}
    return [fact for fact in decision_facts(store, wanted) if fact.decision_id in names]


def first_decision_time(store: Store) -> int | None:
    """When the oldest decision was taken; None for an empty memory."""
    found = store.read(select(func.min(_T["decision"].c.ts).label("ts")))[0]["ts"]
    return None if found is None else int(found)
