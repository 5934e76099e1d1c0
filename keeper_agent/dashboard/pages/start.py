"""The overview: how it goes, what is held, and the last decisions with the way to their why."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from keeper_agent.api.access import desk_of
from keeper_agent.api.decided import Wanted, decided
from keeper_agent.api.desk import Desk
from keeper_agent.dashboard.rendering import page, part
from keeper_agent.dashboard.shared import shared_piece
from tools.domain.errors import NotInRecord
from tools.domain.trading import Action

SHOWN = 8
router = APIRouter()


@router.get("/")
def overview(request: Request) -> HTMLResponse:
    """The start page."""
    return page(request, "overview.html", at="/", **_latest(desk_of(request)))


@router.get("/pieces/latest")
def latest(request: Request) -> HTMLResponse:
    """The newest purchases and decisions, to be put into the start page."""
    return shared_piece(request, lambda: part("piece_latest.html", **_latest(desk_of(request))))


def _latest(desk: Desk) -> dict[str, Any]:
    try:
        with desk.reading() as store:
            bought = decided(store, Wanted(action=Action.ENTER), limit=SHOWN).rows
            every = decided(store, Wanted(), limit=SHOWN).rows
    except NotInRecord:
        bought = every = []
    return {"bought": bought, "every": every}
