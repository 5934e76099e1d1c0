"""What the bot can change: the kill switch and the pause. Files count; a running agent is told as well."""

from __future__ import annotations

from pathlib import Path

from keeper_agent.controlling import Refused, tell
from keeper_agent.telegram.words import Words
from tools.domain.errors import NotRunning
from tools.execution.kill import KillSwitch, PauseSwitch

KILL, RESUME, STOP_ENTRY = "kill", "resume", "stopentry"


def switch(home: Path, act: str, words: Words, user: int) -> list[str]:
    """Do ``act`` and say what came of it.

    Raises:
        StoreUnusable: The file cannot be written or removed.
    """
    reason = f"telegram user {user}"
    if act == RESUME:
        KillSwitch(home).clear()
        PauseSwitch(home).clear()
        return [words("done.resume"), _heard(home, "resume", words)]
    if act == KILL:
        KillSwitch(home).set(reason)
        return [words("done.kill"), _heard(home, "kill", words, reason=reason)]
    PauseSwitch(home).set(reason)
    return [words("done.stopentry"), _heard(home, "pause", words, reason=reason)]


def _heard(home: Path, do: str, words: Words, **given: str) -> str:
    try:
        tell(home, do, **given)
    except NotRunning:
        return words("unheard")
    except Refused as refused:
        return words("refused", reason=refused)
    return words("heard")
