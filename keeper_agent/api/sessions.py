"""Browsers: let in by a link that works once, known by a cookie from then on.

Sessions live in this process alone; a restart ends them. Of a cookie only its digest is kept.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from threading import Lock

from tools.domain.clock import Clock
from tools.domain.identity import fresh_secret
from tools.domain.market import NANOS

COOKIE = "keeper_session"
LINK_NS = 600 * NANOS
SESSION_NS = 12 * 3_600 * NANOS
MOST = 64  # links, and sessions; the oldest give way


class Sessions:
    """Links not yet used and sessions not yet over; safe to share between threads.

    Args:
        clock: By which both run out.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._links: OrderedDict[str, int] = OrderedDict()
        self._sessions: OrderedDict[str, int] = OrderedDict()

    def new_link(self) -> str:
        """A code that lets one browser in within ten minutes."""
        code = fresh_secret()
        with self._lock:
            _keep(self._links, _digest(code), self._clock.now() + LINK_NS)
        return code

    def exchange(self, code: str) -> str | None:
        """The cookie for ``code``, which is used up; None where it is unknown, used or too old."""
        with self._lock:
            until = self._links.pop(_digest(code), None)
            if until is None or until < self._clock.now():
                return None
            cookie = fresh_secret()
            _keep(self._sessions, _digest(cookie), self._clock.now() + SESSION_NS)
        return cookie

    def is_known(self, cookie: str) -> bool:
        """Whether ``cookie`` is of a session that is not over."""
        with self._lock:
            until = self._sessions.get(_digest(cookie))
        return until is not None and until >= self._clock.now()

    def end(self, cookie: str) -> None:
        """Let the session be over."""
        with self._lock:
            self._sessions.pop(_digest(cookie), None)


def csrf_of(cookie: str) -> str:
    """What a page of the session shows with each write; another site can neither read nor guess it."""
    return hmac.new(cookie.encode(), b"keeper csrf", hashlib.sha256).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _keep(held: OrderedDict[str, int], name: str, until: int) -> None:
    held[name] = until
    while len(held) > MOST:
        held.popitem(last=False)
