"""Rows of an entity as a typed selection wants them: parameterised SQL, and bounds on exact values.

What is equal, one of several or in a time is decided by the database; bounds on amounts are decided
here, on decimals, because a sum of REAL loses digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import orjson

from memory.archives import Archives
from memory.entities import ENTITIES
from memory.entity import FEATURE, Column
from memory.store import Store
from tools.domain.clock import NS
from tools.domain.market import UNITS

Value: TypeAlias = "str | int | float | Decimal | bool | tuple[str, ...] | None"
TallyRow: TypeAlias = Mapping[str, Value]
DAY_NS = 86_400 * NS
HOUR_NS = 3_600 * NS
_NAME = re.compile(r"[A-Za-z0-9_.@-]+")  # what JSON writes as it is
_RULE = "rule."
_LISTS: Mapping[str, Callable[[Any], Iterable[str]]] = {
    "names": lambda told: told,
    "rules": lambda votes: (
        vote["component"].removeprefix(_RULE)
        for vote in votes
        if vote["stance"] == "skip" and vote["component"].startswith(_RULE)
    ),
    "objecting": lambda votes: (
        vote["component"].removeprefix(_RULE) for vote in votes if vote["stance"] == "skip"
    ),
    "favouring": lambda votes: (
        vote["component"].removeprefix(_RULE) for vote in votes if vote["stance"] == "enter"
    ),
    "limits": lambda clamps: (clamp["limit"] for clamp in clamps),
    "conditions": lambda rules: (condition["feature"] for condition in rules["conditions"]),
}
_STANCE = "json_extract(e.value, '$.stance')"
_COMPONENT = "json_extract(e.value, '$.component')"
_INSIDE: Mapping[str, tuple[str, str, str]] = {  # where the names stand in a list: path, name, stance
    "names": ("$", "e.value", ""),
    "rules": ("$", _COMPONENT, "skip"),
    "objecting": ("$", _COMPONENT, "skip"),
    "favouring": ("$", _COMPONENT, "enter"),
    "limits": ("$", "json_extract(e.value, '$.limit')", ""),
    "conditions": ("$.conditions", "json_extract(e.value, '$.feature')", ""),
}
_RULED = ("rules", "objecting", "favouring")
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a column: it is one of ``values``, or with ``is_not`` none of them.

    A column of names is one of them where it holds any of them. What is unknown is none of them.
    """

    column: str
    values: tuple[str | int, ...]
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A value above ``low`` and below ``high``, or at them with ``is_closed``; None where open."""

    column: str
    low: Decimal | None = None
    high: Decimal | None = None
    is_closed: bool = False

    def admits(self, value: Value) -> bool:
        """Whether a value lies within; what is unknown does not."""
        if value is None or isinstance(value, str | tuple):
            return False
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        if self.is_closed:
            return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)
        return (self.low is None or number > self.low) and (self.high is None or number < self.high)


@dataclass(frozen=True, slots=True)
class Times:
    """When: [``ts_from``, ``ts_to``) of the column ``ts``, and what part of each day or week.

    Attributes:
        hours: Seconds of the day from and before which counts.
        weekdays: Days that count, 0 for Monday; empty is all.
        is_not: Whether everything outside is meant.
    """

    ts_from: int | None = None
    ts_to: int | None = None
    hours: tuple[int, int] | None = None
    weekdays: tuple[int, ...] = ()
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of an entity are wanted, and which of their values."""

    entity: str
    columns: tuple[str, ...]
    where: tuple[Condition, ...] = ()
    bounds: tuple[Bound, ...] = ()
    times: tuple[Times, ...] = ()
    time_column: str = "ts"


def is_decided_there(wanted: Selection) -> bool:
    """Whether the database alone decides which rows are wanted."""
    return not wanted.bounds


