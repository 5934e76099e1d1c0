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
from sqlalchemy import ColumnElement, Select, func, literal, select

from memory.lessons import Lesson, lesson_of
from memory.lookup import DecisionFilter, conditions, outcome_conditions
from memory.parameters import ParameterChange, change_of
from memory.rows import record_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.regime import Regime
from tools.domain.trading import Outcome

_T = METADATA.tables
_S, _D, _O = (_T[name].c for name in ("signal", "decision", "outcome"))
_CHUNK = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """A decision without its evidence: ``rules`` are the hard rules that refused, ``limits`` what cut."""

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
    limits: tuple[str, ...] = ()


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
    source: str

    @property
    def symbol(self) -> str:
        """Where it was."""
        return self.decision.symbol

    @property
    def breakeven(self) -> float:
        """Win probability at which its signal was worth nothing."""
        return self.decision.breakeven


def symbols(store: Store) -> tuple[str, ...]:
    """Every symbol with a decision, in order of name."""
    # One step in the index a symbol, as there are few symbols and many decisions.
    first = select(func.min(_D.symbol).label("symbol")).cte("seen", recursive=True)
    following = select(func.min(_D.symbol)).where(_D.symbol > first.c.symbol).scalar_subquery()
    seen = first.union_all(select(following).where(first.c.symbol.is_not(None)))
    rows = store.read(select(seen.c.symbol).where(seen.c.symbol.is_not(None)))
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


def decision_facts(store: Store, wanted: DecisionFilter, *, newest: int | None = None) -> list[DecisionFact]:
    """Every decision that matches, or the ``newest`` few, oldest first."""
    query = select(*_decision_columns()).select_from(_T["decision"].join(_T["signal"], _same_signal()))
    known = [] if wanted.as_of is None else [_D.ts_known <= wanted.as_of]
    query = query.where(*conditions(wanted), *known)
    if newest is None:
        return [_decision_fact(row) for row in store.read(query.order_by(_D.ts, _D.decision_id))]
    rows = store.read(query.order_by(_D.ts.desc(), _D.decision_id.desc()).limit(newest))
    return [_decision_fact(row) for row in reversed(rows)]


def first_decision(store: Store, wanted: DecisionFilter) -> DecisionFact | None:
    """The oldest decision that matches; None where none does."""
    query = select(*_decision_columns()).select_from(_T["decision"].join(_T["signal"], _same_signal()))
    rows = store.read(query.where(*conditions(wanted)).order_by(_D.ts, _D.decision_id).limit(1))
    return _decision_fact(rows[0]) if rows else None


def trade_facts(
    store: Store, wanted: DecisionFilter, *, newest: int | None = None, has_rules: bool = True
) -> list[TradeFact]:
    """Every finished position of a matching decision, or the ``newest`` few, in the order they were known.

    Without ``has_rules`` nobody looks which rules refused, which is most of the work.
    """
    query = _trades(wanted, has_rules)
    if newest is None:
        rows = store.read(query.order_by(_O.ts_known, _O.outcome_id))
    else:
        last = store.read(query.order_by(_O.ts_known.desc(), _O.outcome_id.desc()).limit(newest))
        rows = list(reversed(last))
    return [_trade_fact(row) for row in rows]


def ranked_trades(store: Store, wanted: DecisionFilter, *, best: bool, limit: int) -> list[TradeFact]:
    """The best, or worst, finished positions of matching decisions by their net result."""
    order = _O.net_bps.desc() if best else _O.net_bps.asc()
    rows = store.read(_trades(wanted, True).order_by(order, _O.outcome_id).limit(limit))
    return [_trade_fact(row) for row in rows]


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


def _trades(wanted: DecisionFilter, has_rules: bool) -> Select[Any]:
    columns = (_O.outcome_id, _O.kind, _O.result, _O.ts_entry, _O.ts_exit, _O.ts_known.label("known"))
    money = (_O.net_bps, _O.net_quote, _O.fees_quote)
    levels = (_S.source, _S.side, _S.entry_price, _S.take_profit, _S.stop, _S.cost_bps)
    joined = _T["outcome"].join(_T["decision"], _O.decision_id == _D.decision_id)
    joined = joined.join(_T["signal"], _same_signal())
    told = select(*_decision_columns(has_rules=has_rules), *columns, *money, *levels).select_from(joined)
    return told.where(*conditions(wanted), *outcome_conditions(wanted))


def _decision_columns(*, has_rules: bool = True) -> tuple[Any, ...]:
    plain = (_D.decision_id, _D.run_id, _D.world, _D.symbol, _D.ts, _D.action, _D.route, _D.is_probe)
    votes = _D.votes if has_rules else literal("[]").label("votes")
    return (*plain, _D.breakeven, _D.probability, _D.clamps, votes, _S.regime)


def _same_signal() -> ColumnElement[bool]:
    return _D.signal_id == _S.signal_id


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
        limits=_limits(row["clamps"]),
    )


def _limits(clamps: str) -> tuple[str, ...]:
    """Each limit that changed a wish once; nearly always there is none, and nothing is read."""
    return () if clamps == "[]" else tuple(dict.fromkeys(one["limit"] for one in orjson.loads(clamps)))


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
        source=row["source"],
    )


def _move_bps(row: Mapping[str, Any], level: str) -> float:
    """Distance of a level from the entry in the signal's direction, basis points."""
    return float((row[level] / row["entry_price"] - 1) * 1e4 * row["side"])
