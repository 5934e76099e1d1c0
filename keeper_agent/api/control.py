"""The one thing the API can change: the kill switch."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, Request

from keeper_agent.api.access import ADMIN, desk_of
from keeper_agent.api.desk import Desk
from keeper_agent.api.shapes import Switch, Switched
from keeper_agent.controlling import Refused, tell
from tools.domain.errors import NotRunning
from tools.execution.kill import KillSwitch

Key = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[A-Za-z0-9_-]{8,64}$")]
router = APIRouter(prefix="/api", tags=["control"], dependencies=[ADMIN])


@router.post("/kill")
def kill(request: Request, wanted: Switch, idempotency_key: Key) -> Switched:
    """Forbid entries, or allow them again; the file counts, and a running agent is told as well.

    Clearing it here leaves a pause as it is.
    """
    desk = desk_of(request)
    answer: Switched = desk.answered.once(idempotency_key, wanted, lambda: _switch(desk, wanted))
    return answer


def _switch(desk: Desk, wanted: Switch) -> Switched:
    switch, heard = KillSwitch(desk.home), False
    if wanted.killed:
        switch.set(wanted.reason)
    else:
        switch.clear()
    with suppress(NotRunning, Refused):  # the file is what counts
        tell(desk.home, "ping")
        heard = True
    return Switched(killed=switch.is_set, reason=switch.reason() if switch.is_set else "", heard=heard)
