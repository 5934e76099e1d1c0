"""What every request passes before anything of ours sees it: Host, Origin, and how much it may send.

A name of another site that resolves to this machine is refused by its Host, a page of another site by
its Origin. Every answer leaves with headers under which a browser loads and runs our own files alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY = 16_384  # bytes
MOST_TARGET = 4_096  # bytes of path and query
MOST_HEADERS = 16_384  # bytes of all names and values
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


class Guard:
    """The application ``app`` behind these checks.

    Args:
        app: What is guarded.
        hosts: Names of this machine that a request may be addressed to, without port.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

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
            await send(message)

        headers = Headers(scope=scope)
        fault = self._fault(scope, headers)
        if fault is None:
            body = await _body(receive) if scope["method"] not in SAFE else b""
            if body is None:
                fault = 413, f"a request has at most {MOST_BODY} bytes"
        if fault is not None:
            await JSONResponse({"error": fault[1]}, fault[0])(scope, receive, send_safely)
        elif scope["method"] in SAFE:
            await self._app(scope, receive, send_safely)
        else:
            await self._app(scope, _replay(body or b"", receive), send_safely)

    def _fault(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Status and sentence of what is wrong with the request line and headers."""
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


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is too long."""
    held = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(held)
        held += message.get("body", b"")
        if len(held) > MOST_BODY:
            return None
        if not message.get("more_body"):
            return bytes(held)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receiver that gives ``body`` first and then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give
