"""The entrance for who has no session, and the licences of what pages load."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from keeper_agent.dashboard.assets import FOLDER
from keeper_agent.dashboard.rendering import ENTRANCE, page, plain_page

router = APIRouter()
entrance = APIRouter(include_in_schema=False)


@entrance.get(ENTRANCE)
def enter() -> HTMLResponse:
    """How one gets in."""
    return plain_page("enter.html", fault="")


@router.get("/licences")
def licences(request: Request) -> HTMLResponse:
    """Whose scripts these pages use, and the texts under which they may."""
    files = sorted((FOLDER / "vendor").glob("*.LICENSE.txt"))
    texts = [(file.name.removesuffix(".LICENSE.txt"), file.read_text("utf-8")) for file in files]
    return page(request, "licences.html", at="", texts=texts)
