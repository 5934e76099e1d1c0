"""The history of the local MEXC, which counts no trades and tells the newest first."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.histories import HOUR, MINUTE, NS_A_MS, START, SYMBOL, Ear, Past, in_time
from tools.domain.market import UNITS
from tools.market.history.candle_download import download_candles
from tools.market.history.candle_file import open_candles
from tools.market.history.channel import VenueUnreachable
from tools.market.history.listing import Listing
from tools.market.history.timeframes import Timeframe
from tools.market.history.trade_download import download_trades
from tools.market.history.trade_store import TradeStore
from tools.market.tardis import read_trades
from venue.binance.demo import RandomFlow, demo_wire
from venue.clock import WoundClock
from venue.mexc import facade as facades

FIVE = Timeframe("5m", 5 * MINUTE)


@asynccontextmanager
async def past(length_ms: int, step_ms: int = 10_000) -> AsyncIterator[Past]:
    """A MEXC that has traded for a while."""
    clock = WoundClock(START * NS_A_MS)
    wire, key = demo_wire(clock)
    limits = facades.LimitConfig(weight_10_s=100_000)  # in wound time ten seconds may last for ever
    config = facades.FacadeConfig(limits=limits)
    async with facades.Facade(wire, [key], clock=clock, config=config) as facade:
        made = Past(clock, RandomFlow(wire, SYMBOL, 11, clock), facade, "mexc")
        made.go_on(START + length_ms, step_ms)
        yield made


def printed(venue: Past) -> list[tuple[int, int, int, int]]:
    """Time (ms), price and size (units) and side of the engine's aggregate trades."""
    rules = venue.market.words.rules
    tick, lot = int(rules.tick * UNITS), int(rules.lot * UNITS)
    return [
        (one.ms, one.price * tick, one.size * lot, -1 if one.is_buyer_maker else 1)
        for one in venue.market.prints.aggregates
        if one.ms < venue.now
    ]


def test_trades_are_those_the_engine_printed_also_after_a_break(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR) as venue, venue.source(tries=2, first_tries=2) as source:
            window = (START, venue.now)
            venue.arm(kind="cut_after", where="aggTrades", skip=15, count=2)
            store = TradeStore(tmp_path, "mexc", SYMBOL, Ear().note)
            with pytest.raises(VenueUnreachable):
                await download_trades(source, store, SYMBOL, window, Ear())
            store = TradeStore(tmp_path, "mexc", SYMBOL, Ear().note)
            counts = await download_trades(source, store, SYMBOL, window, Ear())
            found: list[tuple[int, ...]] = []
            for name in counts.files:
                events = read_trades(tmp_path / name, symbol=SYMBOL, venue="mexc")
                columns = (events["ts_event"] // NS_A_MS, events["price"], events["size"], events["side"])
                found += zip(*(column.tolist() for column in columns), strict=True)
            expected = printed(venue)
            assert [one[0] for one in found] == [one[0] for one in expected]
            assert Counter(found) == Counter(expected)
            assert (len(counts.files), counts.holes) == (2, [])
            assert venue.struck() == ["cut_after", "cut_after"]

    in_time(story)


def test_candles_hold_what_was_traded(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(50 * HOUR, 30_000) as venue, venue.source() as source:
            path, ear = tmp_path / "SOLUSDT-5m.parquet", Ear()
            file = open_candles(path, venue="mexc", symbol=SYMBOL, timeframe=FIVE, note=ear.note)
            await download_candles(source, file, None, venue.now, ear)
            trades = venue.market.prints.trades
            opens = (file.candles["open_time"] // 1_000).tolist()
            assert opens == list(range(FIVE.down(trades[0].ms), venue.now, FIVE.span_ms))
            assert len(opens) > source.dialect.candle_rows
            lots: Counter[int] = Counter()
            for one in trades:
                lots[FIVE.down(one.ms)] += one.size
            size = venue.market.words.rules.size
            assert file.candles["volume"].tolist() == [float(size(lots[at])) for at in opens]

    in_time(story)


def test_markets_are_what_the_venue_trades_on() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            found = (await source.listings()).named(SYMBOL)
            assert found == Listing(SYMBOL, "SOL", "USDT", "0.01", "0.001", "5", "TRADING")
            assert float((await source.tickers())[SYMBOL].volume) > 0
            assert await source.now_ms() == venue.now

    in_time(story)
