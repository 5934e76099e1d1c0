"""Reading the record: which decisions are meant, and one with all that belongs to it.

Every question is a typed, bounded filter that becomes parameterised SQL; what a person or a
model writes is never part of a statement. ``as_of`` hides what was known only later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select

from memory.archives import filled
from memory.rows import record_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import NS
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.regime import Regime
from tools.domain.trading import (
    Action,
    Decision,
    Fill,
    Intent,
    OrderUpdate,
    Outcome,
    Result,
    Route,
    Signal,
)

SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,39}")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
SHOWN = 5
DAY_NS = 86_400 * NS
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
_SKIP = '"stance":"skip"'

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
        rule: A hard rule that refused, without its ``rule.``.
        is_untaken: Only what was not entered.
        won: Whether an outcome's result was above zero; only outcomes have one.
        result: How an outcome ended.
        hours: Seconds of the day from and before which a decision counts, whatever its date.
        weekdays: Days of the week that count, 0 for Monday; empty is all of them.
        decision_id: One decision, or the beginning of its id.
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
    rule: str | None = None
    is_untaken: bool = False
    won: bool | None = None
    result: Result | None = None
    hours: tuple[int, int] | None = None
    weekdays: tuple[int, ...] = ()
    decision_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no record can match."""
        _require(SYMBOL, "a symbol such as BTCUSDT", self.symbol)
        for name in (self.world, self.run_id, self.kind, self.rule, self.decision_id):
            _require(NAME, "a name of letters, digits, dashes, underscores", name)


class Group(StrEnum):
    """What decisions can be counted by."""

    SYMBOL = "symbol"
    ACTION = "action"
    ROUTE = "route"
    REGIME = "regime"
    WORLD = "world"
    RUN = "run_id"
    HOUR = "hour"


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
    query = select(METADATA.tables["decision"]).where(_begins_with(text)).order_by(_DECISIONS.decision_id)
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
    signals = METADATA.tables["signal"]
    rows = store.read(select(signals).where(_SIGNALS.signal_id == decision.signal_id))
    signal = record_of(Signal, filled(store, "signal", rows)[0])
    return DecisionStory(
        decision=decision,
        signal=signal,
        intents=_of_decision(store, Intent, "intent", decision, as_of),
        orders=_orders(store, decision, as_of),
        fills=_of_decision(store, Fill, "fill", decision, as_of),
        outcomes=_of_decision(store, Outcome, "outcome", decision, as_of),
    )


def conditions(wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    """What must hold of a decision and its signal."""
    equal: list[tuple[Any, Any]] = [
        (_DECISIONS.symbol, wanted.symbol),
        (_DECISIONS.action, wanted.action and wanted.action.value),
        (_DECISIONS.route, wanted.route and wanted.route.value),
        (_DECISIONS.world, wanted.world),
        (_DECISIONS.run_id, wanted.run_id),
        (_DECISIONS.is_probe, wanted.is_probe),
    ]
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if wanted.regime is not None:
        found.append(func.coalesce(_SIGNALS.regime, 0) == int(wanted.regime))
    if wanted.ts_from is not None:
        found.append(_DECISIONS.ts >= wanted.ts_from)
    if wanted.ts_to is not None:
        found.append(_DECISIONS.ts < wanted.ts_to)
    if wanted.is_untaken:
        found.append(_DECISIONS.action != Action.ENTER.value)
    if wanted.rule is not None:
        found.append(_refused_by(wanted.rule))
    if wanted.decision_id is not None:
        found.append(_begins_with(wanted.decision_id))
    return found + clock_conditions(_DECISIONS.ts, wanted)


def clock_conditions(ts: ColumnElement[int], wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    """What must hold of the time of day and the day of the week of ``ts``, whatever its date."""
    found: list[ColumnElement[bool]] = []
    if wanted.hours is not None:
        low, high = (second * NS for second in wanted.hours)
        found += [ts % DAY_NS >= low, ts % DAY_NS < high]
    if wanted.weekdays:
        found.append(((ts / DAY_NS + EPOCH_WEEKDAY) % 7).in_(wanted.weekdays))
    return found


def outcome_conditions(wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    """What must hold of a finished outcome, beside ``conditions`` of its decision."""
    found: list[ColumnElement[bool]] = [_OUTCOMES.net_bps.is_not(None)]
    if wanted.kind is not None:
        found.append(_OUTCOMES.kind == wanted.kind)
    if wanted.as_of is not None:
        found.append(_OUTCOMES.ts_known <= wanted.as_of)
    if wanted.won is not None:
        found.append(_OUTCOMES.net_bps > 0 if wanted.won else _OUTCOMES.net_bps <= 0)
    if wanted.result is not None:
        found.append(_OUTCOMES.result == wanted.result.value)
    return found


def _begins_with(text: str) -> ColumnElement[bool]:
    """Whether a decision's id begins with ``text``.

    A range, because it uses the key's index; "~" sorts after everything an id may contain.
    """
    prefix = text if text.startswith("d_") else f"d_{text}"
    return (_DECISIONS.decision_id >= prefix) & (_DECISIONS.decision_id < f"{prefix}~")


def _refused_by(rule: str) -> ColumnElement[bool]:
    """Whether the vote of ``rule`` is to skip.

    A reader may not use the table functions of JSON. The text is canonical: a vote begins with its component
    and ends with its stance, and within its texts every quotation mark is escaped.
    """
    begins = func.instr(_DECISIONS.votes, f'{{"component":"rule.{rule}",')
    vote = func.substr(_DECISIONS.votes, begins)
    stance = func.substr(vote, func.instr(vote, '"stance":"'), len(_SKIP))
    return (begins > 0) & (stance == _SKIP)


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
