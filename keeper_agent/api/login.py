"""The door for browsers: a link that works once is exchanged for a cookie, and leaves the address at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from keeper_agent.api.access import READ, desk_of
from keeper_agent.api.sessions import COOKIE, SESSION_NS
from tools.domain.market import NANOS

FIRST = "/"  # what a browser sees first
USED = "this link was used or is too old; keeper link prints a new one of a running agent"

router = APIRouter(tags=["login"])


@router.get("/login", response_class=RedirectResponse, status_code=303)
def login(request: Request, code: Annotated[str, Query(min_length=1, max_length=128)]) -> Response:
    """Exchange the code of the link that was printed at the start."""
    cookie = desk_of(request).sessions.exchange(code)
    if cookie is None:
        raise HTTPException(403, USED)
    response = RedirectResponse(FIRST, 303)
    is_secure = request.url.scheme == "https"
    age = SESSION_NS // NANOS
    response.set_cookie(
        COOKIE, cookie, max_age=age, path="/", secure=is_secure, httponly=True, samesite="strict"
    )
    return response


@router.post("/logout", status_code=204, dependencies=[READ])
def logout(request: Request) -> Response:
    """End the session of the browser that asks."""
    cookie = request.cookies.get(COOKIE)
    if cookie is not None:
        desk_of(request).sessions.end(cookie)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response
