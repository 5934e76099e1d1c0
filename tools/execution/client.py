"""The order path's own client: unmodified ccxt, its limiter off, its window short, no silent retries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from tools.domain.errors import BadUsage
from tools.domain.market import Instrument
from tools.execution.localize import localize_binance
from tools.execution.wire import Wire
from tools.execution.working import GatewayConfig

VENUES = ("binance",)
LOAD_S = 10.0  # orders have deadlines of their own; loading the markets may take longer
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Who we are at a venue; the secret is kept out of every representation."""

    venue: str
    api_key: str
    secret: str = field(repr=False)
    base_url: str = ""


async def connect(key: AccountKey, instruments: Mapping[str, Instrument], config: GatewayConfig) -> Wire:
    """A wire to ``key.base_url``, or to the live venue where that is empty.

    Raises:
        BadUsage: The venue is unknown, the url is not on this machine, or a symbol is not listed.
    """
    if key.venue not in VENUES:
        raise BadUsage(f"expected a venue that orders can be sent to ({', '.join(VENUES)}), was {key.venue}")
    client = _client(key, config)
    try:
        await client.load_markets()
        await client.load_time_difference()
        for symbol, instrument in instruments.items():
            if f"{instrument.base}/{instrument.quote}" not in client.markets:
                raise BadUsage(f"expected a symbol that {key.venue} lists, was {symbol}")
    except BaseException:
        await client.close()
        raise
    return Wire(client, instruments)


def _client(key: AccountKey, config: GatewayConfig) -> Any:
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
                "fetchMarkets": {"types": ["spot"]},
                "fetchCurrencies": False,
                "fetchMargins": False,
                "recvWindow": int(config.recv_window_s * 1_000),
                "maxRetriesOnFailure": 0,
                "adjustForTimeDifference": True,
                "warnOnFetchOpenOrdersWithoutSymbol": False,
            },
        }
    )
    if key.base_url:
        localize_binance(client, _address(key.base_url))
    return client


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.port is None:
        raise BadUsage(f"expected the url of a venue on this machine, as http://127.0.0.1:8080, was {url}")
    return parts.netloc
