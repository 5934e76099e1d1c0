"""The order path's own client: unmodified ccxt, its limiter off, its window short, no silent retries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from tools.domain.errors import BadUsage
from tools.domain.market import Instrument, to_units
from tools.execution.dialect import DIALECTS, Dialect
from tools.execution.wire import Wire
from tools.execution.working import GatewayConfig
from tools.market.instruments import instrument_for

BPS = 10_000
LEADER = "BTCUSDT"  # not thin: others are measured against it
LOAD_S = 60.0  # orders have deadlines of their own; loading the markets may take longer
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Who we are at a venue; key and secret are kept out of every representation."""

    venue: str
    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    base_url: str = ""


async def connect(key: AccountKey, instruments: Mapping[str, Instrument], config: GatewayConfig) -> Wire:
    """A wire to ``key.base_url``, or to the live venue where that is empty.

    Raises:
        BadUsage: The venue is unknown, the url is not on this machine, or a symbol is not listed.
    """
    client = await _ready(key, list(instruments.values()), config)
    return Wire(client, instruments, DIALECTS[key.venue])


async def open_account(
    key: AccountKey, symbols: Sequence[str], config: GatewayConfig, left: Sequence[str] = ()
) -> Wire:
    """A wire on ``symbols`` with grids and fees as the venue tells them.

    Where no symbol is named it is on every spot market in USDT but the leader's. Those of ``left``,
    on which an earlier run may have left something, are reached too, and not traded.

    Raises:
        BadUsage: The venue is unknown, the url is not on this machine, or a symbol is not listed.
    """
    client = await _ready(key, [instrument_for(key.venue, symbol) for symbol in (*symbols, *left)], config)
    traded = list(symbols) or _listed(client)
    named = [instrument_for(key.venue, symbol) for symbol in dict.fromkeys((*traded, *left))]
    try:
        rates = (await client.fetch_balance()).get("info", {}).get("commissionRates") or {}
    except BaseException:
        await client.close()
        raise
    listed = {one.symbol: _as_listed(one, client, rates) for one in named}
    return Wire(client, listed, DIALECTS[key.venue], traded)


def _listed(client: Any) -> list[str]:
    """The symbols of every spot market in USDT, in the venue's order, without the leader."""
    spot = [
        one for one in client.markets.values() if one["spot"] and one["active"] and one["quote"] == "USDT"
    ]
    return [one["id"] for one in spot if one["id"] != LEADER]


def _as_listed(instrument: Instrument, client: Any, rates: Mapping[str, str]) -> Instrument:
    market = client.markets[f"{instrument.base}/{instrument.quote}"]
    least = market["limits"]["cost"]["min"] or 0
    maker, taker = rates.get("maker", market["maker"]), rates.get("taker", market["taker"])
    return replace(
        instrument,
        tick=to_units(Decimal(str(market["precision"]["price"]))),
        lot=to_units(Decimal(str(market["precision"]["amount"]))),
        min_notional=Decimal(str(least)),
        maker_fee_bps=float(maker) * BPS,
        taker_fee_bps=float(taker) * BPS,
    )


async def _ready(key: AccountKey, instruments: Sequence[Instrument], config: GatewayConfig) -> Any:
    """A client that has loaded its markets, all of ``instruments`` among them."""
    if key.venue not in DIALECTS:
        raise BadUsage(
            f"expected a venue that orders can be sent to ({', '.join(DIALECTS)}), was {key.venue}"
        )
    client = _client(key, config, DIALECTS[key.venue])
    try:
        await client.load_markets()
        await client.load_time_difference()
        for one in instruments:
            if f"{one.base}/{one.quote}" not in client.markets:
                raise BadUsage(f"expected a symbol that {key.venue} lists, was {one.symbol}")
    except BaseException:
        await client.close()
        raise
    return client


def _client(key: AccountKey, config: GatewayConfig, dialect: Dialect) -> Any:
    # ccxt takes over half a second to load, and only sessions that send orders need it; it has no types.
    library: Any = import_module("ccxt.pro")
    client = getattr(library, key.venue)(
        {
            "apiKey": key.api_key,
            "secret": key.secret,
            "enableRateLimit": False,
            "timeout": int(max(config.deadline_s, LOAD_S) * 1_000),
            "options": {
                "defaultType": "spot",
                **dialect.options,
                "recvWindow": int(config.recv_window_s * 1_000),
                "maxRetriesOnFailure": 0,
                "adjustForTimeDifference": True,
                "warnOnFetchOpenOrdersWithoutSymbol": False,
            },
        }
    )
    for ability in dialect.lacks:
        client.has[ability] = False
    if key.base_url:
        dialect.localize(client, _address(key.base_url))
    return client


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.port is None:
        raise BadUsage(f"expected the url of a venue on this machine, as http://127.0.0.1:8080, was {url}")
    return parts.netloc
