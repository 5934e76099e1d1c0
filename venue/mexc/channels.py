"""The names of streams, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from venue.mexc.words import STREAM_INTERVALS_MS

AGGREGATED = re.compile(
    r"^spot@public\.aggre\.(?P<kind>depth|deals|bookTicker)\.v3\.api\.pb@(?P<pace>10|100)ms@(?P<symbol>[A-Z0-9]+)$"
)
KLINE = re.compile(r"^spot@public\.kline\.v3\.api\.pb@(?P<symbol>[A-Z0-9]+)@(?P<interval>[A-Za-z0-9]+)$")
ORDERS = "spot@private.orders.v3.api.pb"
DEALS = "spot@private.deals.v3.api.pb"
ACCOUNT = "spot@private.account.v3.api.pb"
PRIVATE = frozenset({ORDERS, DEALS, ACCOUNT})


@dataclass(frozen=True, slots=True)
class Channel:
    """A public stream: what of which symbol, and how often."""

    name: str
    symbol: str
    kind: str
    period_ms: int
    interval: str = ""
    interval_ms: int = 0


def channel_of(name: str, kline_ms: int = 2_000) -> Channel | None:
    """The public stream of that name; None where there is none.

    >>> channel_of("spot@public.aggre.depth.v3.api.pb@10ms@BTCUSDT").period_ms
    10
    """
    found = AGGREGATED.match(name)
    if found is not None:
        return Channel(name, found["symbol"], found["kind"], int(found["pace"]))
    found = KLINE.match(name)
    if found is None or found["interval"] not in STREAM_INTERVALS_MS:
        return None
    interval = found["interval"]
    return Channel(name, found["symbol"], "kline", kline_ms, interval, STREAM_INTERVALS_MS[interval])
