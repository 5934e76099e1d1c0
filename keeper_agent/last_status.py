"""What is known of an agent that no longer runs: how it stood when it last said so, in a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

LAST_FILE = "status.json"


def keep_last(home: Path, status: Mapping[str, Any]) -> None:
    """Write ``status`` whole or not at all; the owner alone may read it."""
    path, fresh = home / LAST_FILE, home / f".{LAST_FILE}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(status, option=orjson.OPT_NON_STR_KEYS))
    fresh.replace(path)


def read_last(home: Path) -> dict[str, Any] | None:
    """What an agent last left there; None where nothing readable is."""
    try:
        found = orjson.loads((home / LAST_FILE).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None
