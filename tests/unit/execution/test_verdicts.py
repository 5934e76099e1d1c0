"""What errors of the real client library say of an order: only the venue's own word refuses it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from ccxt.base import errors

from tools.execution.verdicts import Verdict, is_not_found, judge, venue_code

UNKNOWN, REJECTED = Verdict.UNKNOWN, Verdict.REJECTED


def body(code: int, words: str = "no") -> str:
    return f'binance {{"code":{code},"msg":"{words}"}}'


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (errors.RequestTimeout("binance POST"), UNKNOWN),
        (errors.ExchangeNotAvailable("binance POST 503"), UNKNOWN),
        (errors.OnMaintenance("binance maintenance"), UNKNOWN),
        (errors.OperationFailed(body(-1000)), UNKNOWN),
        (errors.OperationFailed(body(-1006)), UNKNOWN),
        (errors.ExchangeError(body(-1008)), UNKNOWN),
        (errors.ExchangeError("binance POST payload ended early"), UNKNOWN),
        (errors.BadResponse("binance <html>"), UNKNOWN),
        (errors.NullResponse("binance"), UNKNOWN),
        (errors.ExchangeClosedByUser("binance"), UNKNOWN),
        (errors.InvalidOrder(body(-2010, "Duplicate order sent.")), UNKNOWN),
        (TimeoutError(), UNKNOWN),
        (asyncio.CancelledError(), UNKNOWN),
        (KeyError("id"), UNKNOWN),
        (ValueError("not JSON"), UNKNOWN),
        (errors.InsufficientFunds("binance Account has insufficient balance"), REJECTED),
        (errors.OrderImmediatelyFillable("binance would immediately match"), REJECTED),
        (errors.InvalidOrder(body(-1013, "Filter failure: LOT_SIZE")), REJECTED),
        (errors.BadRequest(body(-1013, "Filter failure: NOTIONAL")), REJECTED),
        (errors.ExchangeError(body(-9999)), REJECTED),
        (errors.AuthenticationError(body(-2014)), REJECTED),
        (errors.DDoSProtection(body(-2015, "Invalid API-key")), REJECTED),
        (errors.RateLimitExceeded(body(-1015)), Verdict.LIMITED),
        (errors.DDoSProtection("binance 418"), Verdict.LIMITED),
        (errors.InvalidNonce(body(-1021)), Verdict.LATE),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_each_error_has_its_verdict(error: BaseException, verdict: Verdict) -> None:
    """INV-02."""
    assert judge(error).verdict is verdict


def test_a_connection_that_was_never_made_sent_nothing() -> None:
    """INV-02: the one failure of a network that is certain."""

    async def dial() -> BaseException:
        async with aiohttp.ClientSession() as session:
            try:
                await session.post("http://127.0.0.1:1/")
            except aiohttp.ClientError as refused:
                failed = errors.ExchangeNotAvailable("binance POST")
                failed.__cause__ = refused
                return failed
        raise AssertionError("somebody listens on port 1")

    assert judge(asyncio.run(dial())).verdict is Verdict.UNSENT
    reset = errors.ExchangeNotAvailable("binance POST")
    reset.__cause__ = aiohttp.ServerDisconnectedError()
    assert judge(reset).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("error", "is_absent"),
    [
        (errors.OrderNotFound(body(-2013)), True),
        (errors.ExchangeError(body(-2013)), True),
        (errors.BadRequest(body(-2011, "Unknown order sent.")), True),
        (errors.RequestTimeout(body(-2013)), False),
        (errors.ExchangeNotAvailable("binance GET"), False),
        (OSError("no route to host"), False),
    ],
)
def test_only_the_venue_says_that_it_does_not_know_an_order(error: BaseException, is_absent: bool) -> None:
    """INV-02: a DNS outage once dropped six live orders elsewhere."""
    assert is_not_found(error) is is_absent


def test_codes_are_read_as_numbers_or_text() -> None:
    assert venue_code(errors.ExchangeError('mexc {"code":"30004"}')) == 30004
    assert venue_code(TimeoutError()) is None
