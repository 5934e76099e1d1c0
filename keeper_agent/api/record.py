"""What the record holds: decisions and why, signals, orders, what was learned; and questions on it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import StreamingResponse

from graphs.answers import as_data
from graphs.explanation import explain
from graphs.query import answer
from keeper_agent.api import rows
from keeper_agent.api.access import READ, desk_of
from keeper_agent.api.analytics import execution, maker_history
from keeper_agent.api.asking import MOST_ASKED, Questions
from keeper_agent.api.decided import Wanted, decided
from keeper_agent.api.live import Symbol
from keeper_agent.api.remembered import graph_around
from keeper_agent.api.shapes import Analytics, MarketMakerHistory, Question, Rows
from keeper_agent.api.shapes_figures import Graph
from memory.account import present
from tools.domain.trading import Action, Route

Limit = Annotated[int, Query(ge=1, le=rows.MOST_ROWS)]
Before = Annotated[int | None, Query(ge=0, lt=1 << 63, description="next of the page before")]
One = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9]{2,30}$", description="of this symbol alone")]
Name = Annotated[str, Path(pattern=r"^(d_)?[0-9a-z]{1,24}$", description="a decision id or its beginning")]
Hours = Annotated[float, Query(gt=0, le=87_600, description="of the record's last hours")]
router = APIRouter(prefix="/api", tags=["record"], dependencies=[READ])


def _page(
    request: Request, page: rows.Page, limit: int, before: int | None, symbol: str | None = None
) -> Rows:
    where = None if symbol is None else {"symbol": symbol.upper()}
    with desk_of(request).reading() as store:
        return page.read(store, limit=limit, before=before, where=where)


@router.get("/decisions")
def decisions(
    request: Request,
    limit: Limit = 50,
    before: Before = None,
    symbol: One = None,
    action: Action | None = None,
    route: Route | None = None,
    is_probe: bool | None = None,
) -> Rows:
    """Decisions, newest first, each with the outcomes known by now."""
    wanted = Wanted(symbol, action, route, is_probe)
    with desk_of(request).reading() as store:
        return decided(store, wanted, limit=limit, before=before)


@router.get("/decisions/{name}")
@router.get("/explain/{name}")
def decision(request: Request, name: Name) -> dict[str, Any]:
    """Everything on one decision: what was known then and, apart from it, what came later."""
    with desk_of(request).reading() as store:
        return explain(store, name)


@router.get("/graph/{name}")
def graph(request: Request, name: Name) -> Graph:
    """The memory graph around a decision: nodes and edges."""
    with desk_of(request).reading() as store:
        return graph_around(store, name)


@router.post("/ask")
def ask(request: Request, wanted: Question) -> dict[str, Any]:
    """Answer a question on the past from the record, with citations; no money is spent on it."""
    desk = desk_of(request)
    with desk.reading() as store:
        found = answer(store, wanted.question, present(store, desk.clock.now()), tuple(wanted.before))
    return as_data(found)


@router.post(
    "/ask/stream",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"text/event-stream": {}},
            "description": "events `reading`, `found`, and `answer` as `/api/ask` has it, or `fault`",
        }
    },
)
async def ask_streaming(request: Request, wanted: Question) -> StreamingResponse:
    """The same, told while it happens: which tables are read, rows found, then answer and citations."""
    questions: Questions = request.app.state.questions
    if questions.are_too_many:
        raise HTTPException(503, f"at most {MOST_ASKED} questions are answered at a time")
    return StreamingResponse(questions.ask(wanted), media_type="text/event-stream")


@router.get("/signals")
def signals(request: Request, limit: Limit = 50, before: Before = None, symbol: One = None) -> Rows:
    """Signals with what was sensed, newest first."""
    return _page(request, rows.SIGNALS, limit, before, symbol)


@router.get("/orders")
def orders(request: Request, limit: Limit = 50, before: Before = None, symbol: One = None) -> Rows:
    """Orders as they were meant, newest first; ``/api/orders/open`` has those that work now."""
    return _page(request, rows.INTENTS, limit, before, symbol)


@router.get("/fills")
def fills(request: Request, limit: Limit = 50, before: Before = None, symbol: One = None) -> Rows:
    """Executions of our orders, newest first."""
    return _page(request, rows.FILLS, limit, before, symbol)


@router.get("/outcomes")
def outcomes(request: Request, limit: Limit = 50, before: Before = None, symbol: One = None) -> Rows:
    """Round trips, taken or followed on paper, newest first."""
    return _page(request, rows.OUTCOMES, limit, before, symbol)


@router.get("/lessons")
def lessons(request: Request, limit: Limit = 50, before: Before = None) -> Rows:
    """Lessons with their effect, interval and evidence, newest first; retired ones say since when."""
    return _page(request, rows.LESSONS, limit, before)


@router.get("/parameters")
def parameters(request: Request, limit: Limit = 50, before: Before = None) -> Rows:
    """Versions of parameters, why and on what evidence, newest first."""
    return _page(request, rows.PARAMETERS, limit, before)


@router.get("/reports")
def reports(request: Request, limit: Limit = 7, before: Before = None) -> Rows:
    """Reflections as they were written, Markdown, newest first."""
    return _page(request, rows.REPORTS, limit, before)


@router.get("/mm/history/{symbol}")
def history(request: Request, symbol: Symbol) -> MarketMakerHistory:
    """The market maker of a symbol in the record's last 24 hours."""
    with desk_of(request).reading() as store:
        return maker_history(store, symbol.upper())


@router.get("/execution/{symbol}")
def analytics(request: Request, symbol: Symbol, hours: Hours = 24.0) -> Analytics:
    """How entries were executed; the symbol ALL takes them together."""
    with desk_of(request).reading() as store:
        return execution(store, symbol.upper(), hours)
