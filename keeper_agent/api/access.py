"""Who asks: a program with a token, or a browser with the cookie of its session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request

from keeper_agent.api.desk import Desk
from keeper_agent.api.guard import SAFE
from keeper_agent.api.sessions import COOKIE, csrf_of
from keeper_agent.api.tokens import Scope
from tools.domain.errors import StoreUnusable

BEARER = "bearer "
LONGEST = 256  # characters of a credential


def desk_of(request: Request) -> Desk:
    """The desk this application answers from."""
    desk: Desk = request.app.state.desk
    return desk


def requires(wanted: Scope) -> Callable[..., None]:
    """A dependency that lets pass who has ``wanted``.

    Raises:
        HTTPException: 401 for nobody we know, 403 for a smaller scope or a write without its CSRF token.
    """

    def check(
        request: Request,
        authorization: Annotated[str | None, Header(max_length=LONGEST)] = None,
        x_csrf_token: Annotated[str | None, Header(max_length=LONGEST)] = None,
    ) -> None:
        scope = _scope(request, authorization, x_csrf_token)
        if scope is None:
            raise HTTPException(
                401, "a token is needed: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"}
            )
        if scope < wanted:
            raise HTTPException(403, f"the scope {wanted.label} is needed, this token has {scope.label}")

    return check


def is_logged_in(request: Request) -> bool:
    """Whether the request is of a browser with a session."""
    cookie = request.cookies.get(COOKIE)
    return cookie is not None and desk_of(request).sessions.is_known(cookie)


def is_still_let_in(request: Request) -> bool:
    """Whether who was let in to read would be let in again: its token may be another by now."""
    try:
        return _scope(request, request.headers.get("authorization"), None) is not None
    except StoreUnusable:
        return False


def _scope(request: Request, authorization: str | None, csrf: str | None) -> Scope | None:
    if authorization is not None:
        is_bearer = authorization[: len(BEARER)].lower() == BEARER
        return desk_of(request).tokens.scope_of(authorization[len(BEARER) :].strip()) if is_bearer else None
    cookie = request.cookies.get(COOKIE)
    if cookie is None or not desk_of(request).sessions.is_known(cookie):
        return None
    if request.method not in SAFE and (csrf is None or csrf != csrf_of(cookie)):
        raise HTTPException(403, "a write from a page needs its X-CSRF-Token")
    return Scope.ADMIN


READ, TRADE, ADMIN = (Depends(requires(scope)) for scope in Scope)
