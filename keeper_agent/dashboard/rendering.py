"""Pages from templates: everything filled in is text, and every page has the same frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Depends, HTTPException, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from keeper_agent.api.access import desk_of, is_logged_in
from keeper_agent.api.sessions import COOKIE, csrf_of
from keeper_agent.dashboard.assets import address_of
from keeper_agent.dashboard.banner import TOLD, banner_of
from keeper_agent.dashboard.words import FILTERS

ENTRANCE = "/enter"
PAGES = (
    ("/", "Overview"),
    ("/decisions", "Decisions"),
    ("/market", "Market"),
    ("/signals", "Signals"),
    ("/performance", "Performance"),
    ("/risk", "Risk"),
    ("/memory", "Memory"),
    ("/reflection", "Reflection"),
    ("/ask", "Ask"),
    ("/health", "Health"),
)
WORLDS = {world.value: told for world, told in TOLD.items()}

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,  # of every template, whatever its name
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(FILTERS)
TEMPLATES.globals.update(asset=address_of, pages=PAGES, worlds=WORLDS)


def _let_in(request: Request) -> None:
    """Let pass a browser with a session; any other is shown the entrance.

    Raises:
        HTTPException: 303 to the entrance.
    """
    if not is_logged_in(request):
        raise HTTPException(303, "log in first", {"Location": ENTRANCE})


VISITOR = Depends(_let_in)


def page(request: Request, template: str, *, at: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page.

    Args:
        request: Of a browser with a session.
        template: Name of the file.
        at: The entry of the navigation it belongs to; empty is none.
        status: Of the answer.
        **values: What the template tells.
    """
    frame = {
        "banner": banner_of(desk_of(request)),
        "csrf": csrf_of(request.cookies[COOKIE]),
        "at": at,
    }
    return HTMLResponse(TEMPLATES.get_template(template).render(**frame, **values), status)


def nothing_yet(request: Request, at: str) -> HTMLResponse:
    """The page at ``at`` of a home in which nothing was remembered."""
    return page(request, "empty.html", at=at, heading=dict(PAGES)[at])


def part(template: str, **values: Any) -> HTMLResponse:
    """A piece of a page, to be put into one that is shown."""
    return HTMLResponse(TEMPLATES.get_template(template).render(**values))


def plain_page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for somebody without a session: it shows nothing of the home."""
    return HTMLResponse(TEMPLATES.get_template(template).render(**values), status)