def tally(store: Store, wanted: Selection, newest: int = 0) -> list[TallyRow]:
    """The rows of ``wanted``, oldest first, each with ``id``, ``ts`` and the columns asked for.

    Args:
        store: The record.
        wanted: What is wanted of it.
        newest: Only so many, the newest, where the database alone decides; 0 is all.

    Raises:
        KeyError: The entity has no such column.
        ValueError: Only the newest are wanted of rows that the database cannot decide.
    """
    if newest and not is_decided_there(wanted):
        raise ValueError("expected the newest of rows that the database alone decides")
    entity = ENTITIES[wanted.entity]
    names = tuple(dict.fromkeys(("id", "ts", *wanted.columns, *(one.column for one in wanted.bounds))))
    limits = frozenset(
        value for one in wanted.where if one.column == "limit" and not one.is_not for value in one.values
    )
    sensed = [name for name in names if entity.columns[name].kind == FEATURE]
    read = [name for name in names if name not in sensed]
    if sensed:
        read += ["features", "signal"]
    told = ", ".join(f"({entity.columns[name].sql}) AS c{number}" for number, name in enumerate(read))
    values: dict[str, Any] = {}
    where = _where(wanted, values)
    way = f"DESC LIMIT {newest:d}" if newest else ""
    order = f"({entity.columns['ts'].sql}) {way and 'DESC'}, ({entity.columns['id'].sql}) {way}"
    source = entity.needing((told, where, order))
    statement = f"SELECT {told} FROM {source} WHERE {where} ORDER BY {order}"  # noqa: S608 (constants of the catalogue)
    rows = []
    for one in store.fetch(statement, values):
        row = {name: _value(entity.columns[name], raw, limits) for name, raw in zip(read, one, strict=True)}
        rows.append(row)
    if newest:
        rows.reverse()
    if sensed:
        _sense(store, rows, [(name, entity.columns[name].sql) for name in sensed])
    return [row for row in rows if all(bound.admits(row[bound.column]) for bound in wanted.bounds)]


def counts(store: Store, wanted: Selection, group: str = "") -> list[tuple[Value, int]]:
    """How many rows the database decides on, by the values of ``group``; of times by the hours since 1970.

    Without a group there is one count, of None.

    Raises:
        ValueError: The database does not decide which rows are wanted.
    """
    if not is_decided_there(wanted):
        raise ValueError("expected rows that the database alone decides")
    entity = ENTITIES[wanted.entity]
    values: dict[str, Any] = {}
    where = _where(wanted, values)
    column = entity.columns[group] if group else Column("NULL", "text", "")
    of = f"({column.sql}) / {HOUR_NS}" if column.kind == "time" else f"({column.sql})"
    source = entity.needing((of, where))
    statement = f"SELECT {of} AS g, COUNT(*) FROM {source} WHERE {where} GROUP BY g"  # noqa: S608 (as above)
    found = store.fetch(statement, values)
    if not group:
        return [(None, int(n)) for _, n in found] or [(None, 0)]
    is_time = column.kind == "time"
    return [(raw if is_time else _value(column, raw), int(n)) for raw, n in found]


def _where(wanted: Selection, values: dict[str, Any]) -> str:
    """What the database decides of ``wanted``, with what is bound put into ``values``."""
    entity = ENTITIES[wanted.entity]
    tests = [entity.base]
    for one in wanted.where:
        column = entity.columns[one.column]
        tests.append((_holds if column.kind in _LISTS else _test)(column, one, values))
    tests += [_in_time(entity.columns[wanted.time_column].sql, one, values) for one in wanted.times]
    return " AND ".join(tests)


