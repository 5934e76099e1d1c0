"""Market: the price within the market maker's bounds, our fills, refreshes, alerts, book and tape."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from keeper_agent.api.access import desk_of
from keeper_agent.api.market import depth
from keeper_agent.dashboard.banner import banner_of
from keeper_agent.dashboard.rendering import page, part
from memory.statistics import symbols
from tools.domain.errors import NotInRecord

SPANS = ((0.25, "15 min"), (1, "1 h"), (6, "6 h"), (24, "24 h"))
One = Annotated[str, Query(max_length=30, pattern=r"^[A-Za-z0-9]*$")]
Hours = Annotated[float, Query(gt=0, le=168)]
router = APIRouter()


@router.get("/market")
def market(request: Request, symbol: One = "", hours: Hours = 1.0) -> HTMLResponse:
    """The page of one symbol; the first that is known where none is named."""
    desk = desk_of(request)
    try:
        with desk.reading() as store:
            known = list(symbols(store))
    except NotInRecord:
        known = []
    status = banner_of(desk).status
    rows = {} if status is None else {row["symbol"]: row for row in status["symbols"]}
    every = sorted({*known, *rows})
    chosen = symbol.upper() or (next(iter(rows), None) or (every[0] if every else ""))
    told: dict[str, Any] = {
        "symbol": chosen,
        "symbols": every,
        "row": rows.get(chosen),
        "hours": hours,
        "spans": SPANS,
    }
    return page(request, "market.html", at="/market", **told)


@router.get("/pieces/depth")
def book(request: Request, symbol: One) -> HTMLResponse:
    """The book and tape as they are now."""
    return part("piece_depth.html", found=depth(desk_of(request), symbol.upper()))
