"""Decisions: a live list with filters, and one decision as text, as a timeline and as a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from graphs.explanation import explain
from keeper_agent.api import record
from keeper_agent.api.access import desk_of
from keeper_agent.api.decided import Wanted, decided
from keeper_agent.api.desk import Desk
from keeper_agent.dashboard.rendering import page, part
from keeper_agent.dashboard.shared import shared_piece
from keeper_agent.dashboard.words import plain
from keeper_agent.views.causal_graph import shown
from memory.statistics import symbols
from tools.domain.errors import NotInRecord
from tools.domain.trading import Action, Route

SHOWN = 40
Text = Annotated[str, Query(max_length=30, pattern=r"^[A-Za-z0-9]*$")]
router = APIRouter()


@router.get("/decisions")
def every(
    request: Request,
    symbol: Text = "",
    action: Text = "",
    route: Text = "",
    probe: Text = "",
    before: record.Before = None,
) -> HTMLResponse:
    """The list; what a filter leaves empty is open."""
    found = _found(desk_of(request), symbol, action, route, probe, before)
    return page(request, "decisions.html", at="/decisions", **found)


@router.get("/pieces/decisions")
def rows(
    request: Request,
    symbol: Text = "",
    action: Text = "",
    route: Text = "",
    probe: Text = "",
    before: record.Before = None,
) -> HTMLResponse:
    """The table alone."""

    def make() -> HTMLResponse:
        return part("piece_decisions.html", **_found(desk_of(request), symbol, action, route, probe, before))

    return shared_piece(request, make)


@router.get("/decisions/{name}")
def one(request: Request, name: record.Name) -> HTMLResponse:
    """Why it was decided: what was known then, and apart from it what came later."""
    with desk_of(request).reading() as store:
        found = explain(store, name)
    nodes, edges = shown(found["graph"])
    graph = {"nodes": nodes, "edges": edges}
    return page(request, "decision.html", at="/decisions", found=found, graph=graph, timeline=timeline(found))


def _found(
    desk: Desk, symbol: str, action: str, route: str, probe: str, before: int | None
) -> dict[str, Any]:
    wanted = Wanted(
        symbol or None,
        Action(action) if action in set(Action) else None,
        Route(route) if route in set(Route) else None,
        {"yes": True, "no": False}.get(probe),
    )
    told: dict[str, Any] = {
        "filters": {"symbol": symbol, "action": action, "route": route, "probe": probe},
        "before": before,
        "actions": [one.value for one in Action],
        "routes": [one.value for one in Route],
    }
    try:
        with desk.reading() as store:
            found = decided(store, wanted, limit=SHOWN, before=before)
            return {**told, "rows": found.rows, "next": found.next, "symbols": symbols(store)}
    except NotInRecord:
        return {**told, "rows": [], "next": None, "symbols": ()}


def timeline(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What happened around a decision, in order: ``ts``, ``what``, and ``when``: then, now or later."""
    then, later = found["known_then"], found["known_later"]
    signal = then["signal"]
    told = [_at(signal["ts"], f"signal: {signal['source']} {signal['side']}", "then")]
    told += [
        _at(one["ts_known"], f"known: {plain(one['result'])} on {one['symbol']} earlier", "then")
        for one in then["recalled"][-3:]
    ]
    told += [
        _at(
            found["ts"],
            f"{one['provider']} {one['model']} was asked, answered in {one['answered_ms']:.0f} ms",
            "then",
        )
        for one in then["consultations"]
    ]
    told.append(_at(found["ts"], f"decided: {then['action']} {Route(then['route']).by}", "now"))
    told += [_at(one["ts"], _order(one), "later") for one in later["intents"]]
    told += [_at(one["ts"], _fill(one), "later") for one in later["fills"]]
    for name, title in (
        ("outcome_taken", "round trip over"),
        ("outcome_shadow", "followed on paper to its end"),
    ):
        one = later[name]
        if one is not None:
            net = "no position came about" if one["net_bps"] is None else f"{one['net_bps']:+.2f} bps net"
            told.append(_at(one["ts_known"], f"{title}: {plain(one['result'])}, {net}", "later"))
    return _ordered(told)


def _ordered(told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    rank = {"then": 0, "now": 1, "later": 2}
    return sorted(told, key=lambda one: (one["ts"], rank[one["when"]]))


def _at(ts: int, what: str, when: str) -> dict[str, Any]:
    return {"ts": ts, "what": what, "when": when}


def _order(intent: Mapping[str, Any]) -> str:
    price = "at market" if intent["price"] is None else f"at {intent['price']}"
    return f"order {intent['leg']}: {_side(intent)} {intent['size']} {price}"


def _fill(fill: Mapping[str, Any]) -> str:
    how = "maker" if fill["is_maker"] else "taker"
    return f"fill: {_side(fill)} {fill['size']} at {fill['price']} ({how}, fee {fill['fee_quote']})"


def _side(row: Mapping[str, Any]) -> str:
    return "buy" if row["side"] in (1, "buy", "BUY") else "sell"
