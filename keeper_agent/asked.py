"""What was asked just before, so that a follow-up question keeps its context."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import orjson

from prompts.questions import follows_on
from tools.domain.market import NANOS

FILE = "asked.json"
LASTS_NS = 1800 * NANOS
MOST = 8  # questions a chain of follow-ups may have


class Conversation:
    """The last questions put to one home; lost or damaged, it is merely forgotten."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def before(self, question: str, now: int) -> tuple[str, ...]:
        """The questions that ``question`` follows on from at ``now``, ns; none where it stands alone."""
        if not follows_on(question):
            return ()
        try:
            kept = orjson.loads(self._path.read_bytes())
            questions = tuple(str(one) for one in kept["questions"])
            return questions if 0 <= now - int(kept["ts"]) <= LASTS_NS else ()
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return ()

    def keep(self, question: str, before: Sequence[str], now: int) -> None:
        """Remember that ``question`` was asked and answered."""
        questions = [*before, question][-MOST:]
        made = self._path.with_name(f".{FILE}.{os.getpid()}")
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(orjson.dumps({"ts": now, "questions": questions}))
        made.replace(self._path)
