"""Risk: what is at stake against its limits, the worst round trips, and what bound each size."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from keeper_agent.api.access import desk_of
from keeper_agent.api.bounds import bounds
from keeper_agent.api.decided import Wanted, decided
from keeper_agent.api.performance import tail_of
from keeper_agent.dashboard.rendering import nothing_yet, page
from tools.domain.errors import NotInRecord
from tools.domain.trading import Action

SHOWN = 25
router = APIRouter()


@router.get("/risk")
def risk(request: Request) -> HTMLResponse:
    """The page."""
    try:
        with desk_of(request).reading() as store:
            found, tail = bounds(store).model_dump(), tail_of(store).model_dump()
            entries = decided(store, Wanted(action=Action.ENTER), limit=SHOWN).rows
    except NotInRecord:
        return nothing_yet(request, "/risk")
    return page(request, "risk.html", at="/risk", found=found, tail=tail, entries=entries)