def _holds(column: Column, one: Condition, values: dict[str, Any]) -> str:
    """Whether a list holds one of the names; whether its text does is looked at before it is parsed."""
    path, name, stance = _INSIDE[column.kind]
    bound, may_hold = [], []
    for value in one.values:
        number = len(values)
        if column.kind in _RULED:
            values[f"r{number}"] = f"{_RULE}{value}"
            bound.append(f":r{number}")
        if column.kind not in _RULED or (column.kind != "rules" and not str(value).startswith(_RULE)):
            values[f"v{number}"] = value
            bound.append(f":v{number}")
        if _NAME.fullmatch(str(value)):
            values[f"t{number}"] = f'{value}"'  # the end of a JSON string
            may_hold.append(f"INSTR({column.sql}, :t{number})")
        else:
            may_hold.append("1")
    inside = f"{name} IN ({', '.join(bound)})" + (f" AND {_STANCE} = '{stance}'" if stance else "")
    each = f"SELECT 1 FROM json_each({column.sql}, '{path}') AS e WHERE {inside}"  # noqa: S608 (constants of the catalogue)
    found = f"COALESCE(({' OR '.join(may_hold) or '0'}) AND EXISTS ({each}), 0)"
    return f"NOT {found}" if one.is_not else found


def holds(value: Value, one: Condition) -> bool:
    """Whether a condition holds of a value that was read."""
    found = bool(set(value) & set(one.values)) if isinstance(value, tuple) else value in one.values
    return found is not one.is_not


def _test(column: Column, one: Condition, values: dict[str, Any]) -> str:
    names = []
    for value in one.values:
        name = f"v{len(values)}"
        values[name] = value
        names.append(f":{name}")
    listed = ", ".join(names)
    # What is unknown is none of them: it is not left out where they are excluded.
    found = f"COALESCE(({column.sql}) IN ({listed}), 0)"
    return f"NOT {found}" if one.is_not else found


def _in_time(ts: str, one: Times, values: dict[str, Any]) -> str:
    tests = []

    def bound(value: int) -> str:
        name = f"v{len(values)}"
        values[name] = value
        return f":{name}"

    if one.ts_from is not None:
        tests.append(f"({ts}) >= {bound(one.ts_from)}")
    if one.ts_to is not None:
        tests.append(f"({ts}) < {bound(one.ts_to)}")
    if one.hours is not None:
        low, high = (bound(second * NS) for second in one.hours)
        tests.append(f"({ts}) % {DAY_NS} >= {low} AND ({ts}) % {DAY_NS} < {high}")
    if one.weekdays:
        days = ", ".join(bound(day) for day in one.weekdays)
        tests.append(f"(({ts}) / {DAY_NS} + {EPOCH_WEEKDAY}) % 7 IN ({days})")
    told = " AND ".join(tests) or "1"
    return f"NOT COALESCE(({told}), 0)" if one.is_not else f"({told})"


def _value(column: Column, raw: Any, limits: frozenset[str | int] = frozenset()) -> Value:
    if raw is None:
        return None
    if column.kind == "cuts":
        found = [one for one in orjson.loads(raw) if not limits or one["limit"] in limits]
        amounts = [Decimal(one["before"]) - Decimal(one["after"]) for one in found]
        return sum(amounts, Decimal(0)) if amounts else None
    if column.kind == "money":
        return Decimal(str(raw))
    if column.kind == "units":
        return float(raw) / UNITS
    if column.kind == "span":
        return float(raw) / NS
    if column.kind in _LISTS:
        return tuple(dict.fromkeys(str(one) for one in _LISTS[column.kind](orjson.loads(raw))))
    if column.kind == "added":
        amounts = orjson.loads(raw)
        return None if None in amounts else sum((Decimal(one) for one in amounts), Decimal(0))
    return bool(raw) if column.kind == "flag" else raw


def _sense(store: Store, rows: Sequence[dict[str, Any]], wanted: Sequence[tuple[str, str]]) -> None:
    """Put what was sensed into ``rows``, from the archives where it has left the database."""
    archives = Archives.of(store) if any(not row["features"] for row in rows) else None
    for row in rows:
        text = row["features"]
        if not text and archives is not None:
            query = "SELECT rowid FROM signal WHERE signal_id = :name"
            ((number,),) = store.fetch(query, {"name": row["signal"]})
            text = (archives.bulk("signal", number) or {}).get("features")
        features = orjson.loads(text) if text else {}
        for name, feature in wanted:
            row[name] = features.get(feature)
