"""What bandits believed of each kind of signal, as it was known at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy import func, select

from memory.codec import canonical
from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class PosteriorRecord:
    """A belief after the outcome of a decision.

    Attributes:
        kind: Whose belief: ``thompson`` or ``linucb``.
        arm: The kind of signal it is of.
        n: Outcomes it has seen in all, this one included.
        belief: Plain numbers; reading gives back the same ones, bit for bit.
        ts: When the signal's result was known, ns; so was the belief.
    """

    decision_id: str
    kind: str
    arm: str
    n: int
    belief: Mapping[str, Any]
    run_id: str
    world: str
    ts: int
    ts_known: int


class PosteriorBook:
    """Beliefs in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, posterior: PosteriorRecord) -> None:
        """Keep a belief; from its ``ts_known`` on it may be drawn from."""
        self._store.write([Row("posterior", {**asdict(posterior), "belief": canonical(posterior.belief)})])

    def latest(self, world: str, kind: str, ts: int) -> list[PosteriorRecord]:
        """The newest belief of ``kind`` about each arm in ``world`` known at ``ts``, by arm."""
        table = METADATA.tables["posterior"]
        wanted = (table.c.world == world, table.c.kind == kind, table.c.ts_known <= ts)
        order = func.row_number().over(
            partition_by=table.c.arm, order_by=(table.c.ts_known.desc(), table.c.n.desc())
        )
        ranked = select(table, order.label("age")).where(*wanted).subquery()
        rows = self._store.read(select(ranked).where(ranked.c.age == 1).order_by(ranked.c.arm))
        return [_record(row) for row in rows]


def _record(row: Mapping[str, Any]) -> PosteriorRecord:
    values = {name: row[name] for name in PosteriorRecord.__dataclass_fields__}
    return PosteriorRecord(**{**values, "belief": orjson.loads(row["belief"])})
