"""Decisions as a list: what was decided, by whom, and what is known by now to have come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from keeper_agent.api.rows import DECISIONS
from keeper_agent.api.shapes import Rows
from memory.schema import METADATA
from memory.store import Store
from tools.domain.trading import Action, Route

_T = METADATA.tables


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions are meant; None leaves a field open."""

    symbol: str | None = None
    action: Action | None = None
    route: Route | None = None
    is_probe: bool | None = None


def decided(store: Store, wanted: Wanted, *, limit: int, before: int | None = None) -> Rows:
    """A page of decisions, newest first, each with ``taken`` and ``shadow``: its outcomes, or None."""
    where = {
        "symbol": None if wanted.symbol is None else wanted.symbol.upper(),
        "action": None if wanted.action is None else wanted.action.value,
        "route": None if wanted.route is None else wanted.route.value,
        "is_probe": wanted.is_probe,
    }
    page = DECISIONS.read(store, limit=limit, before=before, where=where)
    outcomes = _outcomes(store, [row["decision_id"] for row in page.rows])
    for row in page.rows:
        came = outcomes.get(row["decision_id"], {})
        row["taken"], row["shadow"] = came.get("taken"), came.get("shadow")
    return page


def _outcomes(store: Store, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The last outcome of each kind, by decision; a page has few enough for one statement."""
    o = _T["outcome"].c
    query = select(o.decision_id, o.kind, o.result, o.net_bps, o.net_quote, o.ts_known)
    found: dict[str, dict[str, Any]] = {}
    for row in store.read(query.where(o.decision_id.in_(ids)).order_by(o.ts_known)):
        told = {name: row[name] for name in ("result", "net_bps", "net_quote", "ts_known")}
        found.setdefault(row["decision_id"], {})[row["kind"]] = told
    return found
