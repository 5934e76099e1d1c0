"""``keeper heartbeat check``: is the trading loop of the agent in this home alive?

Reads one small file, so that a timer may call it as often as it likes.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from keeper_agent.console import OUT, print_json
from keeper_agent.heart import ENDED, Heartbeat, read_heartbeat
from keeper_agent.settings import load_home
from tools.domain.clock import NS, Clock, SystemClock, iso
from tools.domain.errors import NotRunning


def check_heartbeat(*, older: float, home: Path | None, as_json: bool) -> None:
    """Say how old the last heartbeat is.

    Raises:
        NotRunning: There is none younger than ``older`` seconds, or the agent has ended.
    """
    place, clock = load_home(home), SystemClock()
    found = read_heartbeat(place)
    why = why_dead(found, place, clock, older)
    if as_json:
        age = None if found is None else (clock.now() - found.ts) / NS
        told = None if found is None else asdict(found)
        print_json({"is_alive": not why, "why": why, "age_s": age, "heartbeat": told})
    if why:
        raise NotRunning(why)
    if not as_json and found is not None:
        age = (clock.now() - found.ts) / NS
        OUT.print(f"alive: process {found.pid} was seen at work {age:.1f} s ago")


def why_dead(found: Heartbeat | None, home: Path, clock: Clock, older_s: float) -> str:
    """What is wrong with a heartbeat; empty where nothing is."""
    if found is None:
        return f"no heartbeat in {home}: no agent has traded there yet, or its file cannot be read"
    age = (clock.now() - found.ts) / NS
    if found.state == ENDED:
        return f"the agent in {home} ended in order at {iso(found.ts)}"
    if age > older_s:
        return f"the last heartbeat in {home} is {age:.0f} s old, more than {older_s:g}: {iso(found.ts)}"
    if age < -older_s:
        return f"the last heartbeat in {home} is stamped {-age:.0f} s ahead of this clock"
    return ""
