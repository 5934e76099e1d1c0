"""A request, what may be asked, and what a request must prove."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from venue.mexc import errors
from venue.mexc.desk import Desk
from venue.mexc.parameters import Params
from venue.serving.keys import ApiKey, sign

AHEAD_MS = 1_000
DEFAULT_WINDOW_MS = 5_000
MOST_WINDOW_MS = 60_000


class Security(Enum):
    """What a request must prove."""

    NONE = 0
    SIGNED = 1  # a key that exists, and a signature in time
    TRADE = 2  # and the right to trade


@dataclass(frozen=True, slots=True)
class Call:
    """One request that has been let in."""

    desk: Desk
    params: Params
    key: ApiKey | None = None
    is_stale: bool = False

    @property
    def account(self) -> int:
        """The account it is made for."""
        if self.key is None:
            raise errors.no_such_key()
        return self.key.account


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that may be asked: a name for faults, an answer, a price in weight."""

    name: str
    handler: Handler
    security: Security = Security.NONE
    weight: int = 1


def check(secret: str, text: str, signature: str, params: Mapping[str, str], now_ms: int) -> None:
    """Refuse a forged request, and one from outside the window that it names itself.

    Raises:
        Refusal: It is one of these.
    """
    if not signature:
        raise errors.missing("signature")
    given = Params(params)
    stamp, window = given.integer("timestamp"), given.integer("recvWindow")
    window = DEFAULT_WINDOW_MS if window is None else window
    if stamp is None:
        raise errors.missing("timestamp")
    if not 0 < window <= MOST_WINDOW_MS:
        raise errors.window_too_wide()
    if stamp > now_ms + AHEAD_MS or now_ms - stamp > window:
        raise errors.out_of_window()
    if not hmac.compare_digest(sign(secret, text).encode(), signature.lower().encode()):
        raise errors.bad_signature()
