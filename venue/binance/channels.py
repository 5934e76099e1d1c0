"""The names of market streams, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from venue.serving.words import INTERVALS_MS

SPEEDS_MS = {"": 1_000, "@1000ms": 1_000, "@100ms": 100, "@10ms": 10}
NAME = re.compile(
    r"^(?P<symbol>[a-z0-9]+)@(?:(?P<plain>trade|aggTrade|bookTicker|ticker|miniTicker)"
    r"|kline_(?P<interval>\w+)"
    r"|depth(?P<levels>5|10|20)?(?P<speed>@1000ms|@100ms|@10ms)?)$"
)
ALL = {"!ticker@arr": "ticker", "!miniTicker@arr": "miniTicker"}


@dataclass(frozen=True, slots=True)
class Channel:
    """A stream: what of which symbol; ``symbol`` is "" where it is all of them."""

    name: str
    symbol: str
    kind: str
    period_ms: int = 0  # 0: as it happens
    levels: int = 0
    interval_ms: int = 0
    interval: str = ""


def channel_of(name: str, kline_ms: int = 2_000) -> Channel | None:
    """The stream of that name; None where there is none.

    >>> channel_of("btcusdt@depth@100ms").period_ms
    100
    """
    if name in ALL:
        return Channel(name, "", ALL[name], 1_000)
    found = NAME.match(name)
    if found is None:
        return None
    symbol = found["symbol"].upper()
    if found["plain"]:
        kind = found["plain"]
        return Channel(name, symbol, kind, 1_000 if "icker" in kind and kind != "bookTicker" else 0)
    if found["interval"]:
        span = INTERVALS_MS.get(found["interval"])
        if span is None:
            return None
        return Channel(name, symbol, "kline", kline_ms, interval_ms=span, interval=found["interval"])
    period = SPEEDS_MS[found["speed"] or ""]
    if found["levels"]:
        return Channel(name, symbol, "partial", period, levels=int(found["levels"]))
    return Channel(name, symbol, "depth", period)
