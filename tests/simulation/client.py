"""The order path's own client at the simulated venue: the library's code, its session and clock ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import ccxt.pro

from tests.simulation.transport import Door
from tests.simulation.weather import Weather
from tools.domain.clock import Clock
from tools.domain.market import Instrument
from tools.execution.client import AccountKey, _client
from tools.execution.dialect import DIALECTS
from tools.execution.wire import Wire
from tools.execution.working import GatewayConfig

ADDRESS = "http://127.0.0.1:9"
MS = 1_000_000


class UserStream:
    """Executions of one account as one process hears them: late, twice, out of order, or never."""

    def __init__(self, weather: Weather, client: Any) -> None:
        self._weather = weather
        self._client = client
        self._heard: list[Any] = []
        self._news = asyncio.Event()
        self._is_open = False

    def tell(self, report: Mapping[str, Any]) -> None:
        """The venue says something of the account."""
        if report.get("e") != "executionReport" or report.get("x") != "TRADE" or not self._is_open:
            return
        kind, delay = self._weather.stream_fate()
        if kind == "lost":
            return
        loop = asyncio.get_running_loop()
        for n in range(2 if kind == "twice" else 1):
            loop.call_later(delay * (n + 1), self._arrive, dict(report))

    def die(self) -> None:
        """The connection ends; what is said until it is open again is never heard."""
        self._is_open = False
        self._heard.clear()
        self._news.set()

    async def watch(self) -> list[Any]:
        """As the library's ``watch_my_trades``: all that came in since."""
        if not self._is_open:
            await asyncio.sleep(0.1)
            self._is_open = True
        while not self._heard:
            self._news.clear()
            await self._news.wait()
            if not self._is_open:
                raise ccxt.NetworkError("Connection closed by remote server, closing code 1006")
        heard, self._heard = self._heard, []
        return heard

    def _arrive(self, report: Mapping[str, Any]) -> None:
        if self._is_open:
            self._heard.append(self._client.parse_ws_trade(report))
            self._news.set()


async def connect(
    key: AccountKey,
    instruments: Mapping[str, Instrument],
    config: GatewayConfig,
    clock: Clock,
    door: Door,
    weather: Weather,
    markets: list[Any] | None,
) -> tuple[Wire, UserStream]:
    """A wire whose client sends through ``door`` and reads ``clock``; insists until the venue answers.

    ``markets`` is what the venue lists, so that no seed depends on whether it was read before.
    """
    client = _client(AccountKey(key.venue, key.api_key, key.secret, ADDRESS), config, DIALECTS[key.venue])
    client.verify = False
    client.session = door
    client.own_session = False
    client.milliseconds = lambda: clock.now() // MS
    stream = UserStream(weather, client)
    client.watch_my_trades = stream.watch
    if markets is not None:
        client.set_markets(markets)
    else:
        await client.load_markets()
    await _insist(client.load_time_difference)
    return Wire(client, instruments, DIALECTS[key.venue]), stream


async def _insist(ask: Callable[[], Any]) -> Any:
    while True:
        try:
            return await ask()
        except ccxt.BaseError:
            await asyncio.sleep(1.0)
