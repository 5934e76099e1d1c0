"""Server-sent events: how the agent stands, each time that it changed, at most ten times a second."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import StreamingResponse

from keeper_agent.api.access import READ, is_still_let_in
from keeper_agent.api.pulse import Pulse

MOST_STREAMS = 16
router = APIRouter(prefix="/api", tags=["live"], dependencies=[READ])


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "events `status`, `grown` and `fault`"}
    },
)
async def events(request: Request) -> StreamingResponse:
    """A stream of events: ``status`` as ``/api/status`` has it, ``fault`` with a sentence where it cannot.

    ``grown`` tells that the record grew, how often by now, at most every two seconds.
    It ends once whoever listens would no longer be let in.
    """
    pulse: Pulse = request.app.state.pulse
    if pulse.listeners >= MOST_STREAMS:
        raise HTTPException(503, f"at most {MOST_STREAMS} streams are served at a time")

    async def told() -> AsyncIterator[bytes]:
        async for event in pulse.listen(lambda: is_still_let_in(request)):
            yield event

    return StreamingResponse(told(), media_type="text/event-stream")
