"""What stands above every page: whether money is real, and whether anybody trades at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keeper_agent.api.desk import Desk
from keeper_agent.last_status import read_last
from tools.domain.errors import NotRunning
from tools.domain.trading import World
from tools.execution.kill import KillSwitch, PauseSwitch

LIVE, PAPER, NOBODY = "live", "paper", "nobody"
TOLD = {
    World.LIVE: (LIVE, "LIVE", "real money at an exchange"),
    World.VENUE: (PAPER, "PAPER", "play money at a local exchange"),
    World.RECORDED: (PAPER, "PAPER", "a recorded market, fills are simulated"),
}


@dataclass(frozen=True, slots=True)
class Banner:
    """What is told.

    Attributes:
        kind: ``live``, ``paper`` or ``nobody``.
        label: In capitals.
        text: What that means.
        status: How the running agent stands; None where none runs.
        killed: Whether entries are forbidden until somebody allows them.
        paused: Whether nothing new is to be entered for now.
        reason: What was said then.
    """

    kind: str
    label: str
    text: str
    status: Mapping[str, Any] | None
    killed: bool
    paused: bool
    reason: str


def banner_of(desk: Desk) -> Banner:
    """How it stands now."""
    kill, pause = KillSwitch(desk.home), PauseSwitch(desk.home)
    reason = next((one.reason() for one in (kill, pause) if one.is_set), "")
    try:
        status: Mapping[str, Any] | None = desk.status()
    except NotRunning as why:
        status, told = None, (NOBODY, "NO AGENT RUNS", _nobody(desk, str(why)))
    if status is not None:
        told = TOLD[World(status["world"])]
    return Banner(*told, status, kill.is_set, pause.is_set, reason)


def _nobody(desk: Desk, why: str) -> str:
    if why.endswith("is starting"):
        return "an agent is starting; what you see is the record"
    last = read_last(desk.home)
    if last is None or last.get("world") not in {one.value for one in TOLD}:
        return "what you see is the record"
    label = TOLD[World(last["world"])][1]
    return (
        f"what you see is the record; last seen {str(last.get('time'))[:19].replace('T', ' ')} UTC, {label}"
    )
