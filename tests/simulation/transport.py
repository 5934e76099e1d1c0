"""The way from the unmodified client library to the venue, without a socket between them.

The client's http session is replaced by a door: requests are signed, sent, answered and
judged by the library's own code; the venue's own answering reads them. A request travels as
a part of the world, so that it arrives even where nobody waits for it any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextvars import Context
from types import TracebackType
from typing import Any

import aiohttp
import orjson
from aiohttp.client_reqrep import ConnectionKey

from tests.simulation.weather import Fate, Journey, Weather
from tests.support.seeded_loop import PROCESS
from venue.binance.answering import Answering, Request
from venue.binance.routes import REST
from venue.serving.answer import HTML, Answer
from venue.serving.keys import decode, split_signature

BUSY = '{"code":-1008,"msg":"Server is currently overloaded with other requests."}'
UNSURE = '{"code":%d,"msg":"Unknown error, please check your request or try again later."}'
NOBODY = ConnectionKey("venue", 443, True, None, None, None, None)

Sent = Callable[[int, str, Mapping[str, str]], None]


class Response:
    """What the client library reads of an answer."""

    def __init__(self, status: int, body: str, headers: Mapping[str, str]) -> None:
        self.status = status
        self.reason = "OK" if status == 200 else "Error"
        self.headers = headers
        self.content = body.encode()
        self._body = body

    async def text(self, errors: str = "strict") -> str:
        """The body."""
        del errors
        return self._body


class Sending:
    """A request under way, as an async context."""

    def __init__(self, work: Any) -> None:
        self._work = work

    async def __aenter__(self) -> Response:
        response: Response = await self._work
        return response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class Door:
    """Stands for a client's http session.

    Args:
        process: Whose requests these are.
        on_sent: Told of each request in the instant it leaves.
    """

    headers: Mapping[str, str] = {}

    def __init__(self, answering: Answering, weather: Weather, process: int, on_sent: Sent) -> None:
        self._answering = answering
        self._weather = weather
        self._process = process
        self._on_sent = on_sent

    def get(self, url: Any, **options: Any) -> Sending:
        """GET."""
        return Sending(self._send("GET", url, options))

    def post(self, url: Any, **options: Any) -> Sending:
        """POST."""
        return Sending(self._send("POST", url, options))

    def put(self, url: Any, **options: Any) -> Sending:
        """PUT."""
        return Sending(self._send("PUT", url, options))

    def delete(self, url: Any, **options: Any) -> Sending:
        """DELETE."""
        return Sending(self._send("DELETE", url, options))

    async def close(self) -> None:
        """Nothing is open."""

    async def _send(self, method: str, url: Any, options: Mapping[str, Any]) -> Response:
        request = _request(method, url, options)
        journey = self._weather.journey(request.operation.name)
        if journey.fate is Fate.UNSENT:
            await asyncio.sleep(journey.out_s)
            raise aiohttp.ClientConnectorError(NOBODY, OSError(111, "Connection refused"))
        self._on_sent(self._process, request.operation.name, request.params)
        heard: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        work = self._travel(request, journey, heard)
        asyncio.get_running_loop().create_task(work, context=_world())
        return await heard

    async def _travel(self, request: Request, journey: Journey, heard: asyncio.Future[Response]) -> None:
        """There, the effect, and back; ``heard`` may have been given up long before."""
        if journey.fate is Fate.PROXIED:
            heard.set_exception(aiohttp.ServerDisconnectedError())
        await asyncio.sleep(journey.out_s)
        response = _spoilt_before(journey)
        if response is None and journey.fate is not Fate.CUT_BEFORE:
            response = _response(await self._answering.answer(request))
            response = _spoilt_after(journey, response)
        await asyncio.sleep(journey.back_s)
        if heard.done():
            return
        if response is None:
            heard.set_exception(aiohttp.ServerDisconnectedError())
        else:
            heard.set_result(response)


def _world() -> Context:
    context = Context()
    context.run(PROCESS.set, 0)
    return context


def _request(method: str, url: Any, options: Mapping[str, Any]) -> Request:
    body = (options.get("data") or b"").decode()
    query = url.raw_query_string
    signed, signature = split_signature(query, body)
    headers = options.get("headers") or {}
    key = str(headers.get("X-MBX-APIKEY", ""))
    return Request(REST[method, url.raw_path], decode(query) | decode(body), key, signed, signature)


def _response(answer: Answer) -> Response:
    headers = {"Content-Type": "application/json"}
    if answer.retry_after is not None:
        headers["Retry-After"] = str(answer.retry_after)
    body = answer.raw if answer.raw is not None else orjson.dumps(answer.result).decode()
    return Response(answer.status, body, headers)


def _spoilt_before(journey: Journey) -> Response | None:
    if journey.fate is Fate.ERROR_BEFORE:
        return Response(journey.status, HTML, {})
    if journey.fate is Fate.OVERLOADED:
        return Response(503, BUSY, {})
    return None


def _spoilt_after(journey: Journey, response: Response) -> Response | None:
    """What the agent hears of an answer; None where it hears nothing."""
    if journey.fate is Fate.CUT_AFTER:
        return None
    if journey.fate is Fate.ERROR_AFTER:
        return Response(journey.status, HTML, {})
    if journey.fate is Fate.CODE_AFTER:
        return Response(500, UNSURE % journey.code, {})
    if journey.fate is Fate.GARBAGE:
        return Response(200, HTML, {"Content-Type": "text/html"})
    return response
