"""A source that is connected: a ccxt client of its own, live or at a local venue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from tools.domain.clock import Clock, Stopwatch
from tools.domain.errors import BadUsage
from tools.market.history.channel import Channel, ChannelConfig
from tools.market.history.source import Dialect, Source


@asynccontextmanager
async def connected(
    dialect: Dialect,
    base_url: str | None,
    *,
    config: ChannelConfig,
    clock: Clock,
    stopwatch: Stopwatch,
    rng: np.random.Generator,
    complain: Callable[[str], None],
) -> AsyncIterator[Source]:
    """The history of a venue, live or at ``base_url``; nothing is asked yet.

    Raises:
        BadUsage: ``base_url`` is not the address of a local venue.
    """
    # ccxt takes over half a second to load, and only downloads need it here; it has no types.
    library: Any = import_module("ccxt.async_support")
    address = address_of(base_url)
    client = getattr(library, dialect.name)(
        {
            "enableRateLimit": False,
            "timeout": int(config.timeout_s * 1_000),
            "options": {"maxRetriesOnFailure": 0},
        }
    )
    if address is not None:
        dialect.localize(client, address)
    client.open()
    # aiohttp would ask once more by itself where a kept connection is lost, past every budget; it has no
    # public switch for that
    client.session._retry_connection = False
    try:
        yield Source(
            dialect,
            Channel(
                client,
                library,
                venue=dialect.name,
                config=config,
                clock=clock,
                stopwatch=stopwatch,
                rng=rng,
                complain=complain,
            ),
        )
    finally:
        await client.close()


def address_of(base_url: str | None) -> str | None:
    """Host and port of ``base_url``; None stays None, the live venue.

    Raises:
        BadUsage: It is not of the form http://HOST:PORT.
    """
    if base_url is None:
        return None
    try:
        parts = urlsplit(base_url)
        is_address = parts.scheme == "http" and parts.hostname and parts.port is not None
    except ValueError:
        is_address = False
    if not is_address or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadUsage(f"--base-url expects http://HOST:PORT, was {base_url[:80]!r}")
    return parts.netloc
