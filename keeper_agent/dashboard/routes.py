"""All pages together, and how a page says that something went wrong."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from keeper_agent.api.access import is_logged_in
from keeper_agent.dashboard import assets
from keeper_agent.dashboard.pages import (
    ask,
    decisions,
    door,
    health,
    market,
    memory,
    performance,
    reflection,
    risk,
    signals,
    start,
)
from keeper_agent.dashboard.rendering import ENTRANCE, VISITOR, page, part, plain_page
from keeper_agent.dashboard.shared import new_shared

HEADINGS = {404: "Nothing there", 409: "Not as things stand", 503: "No agent runs here"}
inside = APIRouter(include_in_schema=False, dependencies=[VISITOR])
for one in (start, decisions, market, signals, performance, risk, memory, reflection, ask, health, door):
    inside.include_router(one.router)


def add_dashboard(app: FastAPI) -> None:
    """Add every page and file to ``app``."""
    app.include_router(assets.router)
    app.include_router(door.entrance)
    app.include_router(inside)
    app.state.tell_person, app.state.shared = fault_page, new_shared()


def fault_page(request: Request, code: int, sentence: str) -> Response:
    """The answer to a person whose request failed, in a sentence."""
    if request.headers.get("hx-request") == "true":
        return part("piece_fault.html", sentence=sentence)
    if code == 303:
        return RedirectResponse(ENTRANCE, 303)
    if request.url.path == "/login" or not is_logged_in(request):
        return _entrance(sentence, code)
    heading = HEADINGS.get(code, "That did not work")
    return page(request, "fault.html", at="", status=code, heading=heading, sentence=sentence)


def _entrance(sentence: str, code: int) -> HTMLResponse:
    return plain_page("enter.html", status=code, fault=sentence)
