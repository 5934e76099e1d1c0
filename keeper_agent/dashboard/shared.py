"""Pieces of pages that all browsers fetch at the same moment are made once for all of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from fastapi import Request
from starlette.responses import HTMLResponse

from tools.domain.clock import NS, Stopwatch, SystemStopwatch

FRESH_S = 2.0
MOST = 32  # pieces; what was not asked for longest gives way


@dataclass(frozen=True, slots=True)
class Made:
    """A piece, how far the record had grown before it was made, and when that was."""

    body: bytes
    grown: int
    at: int


class Shared:
    """Keeps what was made for two seconds, and never beyond the next growth that was told.

    A piece must be the same for everybody who may see it: nothing of a session may be in it.

    Args:
        watch: By which it becomes old.
    """

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch
        self._lock = Lock()
        self._made: OrderedDict[str, Made] = OrderedDict()

    def piece(self, name: str, grown: int, make: Callable[[], bytes]) -> bytes:
        """What ``make`` makes for ``name``, or what it made a moment ago; safe to call from any thread.

        Args:
            name: What is asked for, with all that it depends on.
            grown: How often it was told by now that the record grew.
            make: Makes it; one at a time.
        """
        with self._lock:
            found, now = self._made.pop(name, None), self._watch.elapsed()
            if found is None or found.grown != grown or now - found.at > FRESH_S * NS:
                found = Made(make(), grown, now)
            self._made[name] = found
            while len(self._made) > MOST:
                self._made.popitem(last=False)
            return found.body


def shared_piece(request: Request, make: Callable[[], HTMLResponse]) -> HTMLResponse:
    """The piece at the address of ``request``, made once for all who ask for it at the same moment."""
    state, url = request.app.state, request.url
    body = state.shared.piece(f"{url.path}?{url.query}", state.pulse.grown, lambda: bytes(make().body))
    return HTMLResponse(body)


def new_shared() -> Shared:
    """An empty one by the machine's own time."""
    return Shared(SystemStopwatch())
