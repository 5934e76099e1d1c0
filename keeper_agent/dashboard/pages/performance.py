"""Performance: equity and drawdown, results by group, and whether stated odds were right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from keeper_agent.api.access import desk_of
from keeper_agent.api.performance import performance
from keeper_agent.dashboard.figures import calibration_figure, routes_figure
from keeper_agent.dashboard.rendering import nothing_yet, page
from tools.domain.errors import NotInRecord
from tools.domain.trading import World

PERIODS = ((1, "1 h"), (24, "24 h"), (168, "7 days"), (720, "30 days"), (87_600, "all"))
GROUPS = ("symbol", "regime", "route", "hour", "rule")
router = APIRouter()


@router.get("/performance")
def shown(
    request: Request,
    hours: Annotated[float, Query(gt=0, le=87_600)] = 24.0,
    world: Annotated[World | None, Query()] = None,
) -> HTMLResponse:
    """The page."""
    try:
        with desk_of(request).reading() as store:
            found = performance(store, hours, None if world is None else world.value).model_dump()
    except NotInRecord:
        return nothing_yet(request, "/performance")
    return page(
        request,
        "performance.html",
        at="/performance",
        found=found,
        periods=PERIODS,
        groups=GROUPS,
        calibration=calibration_figure(found["calibration"]),
        routes=routes_figure(found["by"]["route"]),
    )
