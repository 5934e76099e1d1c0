"""HEAD: what GET would answer, without its body.

The application is asked by GET, so that whoever may not see the body is refused the same way. One address is
left out: the link that lets a browser in works once, and who only looks at its head (programs that show what
is behind a link do) must not use it up.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ONCE = "/login"


async def answer_head(app: ASGIApp, scope: Scope, send: Send) -> None:
    """Answer a request of method HEAD by what ``app`` answers to GET; a stream ends with its headers."""
    is_told = asyncio.Event()

    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            is_told.set()

    asked = scope if scope["path"] == ONCE else {**scope, "method": "GET"}
    await app(asked, _nothing_until(is_told), send_head)


def with_head(allowed: str) -> str:
    """The methods of an Allow header, and HEAD beside GET.

    >>> with_head("POST, GET"), with_head("POST")
    ('GET, HEAD, POST', 'POST')
    """
    names = {one.strip() for one in allowed.split(",")} - {""}
    return ", ".join(sorted(names | ({"HEAD"} if "GET" in names else set())))


def _nothing_until(is_told: asyncio.Event) -> Receive:
    """A receiver of a request without a body, whose sender leaves once it was answered."""
    has_come = False

    async def give() -> Message:
        nonlocal has_come
        if not has_come:
            has_come = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await is_told.wait()
        return {"type": "http.disconnect"}

    return give


def described_heads(told: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI description with a HEAD beside each GET that has one: its answers have no content."""
    for path, ways in told["paths"].items():
        if "get" not in ways or path == ONCE:
            continue
        get = ways["get"]
        responses = {code: {"description": one["description"]} for code, one in get["responses"].items()}
        name = f"{get['operationId']}_head"
        summary = f"{get.get('summary', path)}: headers alone"
        told_head = {key: value for key, value in get.items() if key not in ("description", "requestBody")}
        ways["head"] = {**told_head, "summary": summary, "operationId": name, "responses": responses}
    return told
