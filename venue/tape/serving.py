"""A folder of recordings behind the facade: what ``keeper venue --tape`` runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from venue.binance.facade import Facade, FacadeConfig
from venue.clock import Clock, WallClock
from venue.engine.rules import BadRules
from venue.futures.desk import ASSET
from venue.futures.facade import Futures, open_futures_account
from venue.serving.keys import ApiKey
from venue.tape.exchange import Shown, TapeExchange
from venue.tape.files import find_pairs
from venue.tape.player import MOST_BEHIND, Player, TapeClock, Track, beginnings
from venue.tape.recording import Recording, read_through
from venue.tape.rows import BadTape
from venue.wire import Wire

STEP_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeConfig:
    """What is shown.

    Attributes:
        speed: 1 is as recorded; None is as fast as clients read.
        is_held: Whether the tape waits for a POST to ``/tape`` of the control port.
    """

    folder: Path
    api_key: str
    secret: str = field(repr=False)
    speed: float | None = 1.0
    is_held: bool = False
    port: int = 0
    control_port: int = 0


class TapeServer:
    """A recorded market with its facade.

    Raises:
        BadTape: The folder holds no sound recording.
    """

    def __init__(self, config: TapeConfig, wall: Clock | None = None) -> None:
        self.config = config
        recordings = [read_through(pairs) for pairs in find_pairs(config.folder)]
        self.clock = TapeClock(wall or WallClock())
        tracks = [_track(i, one, zero) for i, (one, zero) in _with_zeros(recordings)]
        self.exchange = _exchange(recordings, tracks)
        self.key = ApiKey(config.api_key, config.secret, self.exchange.open_account())
        wire = Wire(self.exchange)
        self.binance = Facade(
            wire,
            [self.key],
            clock=self.clock,
            config=FacadeConfig(port=config.port, control_port=config.control_port, is_prompt=True),
            controls={("GET", "/tape"): self._where, ("POST", "/tape"): self._let_go},
        )
        self.futures = self._host_futures()
        self.player = Player(
            wire,
            self.clock,
            tracks,
            speed=config.speed,
            is_wanted=self._is_wanted,
            is_held=config.is_held,
        )
        self.player.open_books()

    def _host_futures(self) -> Futures | None:
        """The same recording in the words of the futures venue, where it trades in USDT."""
        if ASSET not in self.exchange.assets.names:
            return None
        account, units = open_futures_account(self.binance, Decimal(0))
        key = ApiKey(self.config.api_key, self.config.secret, account)
        return Futures(self.binance, [key], {account: units})

    def _is_wanted(self) -> bool:
        feeds = [self.binance.feeds, *([self.futures.feeds] if self.futures else [])]
        sessions = self.binance.sockets.open
        return any(one.heard() for one in feeds) and all(one.n_waiting < MOST_BEHIND for one in sessions)

    def _where(self, body: dict[str, Any]) -> dict[str, Any]:
        """GET tape: how far it is."""
        return self.player.described()

    def _let_go(self, body: dict[str, Any]) -> dict[str, Any]:
        """POST tape: begin, where it was held."""
        self.player.let_go()
        return self.player.described()

    async def run(self, until: Callable[[], bool], ended: Callable[[dict[str, Any]], None]) -> None:
        """Play to the end, say so, and stay until ``until``.

        Raises:
            BadTape: A file has changed since it was checked.
        """
        playing = asyncio.create_task(self.player.run())
        is_told = False
        try:
            while not until():
                if playing.done() and not is_told:
                    playing.result()
                    ended({"tape": self.player.described()})
                    is_told = True
                await asyncio.sleep(STEP_S)
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)

    def described(self) -> dict[str, object]:
        """What a client has to know; a facade that is not served is null."""
        address = self.binance.address
        return {
            "binance": f"http://{address}",
            "mexc": None,
            "futures": f"http://{address}" if self.futures else None,
            "stream": f"ws://{address}/stream/ws",
            "ws_api": f"ws://{address}/ws-api/v3",
            "control": f"http://{self.binance.control_address}",
            "api_key": self.key.key,
            "secret": self.key.secret,
            "symbols": [rules.symbol for rules in self.exchange.rules],
            "tape": self.player.described(),
        }


def _with_zeros(recordings: list[Recording]) -> list[tuple[int, tuple[Recording, int]]]:
    return list(enumerate(zip(recordings, beginnings(recordings), strict=True)))


def _track(number: int, recording: Recording, zero: int) -> Track:
    opening = recording.opening // recording.tick
    return Track(recording, Shown(number, recording.tick, recording.lot, opening), zero)


def _exchange(recordings: list[Recording], tracks: list[Track]) -> TapeExchange:
    try:
        return TapeExchange([one.rules() for one in recordings], [track.shown for track in tracks])
    except BadRules as wrong:
        raise BadTape(f"the venue cannot show this market: {wrong}") from None


@asynccontextmanager
async def serving_tape(config: TapeConfig) -> AsyncIterator[TapeServer]:
    """A recorded market whose facade listens.

    Raises:
        BadTape: The folder holds no sound recording.
    """
    server = TapeServer(config)
    async with server.binance:
        yield server
