"""The memory ledger: what each lesson, strategy and rule was worth, as seen on each day; only added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from memory.codec import amount_text, finite
from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store

LESSON, STRATEGY, RULE, ADAPTATION = "lesson", "strategy", "rule", "adaptation"
_MONEY = ("value_quote", "low_quote", "high_quote")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthRecord:
    """What heeding one thing was worth by one day.

    Attributes:
        kind: ``lesson``, ``strategy``, ``rule`` or ``adaptation``.
        name: Its id.
        n: Signals it bore on.
        effect_bps: Worth a signal; None where there are too few.
        value_quote: Worth of all of them at the usual order size, with its 95 % interval.
        verdict: ``earns``, ``costs``, ``open`` or ``too_few``.
    """

    kind: str
    name: str
    day: str
    n: int
    effect_bps: float | None
    value_quote: Decimal | None
    low_quote: Decimal | None
    high_quote: Decimal | None
    verdict: str
    run_id: str
    world: str
    ts_known: int


class WorthBook:
    """The ledger in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, entries: Sequence[WorthRecord]) -> None:
        """Keep what one reflection saw."""
        self._store.write([Row("worth", _values(one)) for one in entries])

    def latest(self, ts: int, world: str | None = None) -> list[WorthRecord]:
        """The newest entry of each thing known at ``ts``, by kind and name."""
        table = METADATA.tables["worth"]
        wanted = [table.c.ts_known <= ts] + ([] if world is None else [table.c.world == world])
        rows = self._store.read(select(table).where(*wanted).order_by(table.c.ts_known))
        newest = {(row["world"], row["kind"], row["name"]): row for row in rows}
        return [_record(newest[key]) for key in sorted(newest)]


def _values(entry: WorthRecord) -> dict[str, Any]:
    values = asdict(entry) | {"ts": entry.ts_known}
    money = {name: None if values[name] is None else amount_text(values[name]) for name in _MONEY}
    effect = None if entry.effect_bps is None else finite(entry.effect_bps)
    return {**values, **money, "effect_bps": effect}


def _record(row: Any) -> WorthRecord:
    values = {name: row[name] for name in WorthRecord.__dataclass_fields__}
    money = {name: None if values[name] is None else Decimal(values[name]) for name in _MONEY}
    return WorthRecord(**{**values, **money})
