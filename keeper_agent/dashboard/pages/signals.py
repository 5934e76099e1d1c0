"""Signals: how good each kind proved, with what is believed of its win probability."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from keeper_agent.api import rows
from keeper_agent.api.access import desk_of
from keeper_agent.api.quality import quality
from keeper_agent.dashboard.figures import posterior_figure
from keeper_agent.dashboard.rendering import nothing_yet, page, part
from tools.domain.errors import NotInRecord

GROUPS = (("source", "type"), ("symbol", "symbol"), ("regime", "regime"))
SHOWN = 20
router = APIRouter()


@router.get("/signals")
def signals(request: Request) -> HTMLResponse:
    """The last raised at once; the figures, which take a while over a long record, follow."""
    try:
        with desk_of(request).reading() as store:
            newest = rows.SIGNALS.read(store, limit=SHOWN, before=None).rows
    except NotInRecord:
        return nothing_yet(request, "/signals")
    return page(request, "signals.html", at="/signals", newest=newest)


@router.get("/pieces/quality")
def figures(request: Request) -> HTMLResponse:
    """How good each kind proved."""
    with desk_of(request).reading() as store:
        found = {by: [one.model_dump() for one in quality(store, by)] for by, _ in GROUPS}
    drawn = {by: posterior_figure(found[by]) for by, _ in GROUPS}
    return part("piece_quality.html", found=found, groups=GROUPS, figures=drawn)
