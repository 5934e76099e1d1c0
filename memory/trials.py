"""Trials of changes and what changes were measured to do: every try is kept, and counted.

Rows are facts of one reflection and are never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select

from memory.codec import finite
from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import day_bounds, day_of

_T = METADATA.tables
ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRecord:
    """One possible change of one parameter that was tested, passed or not.

    Attributes:
        tries: The how manieth look of the quarter it was part of.
        n_search: Paths that proposed it.
        n: Later paths that judged it.
    """

    world: str
    day: str
    name: str
    value_before: float
    value: float
    verdict: str
    reason: str
    tries: int
    level: float
    n_search: int
    n: int
    effect_bps: float | None
    interval_low: float | None
    interval_high: float | None
    run_id: str
    ts_known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRecord:
    """What a version of a parameter has been measured to do since it came into force.

    Attributes:
        verdict: ``holds``, ``open``, ``too_few`` or ``rolled_back``.
        looks: How often it has been measured, this time included.
    """

    version: int
    day: str
    verdict: str
    n: int
    effect_bps: float | None
    interval_low: float | None
    interval_high: float | None
    looks: int
    run_id: str
    world: str
    ts_known: int


class TrialBook:
    """Trials and effects in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, trials: Sequence[TrialRecord], effects: Sequence[EffectRecord]) -> None:
        """Keep what one reflection tried and measured."""
        self._store.write([_row("trial", one) for one in trials] + [_row("effect", one) for one in effects])

    def looks(self, world: str, ts: int) -> int:
        """How many reflections tested something in the calendar quarter of ``ts``, until then."""
        c = _T["trial"].c
        start = quarter_start(ts)
        counted = select(func.count(c.ts_known.distinct()).label("n"))
        found = self._store.read(counted.where(c.world == world, c.ts_known >= start, c.ts_known <= ts))
        return int(found[0]["n"])

    def trials(self, as_of: int, *, ts_from: int = 0) -> list[TrialRecord]:
        """Trials known from ``ts_from`` to ``as_of``, oldest first."""
        return [TrialRecord(**_fields(TrialRecord, row)) for row in self._rows("trial", as_of, ts_from)]

    def effects(self, as_of: int, *, ts_from: int = 0) -> list[EffectRecord]:
        """Effects measured from ``ts_from`` to ``as_of``, oldest first."""
        return [EffectRecord(**_fields(EffectRecord, row)) for row in self._rows("effect", as_of, ts_from)]

    def _rows(self, name: str, as_of: int, ts_from: int) -> Sequence[Any]:
        table = _T[name]
        keys = [table.c.ts_known, *table.primary_key.columns]
        wanted = (table.c.ts_known <= as_of, table.c.ts_known >= ts_from)
        return self._store.read(select(table).where(*wanted).order_by(*keys))


def quarter_start(ts: int) -> int:
    """When the calendar quarter of ``ts`` began."""
    year, month = day_of(ts).split("-")[:2]
    return day_bounds(f"{year}-{(int(month) - 1) // 3 * 3 + 1:02d}-01")[0]


def _fields(kind: type[TrialRecord] | type[EffectRecord], row: Any) -> dict[str, Any]:
    return {name: row[name] for name in kind.__dataclass_fields__}


def _row(table: str, record: TrialRecord | EffectRecord) -> Row:
    values = asdict(record)
    numbers = ("effect_bps", "interval_low", "interval_high")
    values.update({name: None if values[name] is None else finite(values[name]) for name in numbers})
    return Row(table, {**values, "ts": record.ts_known})
