"""Requests against a venue that refuses, stumbles, loses replies and counts: each in its own way outlived."""

import asyncio
from typing import Any

import pytest

from tests.support.histories import HOUR, START, SYMBOL, connection, in_time, past
from tools.market.history.channel import Channel, VenueRefused, VenueUnreachable
from tools.market.history.source import Source
from tools.market.history.timeframes import Timeframe
from venue.binance.limits import LimitConfig

MINUTES = Timeframe("1m", 60_000)
WINDOW = (START, START + HOUR)


async def ask(source: Source) -> int:
    """A small question; how many candles came."""
    return len(await source.candles(SYMBOL, MINUTES, WINDOW))


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error_before"},
        {"kind": "error_after", "status": 502, "body": "<html>bad gateway</html>"},
        {"kind": "error_before", "status": 500, "body": ""},
        {"kind": "error_before", "status": 503, "body": '{"code": -4999, "msg": "no class for that"}'},
        {"kind": "cut_before"},
        {"kind": "cut_after"},
        {"kind": "garbage"},
        {"kind": "error_after", "status": 200, "body": '{"rows": []}'},
        {"kind": "error_after", "status": 200, "body": '[["soon"]]'},
    ],
)
def test_passing_fault_is_outlived_by_asking_again(fault: dict[str, Any]) -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            venue.arm(**fault, where="klines", count=3)
            assert await ask(source) == 60
            assert len(venue.struck()) == 3
            counts = source.channel.counts
            assert (counts.requests, counts.retries) == (4, 3)
            n_counted = 4 if fault["kind"] in ("cut_after", "garbage", "error_after") else 1
            # nothing below us, as aiohttp would, asked again at our cost
            assert venue.facade.desk.limits.weight.count == 2 * n_counted <= counts.weight

    in_time(story)


def test_answer_that_breaks_off_is_asked_for_again() -> None:
    n_asked = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal n_asked
        await reader.readuntil(b"\r\n\r\n")
        n_asked += 1
        body = b'{"serverTime": 1735689600000}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        writer.write(head + (body[:12] if n_asked == 1 else body))
        await writer.drain()
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        async with server, connection(f"http://{host}:{port}", complain=print) as source:
            assert await source.now_ms() == START
            assert (n_asked, source.channel.counts.retries) == (2, 1)

    in_time(story)


def test_silence_is_a_fault() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source(timeout_s=1.5) as source:
            venue.arm(kind="hold_after", where="klines", seconds=3_600.0)
            assert await ask(source) == 60
            assert source.channel.counts.retries == 1

    in_time(story)


@pytest.mark.parametrize("status", [429, 403])
def test_too_many_requests_are_followed_by_the_quiet_the_venue_asks_for(status: int) -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            await ask(source)
            venue.facade.desk.limits.ban(venue.now, 1.0, status)
            loop = asyncio.get_running_loop()
            started = loop.time()
            answer = asyncio.create_task(ask(source))
            await asyncio.sleep(0.2)
            venue.clock.move_to(venue.clock.now() + 2 * 10**9)  # over, but we were told to wait for a second
            assert await answer == 60
            assert loop.time() - started >= 0.95
            counts = source.channel.counts
            assert (counts.limited, counts.requests, counts.retries) == (1, 3, 0)
            assert f"HTTP {status}" in venue.said[0]

    in_time(story)


def test_ban_that_is_too_long_ends_at_once_and_says_how_long() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source(longest_wait_s=60) as source:
            venue.facade.desk.limits.ban(venue.now, 7_200, 418)
            with pytest.raises(VenueRefused, match=r"HTTP 418\) for 7,200 s"):
                await ask(source)
            assert source.channel.counts.requests == 1

    in_time(story)


def test_venue_that_never_stops_refusing_is_left() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source(tries=3, usual_wait_s=0.01) as source:
            venue.arm(kind="error_before", status=429, body="slow down", count=-1)
            with pytest.raises(VenueRefused, match="HTTP 429"):
                await ask(source)
            assert source.channel.counts.limited == 4

    in_time(story)


def test_what_the_venue_refuses_is_not_asked_again() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            with pytest.raises(VenueRefused, match="Invalid symbol"):
                await source.candles("NONSENSE", MINUTES, WINDOW)
            source.channel.client.timeframes["7m"] = "7m"
            with pytest.raises(VenueRefused, match=r"Invalid interval"):
                await source.candles(SYMBOL, Timeframe("7m", 420_000), WINDOW)
            assert (source.channel.counts.requests, source.channel.counts.retries) == (2, 0)

    in_time(story)


def test_fault_without_end_is_given_up_with_what_was_said_last() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source(tries=5, first_tries=2) as source:
            await ask(source)
            venue.arm(kind="garbage", count=-1)
            with pytest.raises(VenueUnreachable, match=r"candles of SOLUSDT in 5 tries; .*nginx"):
                await ask(source)
        async with past(HOUR) as venue, venue.source(tries=5, first_tries=2) as source:
            venue.arm(kind="cut_before", count=-1)
            with pytest.raises(VenueUnreachable, match=r"in 2 tries; the last: ExchangeNotAvailable"):
                await ask(source)

    in_time(story)


def test_backoff_grows_and_is_spread() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source(backoff_s=1.0, most_backoff_s=4.0) as source:
            pauses = [[source.channel._backoff_s(n) for _ in range(50)] for n in (1, 2, 3, 4, 900)]
            for longest, found in zip((1, 2, 4, 4, 4), pauses, strict=True):
                assert longest / 2 <= min(found) < max(found) <= longest
                assert len(set(found)) == 50

    in_time(story)


def test_counter_of_the_venue_is_obeyed_also_where_others_filled_it() -> None:
    """The venue's clock stands two seconds before its next minute; others have used most of this one."""

    async def story() -> None:
        start = START + 58_000 - HOUR
        limits = LimitConfig(weight_a_minute=1_000)
        async with past(HOUR, limits=limits, start=start) as venue, venue.source() as source:
            channel: Channel = source.channel
            channel.venue_limit = 1_000
            channel.offset_ns = venue.clock.now() - channel._clock.now()
            await ask(source)
            assert channel.counts.paused == 0
            venue.facade.desk.limits.weight.count = 799
            loop = asyncio.get_running_loop()
            started = loop.time()
            await ask(source)  # 801 of 1,000
            assert channel.counts.paused == 1
            await ask(source)
            assert loop.time() - started > 2.0
            assert "801 of 1,000 request weight" in venue.said[0]

    in_time(story)


def test_weight_is_what_the_venue_counts() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            await source.now_ms()
            await source.listings()
            await source.tickers()
            await ask(source)
            await source.trades_from(SYMBOL, 1)
            await source.trades_in(SYMBOL, WINDOW)
            assert source.channel.counts.weight == venue.facade.desk.limits.weight.count

    in_time(story)


def test_budget_is_for_all_requests_together() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source(weight_per_minute=100) as source:
            await source.tickers()
            for _ in range(10):
                await ask(source)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ask(source), 0.3)
            assert venue.facade.desk.limits.weight.count == 100

    in_time(story)


def test_past_is_the_same_for_the_same_seed() -> None:
    async def prices() -> list[int]:
        async with past(HOUR) as venue:
            return [trade.price for trade in venue.market.prints.trades]

    assert asyncio.run(prices()) == asyncio.run(prices())
