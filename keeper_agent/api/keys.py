"""Writes that were answered: the same Idempotency-Key gets the same answer and nothing is done again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from tools.domain.errors import BadUsage

MOST = 1_024  # keys; the oldest give way


class Answered:
    """Answers by key, for as long as this process lives."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: OrderedDict[str, tuple[Any, Any]] = OrderedDict()

    def once(self, key: str, asked: Any, do: Callable[[], Any]) -> Any:
        """What ``do`` gave for ``key`` the first time; one that raised is tried again.

        Raises:
            BadUsage: The key was used for something else.
        """
        with self._lock:  # a write at a time: two of one key at one instant are one write
            if key in self._held:
                before, answer = self._held[key]
                if before != asked:
                    raise BadUsage("this Idempotency-Key was used for another request")
                return answer
            answer = do()
            self._held[key] = asked, answer
            while len(self._held) > MOST:
                self._held.popitem(last=False)
            return answer
