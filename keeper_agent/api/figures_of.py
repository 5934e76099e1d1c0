"""Figures over the record: performance, how good signals of each kind are, what memory is worth."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from keeper_agent.api.access import READ, desk_of
from keeper_agent.api.bounds import bounds
from keeper_agent.api.comoving import correlations
from keeper_agent.api.live import Symbol
from keeper_agent.api.market import depth, market_of
from keeper_agent.api.performance import performance
from keeper_agent.api.quality import quality
from keeper_agent.api.record import Hours
from keeper_agent.api.remembered import memory_of
from keeper_agent.api.shapes_figures import (
    Correlations,
    Depth,
    Market,
    Memory,
    Performance,
    Risk,
    SignalQuality,
)
from tools.domain.errors import NotRunning
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


@router.get("/signals/quality")
def signal_quality(
    request: Request, by: Literal["source", "symbol", "regime"] = "source"
) -> list[SignalQuality]:
    """How signals of each kind fared on paper, taken or not, with the posterior of their win probability."""
    with desk_of(request).reading() as store:
        return quality(store, by)


@router.get("/market/{symbol}")
def market(request: Request, symbol: Symbol, hours: Hours = 1.0) -> Market:
    """What signals saw of a symbol's market maker and book, and our fills."""
    with desk_of(request).reading() as store:
        return market_of(store, symbol.upper(), hours)


@router.get("/depth/{symbol}")
def depth_now(request: Request, symbol: Symbol) -> Depth:
    """The book and tape of a symbol now; the first answer after a while is empty, as nobody had asked."""
    desk = desk_of(request)
    found = depth(desk, symbol.upper())
    if found is None:
        desk.symbol(symbol)  # says so where an agent runs that does not watch it
        raise NotRunning(f"no agent that watches {symbol.upper()} runs here")
    return Depth(**{"ts": None, "bids": [], "asks": [], "prints": [], **found})


@router.get("/risk/bounds")
def what_bound(request: Request) -> Risk:
    """Each limit, and how often it made an entry smaller or forbade it."""
    with desk_of(request).reading() as store:
        return bounds(store)


@router.get("/risk/correlations")
def moving_together(request: Request, hours: Hours = 24.0, world: InWorld = None) -> Correlations:
    """How each two symbols moved together, with interval and n; what rests on too little is not told."""
    with desk_of(request).reading() as store:
        return correlations(store, hours, None if world is None else world.value)


@router.get("/memory")
def memory(request: Request) -> Memory:
    """The layers of memory, learned strategies, dearest patterns, and what each thing was worth."""
    desk = desk_of(request)
    with desk.reading() as store:
        return memory_of(store, desk.settings, desk.clock.now())
