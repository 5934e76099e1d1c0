"""``keeper kill``, ``pause`` and ``resume``: forbid entries, and allow them again.

The file is what counts: it works beside a running agent and when the database, the settings or
the network do not. An agent that runs is told as well, and says that it has heard.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from keeper_agent.console import OUT, print_json
from keeper_agent.controlling import Refused, tell
from keeper_agent.settings import load_home
from tools.domain.errors import NotRunning
from tools.execution.kill import KillSwitch, PauseSwitch


def kill(*, reason: str, home: Path | None, as_json: bool) -> None:
    """Set the kill switch."""
    place = load_home(home)
    switch = KillSwitch(place)
    switch.set(reason)
    heard = _told(place, "kill", reason=switch.reason())
    if as_json:
        print_json({"killed": True, "file": str(switch.path), "reason": switch.reason(), "heard": heard})
        return
    OUT.print(f"entries are forbidden until keeper resume: {switch.path}", soft_wrap=True, markup=False)
    _say_heard(heard)


def pause(*, reason: str, home: Path | None, as_json: bool) -> None:
    """Set the pause."""
    place = load_home(home)
    switch = PauseSwitch(place)
    switch.set(reason)
    heard = _told(place, "pause", reason=switch.reason())
    if as_json:
        print_json({"paused": True, "file": str(switch.path), "reason": switch.reason(), "heard": heard})
        return
    OUT.print(f"nothing new is entered until keeper resume: {switch.path}", soft_wrap=True, markup=False)
    _say_heard(heard)


def resume(*, home: Path | None, as_json: bool) -> None:
    """Clear the kill switch and the pause; where neither is set this says so."""
    place = load_home(home)
    switch, halt = KillSwitch(place), PauseSwitch(place)
    was_set, was_paused = switch.clear(), halt.clear()
    heard = _told(place, "resume")
    if as_json:
        told = {"killed": False, "paused": False, "was_set": was_set, "was_paused": was_paused}
        print_json({**told, "file": str(switch.path), "heard": heard})
        return
    cleared = [one.NAME for one, was in ((switch, was_set), (halt, was_paused)) if was]
    named = f" ({' and '.join(cleared)} cleared)"
    word = f"entries are allowed again{named}" if cleared else "the kill switch was not set, nor the pause"
    OUT.print(f"{word}: {place}", soft_wrap=True, markup=False)
    _say_heard(heard)


def _told(home: Path, word: str, **words: Any) -> bool | str:
    """Whether a running agent has heard it; False where none runs, else what it said instead."""
    try:
        tell(home, word, **words)
    except NotRunning:
        return False
    except Refused as refused:
        return str(refused)
    return True


def _say_heard(heard: bool | str) -> None:
    if heard is True:
        OUT.print("the running agent has heard it", style="dim")
    elif heard is False:
        OUT.print("no agent is running; the next one will heed it", style="dim")
    else:
        OUT.print(f"the file counts all the same, but {heard}", style="yellow", markup=False, soft_wrap=True)
