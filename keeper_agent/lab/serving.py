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
from venue.tape.rows import BadTape
from venue.tape.serving import TapeConfig, serving_tape

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


def serve_recording(
    *,
    folder: Path,
    speed: float | None,
    is_held: bool,
    port: int,
    control_port: int,
    minutes: float | None,
    is_child: bool,
    say: Callable[[Mapping[str, Any]], None],
) -> None:
    """Show a folder of recordings; ends as ``serve_venue`` does, not with the tape.

    Raises:
        BadUsage: The folder holds no sound recording, or the port cannot be had.
    """
    config = TapeConfig(
        folder=folder,
        api_key=fresh_secret()[:32],
        secret=fresh_secret(),
        speed=speed,
        is_held=is_held,
        port=port,
        control_port=control_port,
    )
    length = LONGEST_S if minutes is None else minutes * 60
    try:
        asyncio.run(_serve_tape(config, length, say, is_child=is_child))
    except BadTape as error:
        raise BadUsage(f"--tape: {error}") from None
    except OSError as error:
        raise BadUsage(f"cannot serve: {error.strerror or error}") from error


async def _serve_tape(
    config: TapeConfig, length_s: float, say: Callable[[Mapping[str, Any]], None], *, is_child: bool
) -> None:
    stop = _stop_event(length_s, is_child=is_child)
    async with serving_tape(config) as server:
        say(server.described())
        await server.run(stop.is_set, say)


async def _serve(
    config: ServerConfig, length_s: float, say: Callable[[Mapping[str, Any]], None], *, is_child: bool
) -> None:
    stop = _stop_event(length_s, is_child=is_child)
    async with serving(config) as server:
        say(server.described())
        await server.run(stop.is_set)


def _stop_event(length_s: float, *, is_child: bool) -> asyncio.Event:
    """Set when the time is over, at a terminate signal, or when a child's input ends."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if is_child:
        loop.add_reader(sys.stdin.fileno(), stop.set)  # nobody writes there: only its end wakes this
    loop.call_later(length_s, stop.set)
    return stop
