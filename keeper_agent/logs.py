"""The log in the home folder: one JSON object a line, rotated, readable by the owner alone.

Names that smell of secrets are blanked before a line is written, and so are the secrets themselves.
"""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

from keeper_agent.settings import load_settings
from keeper_agent.veil import veiled
from tools.domain.clock import SystemClock, iso
from tools.domain.errors import StoreUnusable

SECRET = re.compile(r"key|secret|token|password|signature|authorization", re.IGNORECASE)
MOST_BYTES = 5_000_000
KEPT = 3


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank the values of fields that are named like secrets."""
    for name in event:
        if SECRET.search(name):
            event[name] = "[redacted]"
    return event


def hide_secrets(_: Any, __: str, line: Any) -> str:
    """The finished line without any secret this process was given."""
    return veiled(str(line))


def stamp(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the time, from the one clock."""
    event["time"] = iso(SystemClock().now())
    return event


def open_log(home: Path, level: str) -> Any:
    """A logger that writes to ``home/logs/keeper.log``.

    Raises:
        StoreUnusable: The log cannot be written.
    """
    folder = home / "logs"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "keeper.log"
        path.touch(mode=0o600)
        handler = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
    except OSError as error:
        raise StoreUnusable(f"cannot write the log in {folder}: {error.strerror}") from error
    logger = logging.getLogger("keeper")
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    logger.addHandler(handler)
    logger.setLevel(level.upper())
    logger.propagate = False
    return structlog.wrap_logger(
        logger,
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            stamp,
            redact,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
            hide_secrets,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def keep_traceback(home: Path | None, error: Exception) -> Path:
    """Write ``error`` with its traceback to the log of ``home``, by default the settings'; returns the file.

    Raises:
        KeeperError: The settings or the log are unusable.
    """
    home = load_settings(keeper_home=home).keeper_home
    open_log(home, "error").error("internal error", exc_info=error)
    return home / "logs" / "keeper.log"
