"""Who asks: a program with a token, or a browser with the cookie of its session; told in OpenAPI as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from keeper_agent.api.desk import Desk
from keeper_agent.api.guard import SAFE
from keeper_agent.api.sessions import COOKIE, csrf_of
from keeper_agent.api.tokens import Scope
from tools.domain.errors import StoreUnusable

BEARER = "bearer "
LONGEST = 256  # characters of a credential
TOKEN = HTTPBearer(
    scheme_name="token",
    auto_error=False,
    description="read, trade or admin, each including those before, of api-tokens.json in the home",
)
SESSION = APIKeyCookie(
    name=COOKIE,
    scheme_name="session",
    auto_error=False,
    description="of a browser that came by a link; a write needs X-CSRF-Token as well",
)


def desk_of(request: Request) -> Desk:
    """The desk this application answers from."""
    desk: Desk = request.app.state.desk
    return desk


def requires(wanted: Scope) -> Callable[..., None]:
    """A dependency that lets pass who has ``wanted``; what the two schemes found serves OpenAPI alone.

    Raises:
        HTTPException: 401 for nobody we know, 403 for a smaller scope or a write without its CSRF token.
    """
    by_token = Security(TOKEN, scopes=[wanted.label])

    def check(
        request: Request,
        _session: Annotated[object, Security(SESSION)],
        _token: object = by_token,
        x_csrf_token: Annotated[str | None, Header(max_length=LONGEST)] = None,
    ) -> None:
        let_in(request, wanted, x_csrf_token)

    return check


def let_in(request: Request, wanted: Scope, csrf: str | None = None) -> None:
    """Return where whoever asks has ``wanted``.

    Raises:
        HTTPException: 401 for nobody we know, 403 for a smaller scope or a write without its CSRF token.
    """
    scope = _scope(request, csrf)
    if scope is None:
        raise HTTPException(401, "a token is needed: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})
    if scope < wanted:
        raise HTTPException(403, f"the scope {wanted.label} is needed, this token has {scope.label}")


def bearer_of(request: Request) -> str | None:
    """The token that a program sends; empty where it sends something else, None where it sends nothing."""
    told = request.headers.get("authorization")
    if told is None:
        return None
    return told[len(BEARER) :].strip() if told[: len(BEARER)].lower() == BEARER else ""


def is_logged_in(request: Request) -> bool:
    """Whether the request is of a browser with a session."""
    cookie = request.cookies.get(COOKIE)
    return cookie is not None and desk_of(request).sessions.is_known(cookie)


def is_still_let_in(request: Request) -> bool:
    """Whether who was let in to read would be let in again: its token may be another by now."""
    try:
        return _scope(request, None) is not None
    except StoreUnusable:
        return False


def _scope(request: Request, csrf: str | None) -> Scope | None:
    token = bearer_of(request)
    if token is not None:
        return desk_of(request).tokens.scope_of(token)
    cookie = request.cookies.get(COOKIE)
    if cookie is None or not desk_of(request).sessions.is_known(cookie):
        return None
    if request.method not in SAFE and (csrf is None or csrf != csrf_of(cookie)):
        raise HTTPException(403, "a write from a page needs its X-CSRF-Token")
    return Scope.ADMIN


READ, TRADE, ADMIN = (Depends(requires(scope)) for scope in Scope)
