"""Server-sent events: how the agent stands, each time that it changed, at most once a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
from fastapi import APIRouter, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from keeper_agent.api.access import READ, desk_of
from keeper_agent.api.desk import Desk
from tools.domain.errors import KeeperError

EVERY_S = 1.0
QUIET = 15  # looks without a change until a comment keeps the line open
MOST_STREAMS = 16
router = APIRouter(prefix="/api", tags=["live"], dependencies=[READ])


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "events `status` and `fault`"}},
)
async def events(request: Request) -> StreamingResponse:
    """A stream of events: ``status`` as ``/api/status`` has it, ``fault`` with a sentence where it cannot."""
    state = request.app.state
    if state.streams >= MOST_STREAMS:
        raise HTTPException(503, f"at most {MOST_STREAMS} streams are served at a time")
    state.streams += 1

    async def counted() -> AsyncIterator[bytes]:
        try:
            async for event in _changes(desk_of(request), state):
                yield event
        finally:
            state.streams -= 1

    return StreamingResponse(counted(), media_type="text/event-stream")


async def _changes(desk: Desk, state: object) -> AsyncIterator[bytes]:
    last, quiet = b"", 0
    while not getattr(state, "is_closing", False):
        event = await run_in_threadpool(_event, desk)
        quiet = 0 if event != last else quiet + 1
        if quiet == 0:
            yield event
        elif quiet % QUIET == 0:
            yield b": still here\n\n"
        last = event
        await asyncio.sleep(EVERY_S)


def _event(desk: Desk) -> bytes:
    try:
        name, told = b"status", desk.status()
    except KeeperError as error:
        name, told = b"fault", {"error": str(error)}
    return b"event: " + name + b"\ndata: " + orjson.dumps(told) + b"\n\n"
