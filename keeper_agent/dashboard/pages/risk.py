"""Risk: what is at stake against its limits, the worst round trips, what moves together, what bound sizes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from keeper_agent.api.access import desk_of
from keeper_agent.api.bounds import bounds
from keeper_agent.api.comoving import correlations
from keeper_agent.api.decided import Wanted, decided
from keeper_agent.api.performance import tail_of
from keeper_agent.api.shapes_figures import Correlations
from keeper_agent.dashboard.rendering import nothing_yet, page
from tools.domain.errors import NotInRecord
from tools.domain.trading import Action

SHOWN = 25
TOGETHER_H = 24.0
STEPS = 5  # shades of a correlation on either side of none
router = APIRouter()


@router.get("/risk")
def risk(request: Request) -> HTMLResponse:
    """The page."""
    try:
        with desk_of(request).reading() as store:
            found, tail = bounds(store).model_dump(), tail_of(store).model_dump()
            entries = decided(store, Wanted(action=Action.ENTER), limit=SHOWN).rows
            together = correlations(store, TOGETHER_H)
    except NotInRecord:
        return nothing_yet(request, "/risk")
    return page(
        request,
        "risk.html",
        at="/risk",
        found=found,
        tail=tail,
        entries=entries,
        together=together.model_dump(),
        cells=_cells(together),
    )


def _cells(found: Correlations) -> dict[tuple[str, str], dict[str, Any]]:
    """What stands where two symbols cross, either way round."""
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    for pair in found.pairs:
        cells[pair.first, pair.second] = cells[pair.second, pair.first] = {
            **pair.model_dump(),
            "shade": None if pair.value is None else round(STEPS * pair.value),
            "is_told_apart": pair.low is not None and pair.high is not None and pair.low * pair.high > 0,
        }
    return cells
