"""Memory: a graph to walk in, the layers, patterns, lessons with their worth, learned strategies."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from graphs.changes import rules_text
from keeper_agent.api import rows
from keeper_agent.api.access import desk_of
from keeper_agent.api.decided import Wanted, decided
from keeper_agent.api.remembered import memory_of
from keeper_agent.dashboard.rendering import nothing_yet, page
from memory.strategies import StrategyRules
from tools.domain.errors import NotInRecord

Around = Annotated[str, Query(pattern=r"^((d_)?[0-9a-z]{1,24})?$")]
router = APIRouter()


@router.get("/memory")
def memory(request: Request, around: Around = "") -> HTMLResponse:
    """The page; the graph begins around a decision, the newest where none is named."""
    desk = desk_of(request)
    try:
        with desk.reading() as store:
            found = memory_of(store, desk.settings, desk.clock.now()).model_dump()
            lessons = rows.LESSONS.read(store, limit=50, before=None).rows
            newest = decided(store, Wanted(), limit=1).rows
    except NotInRecord:
        return nothing_yet(request, "/memory")
    worth = {one["name"]: one for one in found["worth"]}
    for one in found["strategies"]:
        one["told"] = rules_text(StrategyRules.model_validate(one["rules"]))
    start = around or (newest[0]["decision_id"] if newest else "")
    told: dict[str, Any] = {"found": found, "lessons": lessons, "worth": worth, "around": start}
    return page(request, "memory.html", at="/memory", **told)
