"""Broken promises, counted: one line in a file of the home for each time a command ended because of one."""

from __future__ import annotations

import os
from pathlib import Path

import orjson

from keeper_agent.veil import veiled
from tools.domain.clock import SystemClock, iso

BROKEN_FILE = "broken.jsonl"
MOST_BYTES = 1 << 20
LONGEST = 500  # characters of a message that are kept


def note_broken(home: Path, message: str) -> None:
    """Add a line; a file that is full stays as it is, so that it cannot eat the disk.

    Raises:
        OSError: It cannot be written.
    """
    line = {"time": iso(SystemClock().now()), "message": veiled(message)[:LONGEST]}
    descriptor = os.open(home / BROKEN_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        if file.tell() < MOST_BYTES:
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def count_broken(home: Path) -> int:
    """How many there were.

    Raises:
        OSError: The file is there and cannot be read.
    """
    try:
        return (home / BROKEN_FILE).read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0
