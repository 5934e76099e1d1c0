"""What every request passes before anything of ours sees it: Host, Origin, how much it sends and how long.

A name of another site that resolves to this machine is refused by its Host, a page of another site by
its Origin. Every answer leaves with headers under which a browser loads and runs our own files alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keeper_agent.api.heads import ONCE, answer_head, with_head

MOST_BODY = 16_384  # bytes
MOST_TARGET = 4_096  # bytes of path and query
MOST_HEADERS = 16_384  # bytes of all names and values
MOST_REQUESTS = 64  # at a time; connections that wait for none do not count
BODY_S = 10.0  # for the whole body of a request
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
CACHE = "cache-control"
Fault: TypeAlias = tuple[int, str]
"""Status and sentence of a refusal."""


class Guard:
    """The application ``app`` behind these checks.

    Args:
        app: What is guarded.
        hosts: Names of this machine that a request may be addressed to, without port.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                leaving = MutableHeaders(scope=message)
                leaving.update(HEADERS)
                leaving.setdefault(CACHE, "no-store")
                if message["status"] == 405 and scope["path"] != ONCE:
                    leaving["allow"] = with_head(leaving.get("allow", ""))
            await send(message)

        self._under_way += 1
        try:
            await self._pass(scope, receive, send_safely)
        finally:
            self._under_way -= 1

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        fault, body = self._fault(scope, headers), b""
        if fault is None and scope["method"] not in SAFE:
            fault, body = await _body(receive)
        if fault is not None:
            await JSONResponse({"error": fault[1]}, fault[0])(scope, receive, send)
        elif scope["method"] == "HEAD":
            await answer_head(self._app, scope, send)
        elif scope["method"] in SAFE:
            await self._app(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)

    def _fault(self, scope: Scope, headers: Headers) -> Fault | None:
        """Status and sentence of what is wrong with the request line and headers, or with so many of them."""
        if self._under_way > MOST_REQUESTS:
            return 503, f"at most {MOST_REQUESTS} requests are served at a time; ask again in a moment"
        if len(scope["raw_path"]) + len(scope["query_string"]) > MOST_TARGET:
            return 414, f"an address has at most {MOST_TARGET} bytes"
        if sum(len(name) + len(value) for name, value in headers.raw) > MOST_HEADERS:
            return 431, f"headers have at most {MOST_HEADERS} bytes"
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _name(hosts[0]) not in self._hosts:
            return 421, "this Host is not served here; KEEPER_API_HOSTS names those that are"
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none") and not _is_visit(headers):
            return 403, "requests from other sites are refused"
        origin = headers.get("origin")
        if origin is not None and origin != f"{scope['scheme']}://{hosts[0]}":
            return 403, "requests of another Origin are refused"
        return None


def _is_visit(headers: Headers) -> bool:
    """Whether somebody followed a link, which shows them a page and nothing to the other site."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _name(host: str) -> str:
    """The name in a Host header, lower case; empty where it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    is_plain = parts.path == parts.query == parts.fragment == "" and parts.username is None
    return (parts.hostname or "") if is_plain else ""


async def _body(receive: Receive) -> tuple[Fault | None, bytes]:
    """What is wrong with the body, and all of it."""
    held = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            while len(held) <= MOST_BODY:
                message = await receive()
                held += message.get("body", b"")
                if message["type"] != "http.request" or not message.get("more_body"):
                    break
    except TimeoutError:
        return (408, f"the body of a request has {BODY_S:.0f} s to come"), b""
    is_long = len(held) > MOST_BODY
    return (413, f"a request has at most {MOST_BODY} bytes") if is_long else None, bytes(held)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receiver that gives ``body`` first and then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give
