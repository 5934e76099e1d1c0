"""The bytes of a call, seen below the provider's library, and what a failure there means."""

from __future__ import annotations

import ssl
from contextvars import ContextVar
from functools import cache
from json import JSONDecodeError

import httpx2
from pydantic import ValidationError

from graphs.brains.completion import Exchange, ProviderFault, tokens_in
from tools.risk.advice import Cause

MOST_BYTES = 1_000_000  # of an answer; a longer one is not read
CURRENT: ContextVar[Exchange] = ContextVar("exchange")

_BY_STATUS = {
    400: Cause.BAD_REQUEST,
    401: Cause.KEY_REFUSED,
    403: Cause.KEY_REFUSED,
    404: Cause.BAD_REQUEST,
    413: Cause.BAD_REQUEST,
    422: Cause.BAD_REQUEST,
    429: Cause.RATE_LIMITED,
    503: Cause.OVERLOADED,
    529: Cause.OVERLOADED,
}
_BY_NAME = {
    "LengthFinishReasonError": Cause.TRUNCATED,
    "ContentFilterFinishReasonError": Cause.REFUSED,
}


class TooLong(httpx2.TransportError):
    """An answer without an end."""


class RecordingTransport(httpx2.AsyncBaseTransport):
    """Sends as usual and notes what was sent and received in the current exchange."""

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=_trusted(), trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response with its body read, so that the caller gets the bytes that were noted."""
        exchange = CURRENT.get()
        request.headers["accept-encoding"] = "identity"  # what is kept shall be readable
        exchange.request = await request.aread()
        try:
            response = await self._inner.handle_async_request(request)
            exchange.status = response.status_code
            await _read(response, exchange)
        except httpx2.TransportError as error:
            exchange.error = error
            raise
        return httpx2.Response(response.status_code, headers=response.headers, content=exchange.answer)

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._inner.aclose()


async def _read(response: httpx2.Response, exchange: Exchange) -> None:
    try:
        async for chunk in response.aiter_raw():
            exchange.answer += chunk
            if len(exchange.answer) > MOST_BYTES:
                raise TooLong(f"expected an answer of at most {MOST_BYTES} bytes")
    finally:
        await response.aclose()


def recording_client() -> httpx2.AsyncClient:
    """A client whose calls are noted; it follows no redirect, which could carry a key elsewhere."""
    return httpx2.AsyncClient(transport=RecordingTransport(), trust_env=False, follow_redirects=False)


@cache
def deaf_client() -> httpx2.Client:
    """For a library that wants a client that waits, too, and would make its own; nothing is sent by it."""
    return httpx2.Client(verify=_trusted(), trust_env=False, follow_redirects=False)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted, read once: that takes as long as a short answer."""
    return httpx2.create_ssl_context(trust_env=False)


def fault_of(error: Exception, exchange: Exchange) -> ProviderFault:
    """The typed fault behind whatever a provider's library raised."""
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, TimeoutError):
        return ProviderFault(
            Cause.LATE, "no whole answer came in time", exchange, is_free=not exchange.request
        )
    if exchange.error is not None:
        return _transport_fault(exchange)
    if exchange.status is None:
        return ProviderFault(Cause.FAILED, detail, exchange, is_free=not exchange.request)
    if exchange.status != 200:
        return _status_fault(exchange)
    cause = _BY_NAME.get(type(error).__name__)
    if cause is None:
        is_body = isinstance(error, JSONDecodeError | ValidationError | KeyError | TypeError | ValueError)
        cause = Cause.MALFORMED_BODY if is_body or not tokens_in(exchange.answer) else Cause.FAILED
    return ProviderFault(cause, detail, exchange, tokens=tokens_in(exchange.answer))


def _transport_fault(exchange: Exchange) -> ProviderFault:
    error = exchange.error
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return ProviderFault(Cause.UNREACHABLE, detail, exchange, is_free=True)
    if isinstance(error, httpx2.TimeoutException):
        return ProviderFault(Cause.LATE, detail, exchange)
    cause = Cause.MALFORMED_BODY if isinstance(error, TooLong) else Cause.CUT_OFF
    return ProviderFault(cause, detail, exchange)


def _status_fault(exchange: Exchange) -> ProviderFault:
    """A refused call is not charged; after an error of the server nobody knows."""
    status = exchange.status or 0
    cause = _BY_STATUS.get(status, Cause.SERVER_ERROR if status >= 500 else Cause.BAD_REQUEST)
    is_free = 400 <= status < 500 or cause is Cause.OVERLOADED
    return ProviderFault(cause, f"the provider answered with status {status}", exchange, is_free=is_free)
