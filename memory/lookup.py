"""Reading the record: a decision and all that belongs to it, counts, and the best and worst.

Every question is a typed, bounded filter that becomes parameterised SQL; what a person or a
model writes is never part of a statement. ``as_of`` hides what was known only later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Float, Select, cast, func, select

from memory.rows import record_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.regime import Regime
from tools.domain.trading import Action, Decision, Fill, Intent, OrderUpdate, Outcome, Route, Signal

MOST = 10_000  # rows one question may fetch
SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,39}")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
SHOWN = 5

Record = TypeVar("Record")

_SIGNALS = METADATA.tables["signal"].c
_DECISIONS = METADATA.tables["decision"].c
_OUTCOMES = METADATA.tables["outcome"].c


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions, or outcomes of decisions, are meant; None leaves a field open.

    Attributes:
        kind: ``taken`` or ``shadow``; only outcomes have one.
        ts_from: First decision time that counts.
        ts_to: First decision time that no longer counts.
        as_of: What was known later does not count.
    """

    symbol: str | None = None
    action: Action | None = None
    route: Route | None = None
    regime: Regime | None = None
    world: str | None = None
    run_id: str | None = None
    ts_from: int | None = None
    ts_to: int | None = None
    is_probe: bool | None = None
    kind: str | None = None
    as_of: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no record can match."""
        _require(SYMBOL, "a symbol such as BTCUSDT", self.symbol)
        for name in (self.world, self.run_id, self.kind):
            _require(NAME, "a name of letters, digits, dashes, underscores", name)


class Group(StrEnum):
    """What decisions can be counted by."""

    SYMBOL = "symbol"
    ACTION = "action"
    ROUTE = "route"
    REGIME = "regime"
    WORLD = "world"
    RUN = "run_id"


class Rank(StrEnum):
    """What outcomes can be ranked by."""

    NET_BPS = "net_bps"
    NET_QUOTE = "net_quote"


@dataclass(frozen=True, slots=True)
class OutcomeTotals:
    """Sums over outcomes that had a position; money is exact, and only taken ones have any."""

    outcomes: int
    positions: int
    wins: int
    net_bps: float
    net_quote: Decimal
    fees_quote: Decimal


@dataclass(frozen=True, slots=True)
class DecisionStory:
    """A decision with the signal it was on and everything that came of it, in order of time."""

    decision: Decision
    signal: Signal
    intents: tuple[Intent, ...]
    orders: tuple[OrderUpdate, ...]
    fills: tuple[Fill, ...]
    outcomes: tuple[Outcome, ...]


def find_decision(store: Store, text: str) -> Decision:
    """The decision whose id is ``text`` or, uniquely, begins with it; the ``d_`` may be left out.

    Raises:
        NotInRecord: There is none.
        BadUsage: There is more than one.
    """
    _require(NAME, "a decision id such as d_0123456789", text)
    prefix = text if text.startswith("d_") else f"d_{text}"
    # A range, because it uses the key's index; "~" sorts after everything an id may contain.
    begins = (_DECISIONS.decision_id >= prefix) & (_DECISIONS.decision_id < f"{prefix}~")
    query = select(METADATA.tables["decision"]).where(begins).order_by(_DECISIONS.decision_id)
    rows = store.read(query.limit(SHOWN + 1))
    exact = [row for row in rows if row["decision_id"] == prefix]
    if not rows:
        raise NotInRecord(
            f'no decision {text} in {store.path}; keeper ask "what did you decide" and a replay\'s '
            "decisions.jsonl list decision ids"
        )
    if len(rows) > 1 and not exact:
        names = ", ".join(row["decision_id"] for row in rows[:SHOWN])
        more = " and more" if len(rows) > SHOWN else ""
        raise BadUsage(f"expected the id of one decision, {text} may be {names}{more}")
    return record_of(Decision, (exact or rows)[0])


def tell(store: Store, decision_id: str, *, as_of: int | None = None) -> DecisionStory:
    """The whole story of a decision, as far as it was known at ``as_of``.

    Raises:
        NotInRecord: No decision has that id, or it was taken after ``as_of``.
    """
    decision = find_decision(store, decision_id)
    if as_of is not None and decision.ts > as_of:
        raise NotInRecord(f"decision {decision.decision_id} was taken at {decision.ts}, after {as_of}")
    signal = _records(store, Signal, "signal", _SIGNALS.signal_id == decision.signal_id, as_of=None)[0]
    return DecisionStory(
        decision=decision,
        signal=signal,
        intents=_of_decision(store, Intent, "intent", decision, as_of),
        orders=_orders(store, decision, as_of),
        fills=_of_decision(store, Fill, "fill", decision, as_of),
        outcomes=_of_decision(store, Outcome, "outcome", decision, as_of),
    )


def decisions(store: Store, wanted: DecisionFilter, *, limit: int = 50) -> list[Decision]:
    """The newest decisions that match, newest first."""
    table = METADATA.tables["decision"]
    query = _narrow(select(*table.c), wanted).order_by(_DECISIONS.ts.desc(), _DECISIONS.decision_id)
    return [record_of(Decision, row) for row in store.read(query.limit(_bounded(limit)))]


def count_decisions(store: Store, wanted: DecisionFilter) -> int:
    """How many decisions match."""
    return int(store.read(_narrow(select(func.count().label("n")), wanted))[0]["n"])


def count_by(store: Store, wanted: DecisionFilter, group: Group) -> dict[str, int]:
    """How many decisions match in each group, by name; a regime never seen is ``unavailable``."""
    column = _SIGNALS.regime if group is Group.REGIME else _DECISIONS[group.value]
    query = (
        _narrow(select(column.label("name"), func.count().label("n")), wanted)
        .group_by(column)
        .order_by(column)
    )
    counts: dict[str, int] = {}
    for row in store.read(query):
        name = Regime(row["name"] or 0).label if group is Group.REGIME else str(row["name"])
        counts[name] = counts.get(name, 0) + int(row["n"])
    return counts


def outcomes(store: Store, wanted: DecisionFilter, *, limit: int = 50) -> list[Outcome]:
    """The newest outcomes of matching decisions, newest first."""
    query = _narrow_outcomes(select(*METADATA.tables["outcome"].c), wanted)
    newest = query.order_by(_OUTCOMES.ts_known.desc(), _OUTCOMES.outcome_id)
    return [record_of(Outcome, row) for row in store.read(newest.limit(_bounded(limit)))]


def total(store: Store, wanted: DecisionFilter) -> OutcomeTotals:
    """Sums over the outcomes of matching decisions."""
    kept = (_OUTCOMES.net_bps, _OUTCOMES.net_quote, _OUTCOMES.fees_quote)
    rows = store.read(
        _narrow_outcomes(select(*kept), wanted).order_by(_OUTCOMES.ts_known, _OUTCOMES.outcome_id)
    )
    results = [row["net_bps"] for row in rows if row["net_bps"] is not None]
    return OutcomeTotals(
        outcomes=len(rows),
        positions=len(results),
        wins=sum(result > 0 for result in results),
        net_bps=sum(results, 0.0),
        net_quote=sum((Decimal(row["net_quote"] or 0) for row in rows), Decimal(0)),
        fees_quote=sum((Decimal(row["fees_quote"] or 0) for row in rows), Decimal(0)),
    )


def extreme_outcomes(
    store: Store, wanted: DecisionFilter, *, rank: Rank = Rank.NET_BPS, best: bool = True, limit: int = 5
) -> list[Outcome]:
    """The best or worst outcomes of matching decisions; those without a result do not take part."""
    column = _OUTCOMES[rank.value]
    # Text amounts are exact but do not sort; sixteen digits are enough to rank by.
    value = cast(column, Float)
    order = value.desc() if best else value.asc()
    query = _narrow_outcomes(select(*METADATA.tables["outcome"].c), wanted).where(column.is_not(None))
    rows = store.read(query.order_by(order, _OUTCOMES.outcome_id).limit(_bounded(limit)))
    return [record_of(Outcome, row) for row in rows]


def last_decisions(store: Store, symbol: str, before: int, limit: int = 50) -> list[Decision]:
    """The last decisions on ``symbol`` before a time, newest first."""
    return decisions(store, DecisionFilter(symbol=symbol, ts_to=before), limit=limit)


def _narrow(query: Select[Any], wanted: DecisionFilter) -> Select[Any]:
    """``query`` over decisions and their signals, limited to ``wanted``."""
    tables = METADATA.tables
    joined = tables["decision"].join(tables["signal"], _DECISIONS.signal_id == _SIGNALS.signal_id)
    known = [] if wanted.as_of is None else [_DECISIONS.ts_known <= wanted.as_of]
    return query.select_from(joined).where(*_conditions(wanted), *known)


def _narrow_outcomes(query: Select[Any], wanted: DecisionFilter) -> Select[Any]:
    """``query`` over outcomes, their decisions and signals, limited to ``wanted``."""
    tables = METADATA.tables
    joined = tables["outcome"].join(tables["decision"], _OUTCOMES.decision_id == _DECISIONS.decision_id)
    joined = joined.join(tables["signal"], _DECISIONS.signal_id == _SIGNALS.signal_id)
    known = [] if wanted.as_of is None else [_OUTCOMES.ts_known <= wanted.as_of]
    kind = [] if wanted.kind is None else [_OUTCOMES.kind == wanted.kind]
    return query.select_from(joined).where(*_conditions(wanted), *known, *kind)


def _conditions(wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    equal: dict[Any, Any] = {
        _DECISIONS.symbol: wanted.symbol,
        _DECISIONS.action: wanted.action and wanted.action.value,
        _DECISIONS.route: wanted.route and wanted.route.value,
        _DECISIONS.world: wanted.world,
        _DECISIONS.run_id: wanted.run_id,
        _DECISIONS.is_probe: wanted.is_probe,
    }
    found = [column == value for column, value in equal.items() if value is not None]
    if wanted.regime is not None:
        found.append(func.coalesce(_SIGNALS.regime, 0) == int(wanted.regime))
    if wanted.ts_from is not None:
        found.append(_DECISIONS.ts >= wanted.ts_from)
    if wanted.ts_to is not None:
        found.append(_DECISIONS.ts < wanted.ts_to)
    return found


def _records(
    store: Store, kind: type[Any], name: str, *where: ColumnElement[bool], as_of: int | None
) -> list[Any]:
    table = METADATA.tables[name]
    known = [] if as_of is None else [table.c.ts_known <= as_of]
    keys = [table.c.ts_known, *table.primary_key.columns]
    return [record_of(kind, row) for row in store.read(select(table).where(*where, *known).order_by(*keys))]


def _of_decision(
    store: Store, kind: type[Any], name: str, decision: Decision, as_of: int | None
) -> tuple[Any, ...]:
    belongs = METADATA.tables[name].c.decision_id == decision.decision_id
    return tuple(_records(store, kind, name, belongs, as_of=as_of))


def _orders(store: Store, decision: Decision, as_of: int | None) -> tuple[OrderUpdate, ...]:
    intents, orders = METADATA.tables["intent"].c, METADATA.tables["order"].c
    own = select(intents.client_order_id).where(intents.decision_id == decision.decision_id)
    return tuple(_records(store, OrderUpdate, "order", orders.client_order_id.in_(own), as_of=as_of))


def _require(pattern: re.Pattern[str], expected: str, value: str | None) -> None:
    if value is not None and not pattern.fullmatch(value):
        raise BadUsage(f"expected {expected}, was {value[:80]!r}")


def _bounded(limit: int) -> int:
    if not 1 <= limit <= MOST:
        raise BadUsage(f"expected a limit between 1 and {MOST}, was {limit}")
    return limit
