"""A request, whichever socket it came by, and what may be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from venue.binance import errors
from venue.binance.desk import Desk
from venue.binance.parameters import Params
from venue.serving.keys import ApiKey


class Security(Enum):
    """What a request must prove."""

    NONE = 0
    KEY = 1  # a key that exists
    SIGNED = 2  # and a signature in time
    TRADE = 3  # and the right to trade


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
            raise errors.malformed_key()
        return self.key.account


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that may be asked: a name for faults, a price in weight, an answer."""

    name: str
    handler: Handler
    security: Security = Security.NONE
    weight: int | Callable[[Params], int] = 1

    def cost(self, params: Params) -> int:
        """The weight of a request."""
        return self.weight if isinstance(self.weight, int) else self.weight(params)
