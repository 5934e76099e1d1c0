"""The venue as a process of its own: what ``keeper venue`` runs."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tools.domain.errors import BadUsage
from tools.domain.identity import fresh_secret
from venue.scenario.build import Scenario, UnknownTier
from venue.server import ServerConfig, serving

LONGEST_S = 12 * 3600.0  # of a world without an end of its own


def serve_venue(
    *,
    scenario: str,
    seed: int,
    port: int,
    control_port: int,
    truth_out: Path | None,
    coins: int,
    minutes: float | None,
    is_child: bool,
    say: Callable[[Mapping[str, Any]], None],
) -> None:
    """Serve until the time is over, a terminate signal, or, as a child, the end of standard input.

    Raises:
        BadUsage: There is no such scenario, or the port cannot be had.
    """
    length = LONGEST_S if minutes is None else minutes * 60
    try:
        world = Scenario(tier=scenario, seed=seed, seconds=length + 600, thin_coins=coins)
    except UnknownTier as error:
        raise BadUsage(f"--scenario: {error}") from None
    config = ServerConfig(
        scenario=world,
        api_key=fresh_secret()[:32],
        secret=fresh_secret(),
        port=port,
        control_port=control_port,
        truth=truth_out,
    )
    try:
        asyncio.run(_serve(config, length, say, is_child=is_child))
    except OSError as error:
        raise BadUsage(f"cannot serve: {error.strerror or error}") from error


async def _serve(
    config: ServerConfig, length_s: float, say: Callable[[Mapping[str, Any]], None], *, is_child: bool
) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if is_child:
        loop.add_reader(sys.stdin.fileno(), stop.set)  # nobody writes there: only its end wakes this
    loop.call_later(length_s, stop.set)
    async with serving(config) as server:
        say(server.described())
        await server.run(stop.is_set)
