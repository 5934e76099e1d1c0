"""Browsers: let in by a link that works once, known by a cookie from then on.

Sessions live in this process alone; a restart ends them. Of a cookie only its digest is kept. A link and a
session stand for the tokens under which they were made: new tokens end both.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeAlias

from tools.domain.clock import Clock
from tools.domain.identity import fresh_secret
from tools.domain.market import NANOS

COOKIE = "keeper_session"
LINK_NS = 600 * NANOS
SESSION_NS = 12 * 3_600 * NANOS
MOST = 64  # links, and sessions; the oldest give way
Held: TypeAlias = OrderedDict[str, tuple[int, str]]
"""Until when each counts, and under which seal it was made, by digest."""


def _unsealed() -> str:
    return ""


class Sessions:
    """Links not yet used and sessions not yet over; safe to share between threads.

    Args:
        clock: By which both run out.
        seal: What they are made under; once it is another, none of before counts.
    """

    def __init__(self, clock: Clock, seal: Callable[[], str] = _unsealed) -> None:
        self._clock, self._seal = clock, seal
        self._lock = Lock()
        self._links: Held = OrderedDict()
        self._sessions: Held = OrderedDict()

    def new_link(self) -> str:
        """A code that lets one browser in within ten minutes.

        Raises:
            StoreUnusable: The tokens it stands for cannot be read.
        """
        code, seal = fresh_secret(), self._seal()
        with self._lock:
            _keep(self._links, _digest(code), self._clock.now() + LINK_NS, seal)
        return code

    def exchange(self, code: str) -> str | None:
        """The cookie for ``code``, which is used up; None where it is unknown, used or too old."""
        seal = self._seal()
        with self._lock:
            if not self._counts(self._links.pop(_digest(code), None), seal):
                return None
            cookie = fresh_secret()
            _keep(self._sessions, _digest(cookie), self._clock.now() + SESSION_NS, seal)
        return cookie

    def is_known(self, cookie: str) -> bool:
        """Whether ``cookie`` is of a session that is not over."""
        seal = self._seal()
        with self._lock:
            return self._counts(self._sessions.get(_digest(cookie)), seal)

    def end(self, cookie: str) -> None:
        """Let the session be over."""
        with self._lock:
            self._sessions.pop(_digest(cookie), None)

    def _counts(self, found: tuple[int, str] | None, seal: str) -> bool:
        return found is not None and found[0] >= self._clock.now() and found[1] == seal


def csrf_of(cookie: str) -> str:
    """What a page of the session shows with each write; another site can neither read nor guess it."""
    return hmac.new(cookie.encode(), b"keeper csrf", hashlib.sha256).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _keep(held: Held, name: str, until: int, seal: str) -> None:
    held[name] = until, seal
    while len(held) > MOST:
        held.popitem(last=False)
