"""Before real money moves: is our clock right, and can the key do no more than it must?

What the venue tells of a key is asked of the venue itself, over the client that will trade.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tools.domain.clock import Clock
from tools.domain.errors import BadUsage, KeeperError
from tools.execution.verdicts import reason_of

MOST_CLOCK_ERROR_MS = 1_000.0
MS = 1_000_000
QUERY = re.compile(r"\?\S*")


class VenueClosedToUs(KeeperError):
    """The venue could not be reached or did not let us in."""


async def admit(client: Any, venue: str, clock: Clock) -> None:
    """Refuse to trade with a wrong clock or with a key that could empty the account.

    Raises:
        BadUsage: The clock is off, or the key may withdraw, or may not trade.
    """
    await refuse_wrong_clock(client, clock)
    await _RIGHTS[venue](client)


async def refuse_wrong_clock(client: Any, clock: Clock) -> None:
    """Compare our clock with the venue's; half of the way there and back is allowed for.

    Raises:
        BadUsage: They differ by more than a second.
    """
    asked = clock.now()
    there = int(await client.fetch_time())
    answered = clock.now()
    way_ms = (answered - asked) / 2 / MS
    error_ms = (asked + answered) / 2 / MS - there
    if abs(error_ms) > MOST_CLOCK_ERROR_MS + way_ms:
        raise BadUsage(
            f"this machine's clock must be within {MOST_CLOCK_ERROR_MS:.0f} ms of the venue's, "
            f"was {error_ms:+.0f} ms off; set it, for example with timedatectl set-ntp true"
        )


async def _binance_rights(client: Any) -> None:
    _judge(await client.sapi_get_account_apirestrictions())


def _judge(rights: Mapping[str, Any]) -> None:
    for name, may in (("enableWithdrawals", "withdraw"), ("enableInternalTransfer", "transfer")):
        if rights.get(name) is not False:
            raise BadUsage(
                f"KEEPER_API_KEY may {may} money ({name} is {rights.get(name)}); use one that may only trade"
            )
    if rights.get("enableSpotAndMarginTrading") is not True:
        raise BadUsage("KEEPER_API_KEY may not trade (enableSpotAndMarginTrading is not true)")


async def _mexc_rights(client: Any) -> None:
    """MEXC tells what the account may do, and nothing of the key."""
    told = (await client.fetch_balance()).get("info", {})
    if told.get("canTrade") is not True:
        raise BadUsage("the account may not trade (canTrade is not true)")


_RIGHTS: dict[str, Callable[[Any], Awaitable[None]]] = {"binance": _binance_rights, "mexc": _mexc_rights}
TELLING = frozenset({"binance"})  # venues that say what a key may do


def in_one_line(error: BaseException) -> str:
    """What a client's error says, without the query of its url: that holds a signature."""
    return QUERY.sub("", reason_of(error))
