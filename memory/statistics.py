"""Light rows over many episodes, for whoever counts, ranks and reflects.

Only the columns that figures are made of; ``as_of`` hides what was known later. A statement
is built from typed values alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import ColumnElement, func, select

from memory.lessons import Lesson, lesson_of
from memory.lookup import DecisionFilter
from memory.parameters import ParameterChange, change_of
from memory.rows import record_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.regime import Regime
from tools.domain.trading import Outcome

_T = METADATA.tables
_S, _D, _O, _F, _I = (_T[name].c for name in ("signal", "decision", "outcome", "fill", "intent"))
_CHUNK = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """A decision without its evidence; ``rules`` are the hard rules that refused."""

    decision_id: str
    run_id: str
    world: str
    symbol: str
    ts: int
    action: str
    route: str
    regime: str
    is_probe: bool
    breakeven: float
    probability: float | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TradeFact:
    """A finished position with its decision; one that never filled is no trade.

    ``gain_bps`` and ``loss_bps`` are what its signal could win at the target and lose at the stop.
    """

    outcome_id: str
    decision: DecisionFact
    kind: str
    result: str
    ts_entry: int
    ts_exit: int
    ts_known: int
    net_bps: float
    net_quote: Decimal | None
    fees_quote: Decimal | None
    gain_bps: float
    loss_bps: float

    @property
    def symbol(self) -> str:
        """Where it was."""
        return self.decision.symbol

    @property
    def breakeven(self) -> float:
        """Win probability at which its signal was worth nothing."""
        return self.decision.breakeven


@dataclass(frozen=True, slots=True)
class FillFact:
    """A fill, or an order, of a decision."""

    decision_id: str
    symbol: str
    ts: int


def symbols(store: Store) -> tuple[str, ...]:
    """Every symbol with a decision, in order of name."""
    rows = store.read(select(_D.symbol).distinct().order_by(_D.symbol))
    return tuple(row["symbol"] for row in rows)


def last_decision_time(store: Store, world: str | None = None) -> int | None:
    """When the newest decision was taken; None for an empty memory."""
    where = [] if world is None else [_D.world == world]
    found = store.read(select(func.max(_D.ts).label("ts")).where(*where))[0]["ts"]
    return None if found is None else int(found)


def last_run(store: Store) -> str | None:
    """The run of the newest decision; None for an empty memory."""
    rows = store.read(select(_D.run_id).order_by(_D.ts.desc(), _D.decision_id).limit(1))
    return rows[0]["run_id"] if rows else None


def input_hashes(store: Store) -> dict[str, str]:
    """What each run ran on, by run id; empty text where it was no recording."""
    runs = _T["run"].c
    return {row["run_id"]: row["input_hash"] for row in store.read(select(runs.run_id, runs.input_hash))}


def decision_facts(store: Store, wanted: DecisionFilter) -> list[DecisionFact]:
    """Every decision that matches, oldest first."""
    query = select(*_decision_columns()).select_from(_T["decision"].join(_T["signal"], _same_signal()))
    known = [] if wanted.as_of is None else [_D.ts_known <= wanted.as_of]
    rows = store.read(query.where(*_conditions(wanted), *known).order_by(_D.ts, _D.decision_id))
    return [_decision_fact(row) for row in rows]


def trade_facts(store: Store, wanted: DecisionFilter) -> list[TradeFact]:
    """Every finished position of a matching decision, in the order they were known."""
    columns = (_O.outcome_id, _O.kind, _O.result, _O.ts_entry, _O.ts_exit, _O.ts_known.label("known"))
    money = (_O.net_bps, _O.net_quote, _O.fees_quote)
    levels = (_S.side, _S.entry_price, _S.take_profit, _S.stop, _S.cost_bps)
    joined = _T["outcome"].join(_T["decision"], _O.decision_id == _D.decision_id)
    joined = joined.join(_T["signal"], _same_signal())
    conditions = [*_conditions(wanted), _O.net_bps.is_not(None)]
    if wanted.kind is not None:
        conditions.append(_O.kind == wanted.kind)
    if wanted.as_of is not None:
        conditions.append(_O.ts_known <= wanted.as_of)
    query = select(*_decision_columns(), *columns, *money, *levels).select_from(joined).where(*conditions)
    return [_trade_fact(row) for row in store.read(query.order_by(_O.ts_known, _O.outcome_id))]


def fill_facts(store: Store, wanted: DecisionFilter) -> list[FillFact]:
    """Every fill of a matching decision, in order of time."""
    return _execution_facts(store, wanted, "fill")


def order_facts(store: Store, wanted: DecisionFilter) -> list[FillFact]:
    """Every order a matching decision asked for, in order of time."""
    return _execution_facts(store, wanted, "intent")


def outcomes_by_id(store: Store, ids: Sequence[str], as_of: int) -> list[Outcome]:
    """The outcomes among ``ids`` that were known at ``as_of``, in the order of ``ids``."""
    found: dict[str, Outcome] = {}
    for start in range(0, len(ids), _CHUNK):
        part = list(ids[start : start + _CHUNK])
        query = select(_T["outcome"]).where(_O.outcome_id.in_(part), _O.ts_known <= as_of)
        found.update({row["outcome_id"]: record_of(Outcome, row) for row in store.read(query)})
    return [found[name] for name in ids if name in found]


def decisions_of(store: Store, evidence: Sequence[str]) -> dict[str, str]:
    """The decision behind each id of an outcome or decision that is in memory."""
    found: dict[str, str] = {}
    for start in range(0, len(evidence), _CHUNK):
        part = list(evidence[start : start + _CHUNK])
        outcomes = select(_O.outcome_id.label("name"), _O.decision_id).where(_O.outcome_id.in_(part))
        own = select(_D.decision_id.label("name"), _D.decision_id).where(_D.decision_id.in_(part))
        for query in (outcomes, own):
            found.update({row["name"]: row["decision_id"] for row in store.read(query)})
    return found


def lessons(store: Store, as_of: int) -> list[Lesson]:
    """Every lesson known at ``as_of``, retired ones too, oldest first."""
    table = _T["lesson"]
    query = select(table).where(table.c.ts_known <= as_of).order_by(table.c.ts_known, table.c.lesson_id)
    return [lesson_of(row) for row in store.read(query)]


def parameter_changes(store: Store, as_of: int) -> list[ParameterChange]:
    """Every change of a parameter known at ``as_of``, oldest first."""
    table = _T["parameter"]
    query = select(table).where(table.c.ts_known <= as_of).order_by(table.c.version)
    return [change_of(row) for row in store.read(query)]


def _execution_facts(store: Store, wanted: DecisionFilter, table: str) -> list[FillFact]:
    columns = _T[table].c
    joined = _T[table].join(_T["decision"], columns.decision_id == _D.decision_id)
    joined = joined.join(_T["signal"], _same_signal())
    query = select(columns.decision_id, columns.symbol, columns.ts).select_from(joined)
    known = [] if wanted.as_of is None else [columns.ts_known <= wanted.as_of]
    keys = [columns.ts, *_T[table].primary_key.columns]
    rows = store.read(query.where(*_conditions(wanted), *known).order_by(*keys))
    return [FillFact(row["decision_id"], row["symbol"], row["ts"]) for row in rows]


def _decision_columns() -> tuple[Any, ...]:
    plain = (_D.decision_id, _D.run_id, _D.world, _D.symbol, _D.ts, _D.action, _D.route, _D.is_probe)
    return (*plain, _D.breakeven, _D.probability, _D.votes, _S.regime)


def _same_signal() -> ColumnElement[bool]:
    return _D.signal_id == _S.signal_id


def _conditions(wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    equal: list[tuple[Any, Any]] = [
        (_D.symbol, wanted.symbol),
        (_D.action, wanted.action and wanted.action.value),
        (_D.route, wanted.route and wanted.route.value),
        (_D.world, wanted.world),
        (_D.run_id, wanted.run_id),
        (_D.is_probe, wanted.is_probe),
    ]
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if wanted.regime is not None:
        found.append(func.coalesce(_S.regime, 0) == int(wanted.regime))
    if wanted.ts_from is not None:
        found.append(_D.ts >= wanted.ts_from)
    if wanted.ts_to is not None:
        found.append(_D.ts < wanted.ts_to)
    return found


def _decision_fact(row: Mapping[str, Any]) -> DecisionFact:
    return DecisionFact(
        decision_id=row["decision_id"],
        run_id=row["run_id"],
        world=row["world"],
        symbol=row["symbol"],
        ts=row["ts"],
        action=row["action"],
        route=row["route"],
        regime=Regime(row["regime"] or 0).label,
        is_probe=bool(row["is_probe"]),
        breakeven=row["breakeven"],
        probability=row["probability"],
        rules=refusing_rules(row["votes"]),
    )


def refusing_rules(votes: str) -> tuple[str, ...]:
    """Components of the hard rules that refused, from a decision's kept votes."""
    refused = (vote for vote in orjson.loads(votes) if vote["stance"] == "skip")
    return tuple(vote["component"] for vote in refused if vote["component"].startswith("rule."))


def _trade_fact(row: Mapping[str, Any]) -> TradeFact:
    ts_exit = row["known"] if row["ts_exit"] is None else row["ts_exit"]
    return TradeFact(
        outcome_id=row["outcome_id"],
        decision=_decision_fact(row),
        kind=row["kind"],
        result=row["result"],
        ts_entry=row["ts"] if row["ts_entry"] is None else row["ts_entry"],
        ts_exit=ts_exit,
        ts_known=row["known"],
        net_bps=row["net_bps"],
        net_quote=None if row["net_quote"] is None else Decimal(row["net_quote"]),
        fees_quote=None if row["fees_quote"] is None else Decimal(row["fees_quote"]),
        gain_bps=_move_bps(row, "take_profit") - row["cost_bps"],
        loss_bps=row["cost_bps"] - _move_bps(row, "stop"),
    )


def _move_bps(row: Mapping[str, Any], level: str) -> float:
    """Distance of a level from the entry in the signal's direction, basis points."""
    return float((row[level] / row["entry_price"] - 1) * 1e4 * row["side"])
