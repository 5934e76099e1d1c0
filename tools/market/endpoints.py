"""Where each venue's market data lives, how much of it may be asked for, and in which language.

The one table of live addresses; a base URL puts the same paths on another host, which is how
tests and the local venue are reached.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from tools.domain.errors import BadUsage
from tools.market.wire.binance import BinanceWire
from tools.market.wire.messages import Wire
from tools.market.wire.mexc import MexcWire


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How market data of one venue is reached.

    Attributes:
        stream: WebSocket address without the number of the connection, where that is part of it.
        depth: REST address of a book.
        local_stream: Path of the stream below a base URL.
        local_depth: Path of a book below a base URL.
        has_numbered_connections: Whether the connection's number ends its address.
        streams_per_connection: Most channels subscribed to on one connection.
        snapshot_levels: Levels a side that are asked for.
        snapshot_weight: What one book costs of the venue's request budget.
        weight_per_minute: What the snapshot lane may spend, well below what the venue allows.
    """

    venue: str
    stream: str
    depth: str
    local_stream: str
    local_depth: str
    wire: Callable[[], Wire]
    has_numbered_connections: bool = True
    streams_per_connection: int = 50
    snapshot_levels: int = 1000
    snapshot_weight: int = 50
    weight_per_minute: int = 3000

    def at(self, base_url: str) -> Endpoint:
        """The same venue below ``base_url``, for example ``http://127.0.0.1:8080``.

        Raises:
            BadUsage: It is not an http or https address of a host.
        """
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise BadUsage(f"--base-url expects http://HOST[:PORT][/PATH], was {base_url[:80]!r}")
        base = base_url.rstrip("/")
        return replace(self, stream=f"ws{base[4:]}{self.local_stream}", depth=f"{base}{self.local_depth}")

    def stream_url(self, number: int) -> str:
        """The address of connection ``number``."""
        return f"{self.stream}/{number}" if self.has_numbered_connections else self.stream


ENDPOINTS: dict[str, Endpoint] = {
    "binance": Endpoint(
        "binance",
        "wss://stream.binance.com:9443/ws",
        "https://api.binance.com/api/v3/depth",
        "/stream/ws",
        "/api/v3/depth",
        BinanceWire,
    ),
    "binance-futures": Endpoint(
        "binance-futures",
        "wss://fstream.binance.com/public/ws",
        "https://fapi.binance.com/fapi/v1/depth",
        "/fstream/public/ws",
        "/fapi/v1/depth",
        BinanceWire,
        snapshot_weight=20,
        weight_per_minute=1200,
    ),
    "mexc": Endpoint(
        "mexc",
        "wss://wbs-api.mexc.com/ws",
        "https://api.mexc.com/api/v3/depth",
        "/ws",
        "/api/v3/depth",
        MexcWire,
        has_numbered_connections=False,
        streams_per_connection=30,
        snapshot_weight=1,
        weight_per_minute=600,
    ),
}


def endpoint_of(venue: str, base_url: str | None = None) -> Endpoint:
    """How ``venue`` is reached: live, or below ``base_url``.

    Raises:
        BadUsage: The venue is not one whose streams are understood, or the address is none.
    """
    found = ENDPOINTS.get(venue)
    if found is None:
        raise BadUsage(f"--venue expects one of {', '.join(ENDPOINTS)}, was {venue[:40]!r}")
    return found.at(base_url) if base_url else found
