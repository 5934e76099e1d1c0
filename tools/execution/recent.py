"""What was traded just before a session began, so that the tape need not fill anew."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

import numpy as np

from tools.domain.market import Instrument, Side, to_units
from tools.market.events import EVENT, LAST, PRINT, Events

MS = 1_000_000
MOST = 1_000  # prints asked for; a thin coin has far fewer in a minute
SIDES = {"buy": Side.BUY, "sell": Side.SELL}


class TradesClient(Protocol):
    """What is used of a ccxt client."""

    async def fetch_trades(
        self, symbol: str, since: Any = None, limit: Any = None, params: Any = ..., /
    ) -> Any:
        """The public trades of a symbol, in the library's structure."""
        ...


async def recent_prints(client: TradesClient, instrument: Instrument, since: int, now: int) -> Events:
    """The prints of ``instrument`` from ``since`` to ``now``, ns, in order.

    Nobody saw them come in, so each counts as received when the venue says it happened. What
    the library tells of a trade is checked like anything from outside: a trade that is not on
    the grid or outside the time asked for is left out.
    """
    symbol = f"{instrument.base}/{instrument.quote}"
    # MEXC answers for a span alone; the end is rounded up, so that the last millisecond is in it
    trades = await client.fetch_trades(symbol, since // MS, MOST, {"until": -(-now // MS)})
    events = np.zeros(len(trades), EVENT)
    count = 0
    for trade in sorted(trades, key=lambda one: int(one["timestamp"])):
        ts = int(trade["timestamp"]) * MS
        price, size = to_units(Decimal(str(trade["price"]))), to_units(Decimal(str(trade["amount"])))
        if not since <= ts <= now or price <= 0 or size <= 0 or price % instrument.tick:
            continue
        side = int(SIDES[trade["side"]]) if trade["side"] in SIDES else 0
        events[count] = (ts, ts, price, size, PRINT, side, LAST)
        count += 1
    return events[:count]
