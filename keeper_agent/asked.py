"""What was asked just before, so that a follow-up question keeps its context."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from tools.domain.market import NANOS

FILE = "asked.json"
LASTS_NS = 1800 * NANOS
MOST = 8  # questions a chain of follow-ups may have


@dataclass(frozen=True, slots=True)
class Talk:
    """The questions asked so far, oldest first, and the decisions that the last answer showed."""

    questions: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def then(self, question: str, shown: Sequence[str]) -> Talk:
        """The talk after ``question`` was answered."""
        return Talk((*self.questions, question)[-MOST:], tuple(shown))


class Conversation:
    """The last questions put to one home; lost or damaged, they are merely forgotten."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def recall(self, now: int) -> Talk:
        """What was said until ``now``, ns; nothing where it is too long ago."""
        try:
            kept = orjson.loads(self._path.read_bytes())
            talk = Talk(*(tuple(str(one) for one in kept[name]) for name in ("questions", "shown")))
            return talk if 0 <= now - int(kept["ts"]) <= LASTS_NS else Talk()
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return Talk()

    def keep(self, talk: Talk, now: int) -> None:
        """Remember what was said, for its owner alone."""
        made = self._path.with_name(f".{FILE}.{os.getpid()}")
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(orjson.dumps({"ts": now, "questions": talk.questions, "shown": talk.shown}))
        made.replace(self._path)
