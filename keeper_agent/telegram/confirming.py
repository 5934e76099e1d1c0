"""What is dangerous is asked back once: a token that only its user knows, for one act, once, for a minute."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from threading import Lock

from tools.domain.clock import NS, Clock
from tools.domain.identity import fresh_secret

LASTS_S = 60
DIGITS = 12


@dataclass(frozen=True, slots=True)
class _Asked:
    token: str
    act: str
    until: int


class Confirmations:
    """What was asked back and not answered yet, at most one act a user.

    Args:
        clock: Tells what is over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: dict[int, _Asked] = {}
        self._lock = Lock()

    def ask(self, user: int, act: str) -> str:
        """The token with which ``user`` confirms ``act``; what was asked before counts no longer."""
        token = fresh_secret()[:DIGITS]
        with self._lock:
            self._asked[user] = _Asked(token, act, self._clock.now() + LASTS_S * NS)
        return token

    def take(self, user: int, token: str) -> str | None:
        """The act that ``token`` confirms, which it does once; None where it confirms nothing.

        A wrong token ends what was asked, so that guessing has one try.
        """
        with self._lock:
            asked = self._asked.pop(user, None)
        if asked is None or self._clock.now() >= asked.until:
            return None
        return asked.act if hmac.compare_digest(asked.token.encode(), token.encode()) else None
