"""Reactions in memory: how market makers took our fills, as it was known at a time."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select

from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store
from tools.domain.reaction import Reaction


class ReactionBook:
    """Reactions in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, reaction: Reaction) -> None:
        """Keep a reaction; from its ``ts_known`` on it may be learned from."""
        self._store.write([Row("reaction", asdict(reaction))])

    def known(self, world: str, ts: int, *, symbol: str | None = None) -> list[Reaction]:
        """Every reaction in ``world`` known at ``ts``, in the order in which it became known."""
        table = METADATA.tables["reaction"]
        wanted = [table.c.world == world, table.c.ts_known <= ts]
        wanted += [] if symbol is None else [table.c.symbol == symbol]
        order = (table.c.ts_known, table.c.decision_id, table.c.ts, table.c.is_taken)
        rows = self._store.read(select(table).where(*wanted).order_by(*order))
        return [Reaction(**{name: row[name] for name in Reaction.__dataclass_fields__}) for row in rows]
