"""How many: decisions, trades, fills and orders that match, counted where they lie.

A count reads an index and brings no row into memory, however long the record is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select

from memory.lookup import DecisionFilter, Group, conditions, outcome_conditions
from memory.schema import METADATA
from memory.store import Store
from tools.domain.market import NANOS
from tools.domain.regime import Regime

_T = METADATA.tables
_S, _D, _O = (_T[name].c for name in ("signal", "decision", "outcome"))
HOUR_NS = 3_600 * NANOS
FIRST = 200  # fills or orders looked through for the first decisions


def count_decisions(store: Store, wanted: DecisionFilter) -> int:
    """How many decisions match."""
    return _number(store, _decisions(wanted, None))


def decisions_by(store: Store, wanted: DecisionFilter, group: Group) -> dict[str, int]:
    """How many decisions match in each group, by name; a regime never seen is ``unavailable``."""
    return _by(store, _decisions(wanted, group), group)


def count_trades(store: Store, wanted: DecisionFilter) -> int:
    """How many finished positions of matching decisions there are."""
    return _number(store, _trades(wanted, None))


def trades_by(store: Store, wanted: DecisionFilter, group: Group) -> dict[str, int]:
    """How many finished positions of matching decisions there are in each group."""
    return _by(store, _trades(wanted, group), group)


def count_executions(store: Store, wanted: DecisionFilter, table: str) -> int:
    """How many rows of ``table``, fills or intents, belong to a matching decision."""
    return _number(store, _executions(wanted, table, func.count().label("n")))


def first_executed(store: Store, wanted: DecisionFilter, table: str) -> tuple[str, ...]:
    """The first decisions that a fill, or an intent, belongs to, each once."""
    c = _T[table].c
    query = _executions(wanted, table, c.decision_id).order_by(c.ts_known, *_T[table].primary_key.columns)
    return tuple(dict.fromkeys(row["decision_id"] for row in store.read(query.limit(FIRST))))


def _decisions(wanted: DecisionFilter, group: Group | None) -> Select[Any]:
    known = [] if wanted.as_of is None else [_D.ts_known <= wanted.as_of]
    return _counted(_with_signal(_T["decision"], wanted, group), group).where(*conditions(wanted), *known)


def _trades(wanted: DecisionFilter, group: Group | None) -> Select[Any]:
    joined = _T["outcome"].join(_T["decision"], _O.decision_id == _D.decision_id)
    query = _counted(_with_signal(joined, wanted, group), group)
    return query.where(*conditions(wanted), *outcome_conditions(wanted))


def _executions(wanted: DecisionFilter, table: str, *told: Any) -> Select[Any]:
    c = _T[table].c
    joined = _T[table].join(_T["decision"], c.decision_id == _D.decision_id)
    known = [] if wanted.as_of is None else [c.ts_known <= wanted.as_of]
    return select(*told).select_from(_with_signal(joined, wanted, None)).where(*conditions(wanted), *known)


def _with_signal(source: FromClause, wanted: DecisionFilter, group: Group | None) -> FromClause:
    """Only a regime makes it worth while to look at signals."""
    is_asked = wanted.regime is not None or group is Group.REGIME
    return source.join(_T["signal"], _D.signal_id == _S.signal_id) if is_asked else source


def _counted(source: FromClause, group: Group | None) -> Select[Any]:
    number = func.count().label("n")
    if group is None:
        return select(number).select_from(source)
    column = _column(group)
    return select(column.label("name"), number).select_from(source).group_by(column)


def _column(group: Group) -> ColumnElement[Any]:
    if group is Group.REGIME:
        return func.coalesce(_S.regime, 0)
    if group is Group.HOUR:
        return _D.ts / HOUR_NS % 24
    return _D[group.value]


def _by(store: Store, query: Select[Any], group: Group) -> dict[str, int]:
    return {_name(row, group): int(row["n"]) for row in store.read(query)}


def _name(row: Mapping[str, Any], group: Group) -> str:
    if group is Group.REGIME:
        return Regime(row["name"]).label
    return f"{int(row['name']):02d}:00" if group is Group.HOUR else str(row["name"])


def _number(store: Store, query: Select[Any]) -> int:
    return int(store.read(query)[0]["n"])
