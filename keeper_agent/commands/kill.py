"""``keeper kill`` and ``keeper resume``: forbid entries, and allow them again.

They touch one file and nothing else, so that they work beside a running agent and when the
database, the settings or the network do not.
"""

from __future__ import annotations

from pathlib import Path

from keeper_agent.console import OUT, print_json
from keeper_agent.settings import load_home
from tools.execution.kill import KillSwitch


def kill(*, reason: str, home: Path | None, as_json: bool) -> None:
    """Set the kill switch."""
    switch = KillSwitch(load_home(home))
    switch.set(reason)
    if as_json:
        print_json({"killed": True, "file": str(switch.path), "reason": switch.reason()})
    else:
        OUT.print(f"entries are forbidden until keeper resume: {switch.path}", soft_wrap=True, markup=False)


def resume(*, home: Path | None, as_json: bool) -> None:
    """Clear the kill switch; where it is not set this says so."""
    switch = KillSwitch(load_home(home))
    was_set = switch.clear()
    if as_json:
        print_json({"killed": False, "was_set": was_set, "file": str(switch.path)})
    else:
        word = "entries are allowed again" if was_set else "the kill switch was not set"
        OUT.print(f"{word}: {switch.path}", soft_wrap=True, markup=False)
