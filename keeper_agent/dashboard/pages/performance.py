"""Performance: equity and drawdown, results by group, and whether stated odds were right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from keeper_agent.api.access import desk_of
from keeper_agent.api.performance import performance, world_of
from keeper_agent.dashboard.figures import calibration_figure, routes_figure
from keeper_agent.dashboard.rendering import nothing_yet, page, part
from tools.domain.errors import NotInRecord
from tools.domain.trading import World

PERIODS = ((1, "1 h"), (24, "24 h"), (168, "7 days"), (720, "30 days"), (87_600, "all"))
GROUPS = ("symbol", "regime", "route", "hour", "rule")
Hours = Annotated[float, Query(gt=0, le=87_600)]
InWorld = Annotated[World | None, Query()]
router = APIRouter()


@router.get("/performance")
def shown(request: Request, hours: Hours = 24.0, world: InWorld = None) -> HTMLResponse:
    """The frame at once; the figures, which take a while over a long record, follow."""
    desk = desk_of(request)
    try:
        with desk.reading() as store:
            chosen = world_of(store) if world is None else world.value
    except NotInRecord:
        return nothing_yet(request, "/performance")
    return page(request, "performance.html", at="/performance", hours=hours, world=chosen, periods=PERIODS)


@router.get("/pieces/performance")
def figures(request: Request, hours: Hours = 24.0, world: InWorld = None) -> HTMLResponse:
    """The figures."""
    with desk_of(request).reading() as store:
        found = performance(store, hours, None if world is None else world.value).model_dump()
    return part(
        "piece_performance.html",
        found=found,
        groups=GROUPS,
        calibration=calibration_figure(found["calibration"]),
        routes=routes_figure(found["by"]["route"]),
    )
