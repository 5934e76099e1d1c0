"""Figures over the record: performance, how good signals of each kind are, what memory is worth."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from keeper_agent.api.access import READ, desk_of
from keeper_agent.api.performance import performance
from keeper_agent.api.record import Hours
from keeper_agent.api.shapes_figures import Performance
from tools.domain.trading import World

InWorld = Annotated[
    World | None, Query(description="recorded, venue or live; the newest decision's if left out")
]
router = APIRouter(prefix="/api", tags=["figures"], dependencies=[READ])


@router.get("/performance")
def performance_of(request: Request, hours: Hours = 24.0, world: InWorld = None) -> Performance:
    """Equity, drawdown, results by symbol, regime, route, hour and rule, and the calibration of odds."""
    with desk_of(request).reading() as store:
        return performance(store, hours, None if world is None else world.value)
