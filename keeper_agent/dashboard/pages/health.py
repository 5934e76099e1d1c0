"""Health: whether it runs and how fast, its feeds, switches, budget and reconciliation; checks on demand."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from keeper_agent.api.access import desk_of
from keeper_agent.checks import CHECKS
from keeper_agent.dashboard.rendering import page, part
from keeper_agent.finding import FAULT, Finding
from keeper_agent.last_status import read_last
from memory.verify import verify
from tools.domain.errors import KeeperError

router = APIRouter()


@router.get("/health")
def health(request: Request) -> HTMLResponse:
    """The page."""
    return page(request, "health.html", at="/health", last=read_last(desk_of(request).home))


@router.get("/pieces/checks")
def checks(request: Request) -> HTMLResponse:
    """What the doctor finds in this home, looked at now."""
    desk = desk_of(request)
    found = [check(desk.settings, desk.clock) for check in CHECKS]
    return part("piece_checks.html", found=found)


@router.get("/pieces/invariants")
def invariants(request: Request) -> HTMLResponse:
    """Whether memory is whole: pages, references, the audit chain over every row; reads all of it."""
    try:
        report = verify(desk_of(request).home)
    except KeeperError as error:
        return part("piece_checks.html", found=[Finding("memory", FAULT, str(error))])
    return part("piece_invariants.html", report=report)
