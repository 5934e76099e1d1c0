"""The application: routes, errors as one sentence, and the guard around all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from keeper_agent.api import control, events, figures_of, live, login, metrics, record
from keeper_agent.api.access import READ
from keeper_agent.api.asking import Questions
from keeper_agent.api.desk import Desk
from keeper_agent.api.guard import CACHE, HEADERS, Guard
from keeper_agent.api.heads import described_heads
from keeper_agent.api.pulse import Pulse
from keeper_agent.api.scraping import Scrape
from keeper_agent.api.shapes import Fault
from keeper_agent.app import CODE_VERSION
from keeper_agent.controlling import Refused
from tools.domain.errors import BadUsage, KeeperError, NotInRecord, NotRunning, StoreOfOtherVersion

LOOPBACK = ("127.0.0.1", "localhost", "::1")
STATUS: dict[type[KeeperError], int] = {
    BadUsage: 400,
    NotInRecord: 404,
    Refused: 409,
    StoreOfOtherVersion: 409,
    NotRunning: 503,
}
FAULTS: dict[int | str, dict[str, Any]] = {
    code: {"model": Fault} for code in (400, 401, 403, 404, 408, 409, 413, 414, 421, 422, 431, 500, 503)
}

TellPerson = Callable[[Request, int, str], Response]
"""Says to a person, with this status, what went wrong."""


def build_app(desk: Desk) -> FastAPI:
    """The application over the home of ``desk``."""
    app = FastAPI(
        title="Keeper",
        version=CODE_VERSION,
        description="What a trading agent sees, decided and why; times are UTC, money is in quote.",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # an address is right or it is not
        responses=FAULTS,
    )
    app.state.desk, app.state.pulse, app.state.tell_person = desk, Pulse(desk), None
    app.state.scrape, app.state.questions = Scrape(desk), Questions(desk)
    for part in (live, record, figures_of, control, events, login, metrics):
        app.include_router(part.router)

    @app.get("/api/openapi.json", include_in_schema=False, dependencies=[READ])
    def openapi() -> dict[str, Any]:
        return described_heads(app.openapi())

    app.add_exception_handler(KeeperError, _known)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _unforeseen)
    own = [name.strip() for name in desk.settings.keeper_api_hosts.split(",") if name.strip()]
    app.add_middleware(Guard, hosts=(*LOOPBACK, *own))
    return app


async def _known(request: Request, error: Exception) -> Response:
    code = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    return await _answer(request, code, str(error))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for it alone)
    return await _answer(request, error.status_code, str(error.detail), error.headers)


async def _malformed(request: Request, error: Exception) -> Response:
    """The first fault; what was sent is not repeated, as it may be a secret in the wrong place."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for it alone)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return await _answer(request, 422, f"{place[:100]}: {first['msg']}")


async def _unforeseen(request: Request, error: Exception) -> Response:
    """The server hangs up after it, and says so; the guard is within what answers here."""
    leaving = HEADERS | {CACHE: "no-store", "connection": "close"}
    return JSONResponse({"error": f"internal error: {type(error).__name__}"}, 500, headers=leaving)


async def _answer(
    request: Request, code: int, sentence: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The sentence, as JSON to a program and on a page to a person, where there are pages."""
    tell: TellPerson | None = request.app.state.tell_person
    if tell is not None and not request.url.path.startswith("/api/") and _is_person(request):
        return await run_in_threadpool(tell, request, code, sentence)
    return JSONResponse({"error": sentence}, code, headers=headers)


def _is_person(request: Request) -> bool:
    """Whether a browser wants a page, or a piece of one."""
    return "text/html" in request.headers.get("accept", "")
