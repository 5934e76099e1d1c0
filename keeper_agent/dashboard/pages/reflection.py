"""Reflection: daily and weekly reports as they were written, and what each change of a parameter did."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from markdown_it import MarkdownIt
from markupsafe import Markup
from sqlalchemy import select
from starlette.responses import HTMLResponse

from keeper_agent.api import rows
from keeper_agent.api.access import desk_of
from keeper_agent.dashboard.rendering import nothing_yet, page
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import NotInRecord

SHOWN = 10
# HTML in a report stays text; pictures and links, which would load or lead elsewhere, are not made.
WRITER = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link", "autolink"])
router = APIRouter()


@router.get("/reflection")
def reflection(request: Request, before: int | None = None) -> HTMLResponse:
    """The page."""
    try:
        with desk_of(request).reading() as store:
            reports = rows.REPORTS.read(store, limit=SHOWN, before=before)
            changes = rows.PARAMETERS.read(store, limit=100, before=None).rows
            effects = _effects(store)
    except NotInRecord:
        return nothing_yet(request, "/reflection")
    told = [{**one, "html": as_html(one["markdown"])} for one in reports.rows]
    found: dict[str, Any] = {"reports": told, "next": reports.next, "changes": changes, "effects": effects}
    return page(request, "reflection.html", at="/reflection", **found)


def as_html(markdown: str) -> Markup:
    """A report as HTML in which what was written is text; its line with the picture is left out."""
    kept = "\n".join(line for line in markdown.splitlines() if not line.startswith("!["))
    return Markup(WRITER.render(kept))  # noqa: S704 (the writer escapes)


def _effects(store: Store) -> dict[int, dict[str, Any]]:
    """What was last measured of each version of a parameter."""
    e = METADATA.tables["effect"].c
    told = (e.version, e.day, e.verdict, e.n, e.effect_bps, e.interval_low, e.interval_high)
    return {row["version"]: dict(row) for row in store.read(select(*told).order_by(e.ts_known))}
