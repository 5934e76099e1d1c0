"""Downloads of trades, and what they must equal."""

from pathlib import Path

from tests.support.histories import NS_A_MS, START, SYMBOL, Ear, Past
from tools.domain.market import UNITS
from tools.market.history.source import Source
from tools.market.history.trade_download import TradeCounts, download_trades
from tools.market.history.trade_store import TradeStore
from tools.market.tardis import read_trades

Row = tuple[int, int, int, int]
FIRST = "binance_SOLUSDT_20250101-0000.trades.csv.gz"
SECOND = "binance_SOLUSDT_20250102-0000.trades.csv.gz"
CHECKPOINT = "binance_SOLUSDT.trades.json"


async def download(
    source: Source, folder: Path, until: int, since: int = START
) -> tuple[TradeCounts, TradeStore, Ear]:
    ear = Ear()
    store = TradeStore(folder, "binance", SYMBOL, ear.note)
    return await download_trades(source, store, SYMBOL, (since, until), ear), store, ear


def held(*paths: Path) -> list[Row]:
    """Time (ms), price and size (units) and side of every row, as a replay reads them."""
    found: list[Row] = []
    for path in paths:
        events = read_trades(path, symbol=SYMBOL, venue="binance")
        columns = (events["ts_init"] // NS_A_MS, events["price"], events["size"], events["side"])
        found += zip(*(column.tolist() for column in columns), strict=True)
    return found


def printed(venue: Past, start: int, end: int) -> list[Row]:
    """What the engine's tape says."""
    rules = venue.market.words.rules
    tick, lot = int(rules.tick * UNITS), int(rules.lot * UNITS)
    return [
        (one.ms, one.price * tick, one.size * lot, -1 if one.is_buyer_maker else 1)
        for one in venue.market.prints.aggregates
        if start <= one.ms < end
    ]
