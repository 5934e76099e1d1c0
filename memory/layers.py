"""The layers of memory, from what lasts a session to what lasts: how full each is, and what moves up.

session → episodes → patterns → semantic (lessons, profiles) → procedural (strategies, parameters). What
moves up stays below; what leaves a layer is retired at a time and never deleted. All as of a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Executable, Table, case, func, literal, or_, select, update

from memory.schema import METADATA
from memory.session import KINDS, SessionMemory
from memory.store import Store
from memory.strategies import ACTIVE
from tools.domain.parameter import ParameterSet

_T = METADATA.tables
CROWDED = "more valuable ones needed its place"


@dataclass(frozen=True, slots=True)
class Layer:
    """How full a layer is.

    Attributes:
        size: What is in force in it; None where it lives in another process.
        capacity: The most that may be; None where no number bounds it.
        promoted: What has ever moved up into it.
        retired: What of that has left.
        promotion: What moves up into it.
        decay: What leaves it.
    """

    name: str
    holds: str
    size: int | None
    capacity: int | None
    promoted: int | None
    retired: int | None
    promotion: str
    decay: str


def layers(
    store: Store, ts: int, parameters: ParameterSet, session: SessionMemory | None = None
) -> tuple[Layer, ...]:
    """Every layer as of ``ts``, the shortest-lived first; ``session`` is that of this process."""
    return (
        _session(session, parameters),
        _episodes(store, ts),
        _layer(
            store,
            ts,
            ("pattern",),
            name="patterns",
            holds="followed states with what came of them",
            capacity=parameters.whole("pattern_capacity"),
            promotion="a follow with a result: by how much of its stretch of market nobody else saw",
            decay="halved with age; the least valuable leaves when it is full",
        ),
        _layer(
            store,
            ts,
            ("lesson", "profile"),
            name="semantic",
            holds="lessons, profiles of symbols and regimes",
            capacity=parameters.whole("lesson_capacity") + parameters.whole("profile_capacity"),
            promotion="a difference that survives the number of comparisons; what a group's record says",
            decay="refuted by later trades, or said anew; the least supported leaves when it is full",
        ),
        _layer(
            store,
            ts,
            ("strategy", "parameter"),
            name="procedural",
            holds="learned strategies, versions of parameters",
            capacity=None,
            promotion="beats chance among all signatures tried; a change that later data confirm",
            decay="deprecated below half of 100 wins; rolled back; replaced by a later version",
        ),
    )


def retire_beyond(store: Store, ts: int, parameters: ParameterSet) -> dict[str, int]:
    """Retire what lessons and profiles have in force beyond their capacity; how many, by table.

    The least supported goes first: by the number of trades it rests on, halved with every half-life.
    """
    half_life_ns = parameters.days_ns("pattern_half_life_days")
    retired = {}
    for name, capacity in (("lesson", "lesson_capacity"), ("profile", "profile_capacity")):
        names = _beyond(store, _T[name], ts, parameters.whole(capacity), half_life_ns)
        if names:
            store.execute(_retirement(_T[name], row, ts) for row in names)
        retired[name] = len(names)
    return retired


def _beyond(
    store: Store, table: Table, ts: int, capacity: int, half_life_ns: int
) -> Sequence[tuple[str, int]]:
    key = table.c[f"{table.name}_id"]
    rows = store.read(select(key.label("name"), table.c.ts_known, table.c.n).where(*_in_force(table, ts)))

    def value(row: tuple[str, int, int]) -> tuple[float, int, str]:
        faded = 2.0 ** (-(ts - row[1]) / half_life_ns) if half_life_ns else 1.0
        return row[2] * faded, row[1], row[0]

    ranked = sorted(((row["name"], row["ts_known"], row["n"]) for row in rows), key=value)
    return [(name, known) for name, known, _ in ranked[: max(0, len(ranked) - capacity)]]


def _retirement(table: Table, row: tuple[str, int], ts: int) -> Executable:
    key = table.c[f"{table.name}_id"]
    return update(table).where(key == row[0], table.c.ts_known == row[1]).values(ts_retired=ts)


def _session(session: SessionMemory | None, parameters: ParameterSet) -> Layer:
    symbols = 0 if session is None else len(session.symbols())
    each = parameters.whole("session_capacity") * len(KINDS)
    return Layer(
        name="session",
        holds="the last records of each kind on each symbol",
        size=None if session is None else len(session),
        capacity=each if session is None else session.capacity * len(KINDS) * max(1, symbols),
        promoted=None,
        retired=None,
        promotion="everything that happens",
        decay="the oldest of its kind leaves; nothing outlives the process",
    )


def _episodes(store: Store, ts: int) -> Layer:
    decisions, outcomes = _T["decision"], _T["outcome"]
    return Layer(
        name="episodes",
        holds="decisions with their signals, orders, fills and outcomes",
        size=_count(store, decisions, decisions.c.ts_known <= ts),
        capacity=None,
        promoted=_count(store, outcomes, outcomes.c.ts_known <= ts),
        retired=0,
        promotion="every decision; promoted counts the outcomes that became known",
        decay="none: the record is complete",
    )


def _layer(
    store: Store,
    ts: int,
    tables: Sequence[str],
    *,
    name: str,
    holds: str,
    capacity: int | None,
    promotion: str,
    decay: str,
) -> Layer:
    counts = [_ever_and_gone(store, _T[table], ts) for table in tables]
    ever, gone = sum(count[0] for count in counts), sum(count[1] for count in counts)
    return Layer(name, holds, ever - gone, capacity, ever, gone, promotion, decay)


def _ever_and_gone(store: Store, table: Table, ts: int) -> tuple[int, int]:
    """What of a table was ever known, and what of that is retired or deprecated."""
    is_gone: ColumnElement[bool] = table.c.ts_retired.is_not(None) & (table.c.ts_retired <= ts)
    if "standing" in table.c:
        is_gone = or_(is_gone, table.c.standing != ACTIVE)
    gone = func.coalesce(func.sum(case((is_gone, 1), else_=0)), literal(0))
    query = select(func.count().label("ever"), gone.label("gone")).where(table.c.ts_known <= ts)
    row = store.read(query)[0]
    return int(row["ever"]), int(row["gone"])


def _in_force(table: Table, ts: int) -> tuple[ColumnElement[bool], ...]:
    return table.c.ts_known <= ts, or_(table.c.ts_retired.is_(None), table.c.ts_retired > ts)


def _count(store: Store, table: Table, known: ColumnElement[bool]) -> int:
    return int(store.read(select(func.count().label("n")).select_from(table).where(known))[0]["n"])
