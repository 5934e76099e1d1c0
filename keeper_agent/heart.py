"""The heartbeat file: its age tells whoever looks from outside whether the trading loop is alive.

It is written beside the loop, and only while the loop has been seen at work lately: a process whose loop
hangs grows a stale heartbeat like one that died. An agent that ends in order says so in it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import orjson

from tools.domain.clock import NS, Clock

HEART_FILE = "heartbeat.json"
BEATING, ENDED = "beating", "ended"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the file says: when it was written, ns, by which process, and whether that one goes on."""

    ts: int
    pid: int
    state: str


def write_heartbeat(home: Path, clock: Clock, state: str = BEATING) -> None:
    """Say that the agent is in ``state`` now; the file is whole at every moment.

    Raises:
        OSError: It cannot be written.
    """
    path, fresh = home / HEART_FILE, home / f".{HEART_FILE}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:  # not synced: after a power cut nobody is alive anyway
        file.write(orjson.dumps({"ts": clock.now(), "pid": os.getpid(), "state": state}))
    fresh.replace(path)


def read_heartbeat(home: Path) -> Heartbeat | None:
    """What was written last; None where nothing readable is."""
    try:
        found = orjson.loads((home / HEART_FILE).read_bytes())
        return Heartbeat(int(found["ts"]), int(found["pid"]), str(found["state"]))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def heartbeat_age_s(home: Path, clock: Clock) -> float | None:
    """Seconds since the last heartbeat; None where there is none."""
    found = read_heartbeat(home)
    return None if found is None else max(0, clock.now() - found.ts) / NS
