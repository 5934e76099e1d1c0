"""What errors of the real client library say of an order: only the venue's own word refuses it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from ccxt.base import errors

from tools.execution.dialect import BINANCE, MEXC
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
    assert judge(error, BINANCE).verdict is verdict


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

    assert judge(asyncio.run(dial()), BINANCE).verdict is Verdict.UNSENT
    reset = errors.ExchangeNotAvailable("binance POST")
    reset.__cause__ = aiohttp.ServerDisconnectedError()
    assert judge(reset, BINANCE).verdict is UNKNOWN


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
    assert is_not_found(error, BINANCE) is is_absent


def test_codes_are_read_as_numbers_or_text() -> None:
    assert venue_code(errors.ExchangeError('mexc {"code":"30004"}')) == 30004
    assert venue_code(TimeoutError()) is None


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (errors.RateLimitExceeded('mexc {"code":429,"msg":"Too Many Requests"}'), Verdict.LIMITED),
        (errors.RateLimitExceeded('mexc {"code":510,"msg":"too frequent"}'), Verdict.LIMITED),
        (errors.InvalidNonce('mexc {"code":700003,"msg":"outside of the recvWindow."}'), Verdict.LATE),
        (errors.BadRequest('mexc {"code":10073,"msg":"invalid Request-Time"}'), Verdict.LATE),
        (errors.BadRequest('mexc {"code":10072,"msg":"Api key info invalid"}'), REJECTED),
        (errors.AuthenticationError('mexc {"code":700002,"msg":"Signature"}'), REJECTED),
        (errors.InsufficientFunds('mexc {"code":30004,"msg":"Insufficient position"}'), REJECTED),
        (errors.InvalidOrder('mexc {"code":30002,"msg":"minimum"}'), REJECTED),
        (errors.BadRequest('mexc {"code":603,"msg":"Repeated request"}'), UNKNOWN),
        (errors.BadRequest('mexc {"code":513,"msg":"please try again later"}'), UNKNOWN),
        (errors.ExchangeError('mexc {"code":500,"msg":"Internal error"}'), UNKNOWN),
        (errors.ExchangeError('mexc {"code":20002,"msg":"Internal system error"}'), UNKNOWN),
        (errors.ExchangeError('mexc {"code":4711,"msg":"nobody knows"}'), UNKNOWN),
        (errors.RequestTimeout('mexc {"code":504}'), UNKNOWN),
        (errors.OnMaintenance("mexc maintenance"), UNKNOWN),
    ],
)
def test_each_error_of_mexc_has_its_verdict(error: BaseException, verdict: Verdict) -> None:
    """INV-02: where the venue's words are not known for sure, nobody knows what became of the order."""
    assert judge(error, MEXC).verdict is verdict


@pytest.mark.parametrize(
    ("error", "is_absent"),
    [
        (errors.ExchangeError('mexc {"code":-2013,"msg":"Order does not exist."}'), True),
        (errors.BadRequest('mexc {"code":-2011,"msg":"Unknown order sent."}'), True),
        (errors.BadRequest('mexc {"code":-2011,"msg":"Combination of parameters invalid"}'), False),
        (errors.RequestTimeout('mexc {"code":-2013}'), False),
        (errors.ExchangeError('mexc {"code":500,"msg":"Internal error"}'), False),
    ],
)
def test_not_found_on_mexc_takes_a_code_and_its_words(error: BaseException, is_absent: bool) -> None:
    """INV-02: -2011 means several things there."""
    assert is_not_found(error, MEXC) is is_absent
