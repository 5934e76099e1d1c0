"""Downloads of candles, and what they must equal."""

from pathlib import Path

from tests.support.histories import DAY, MINUTE, SYMBOL, Ear, Past
from tools.market.history.candle_download import CandleCounts, download_candles
from tools.market.history.candle_file import CandleFile, open_candles
from tools.market.history.candles import Candles
from tools.market.history.source import Source
from tools.market.history.spans import Span
from tools.market.history.timeframes import Timeframe

ONE = Timeframe("1m", MINUTE)
FIVE = Timeframe("5m", 5 * MINUTE)


class Forgetful(Source):
    """A venue that leaves candles out of an answer, unless it is asked for them alone."""

    def __init__(self, source: Source, forgets: Span) -> None:
        super().__init__(source.dialect, source.channel)
        self._forgets = forgets
        self.windows: list[Span] = []

    async def candles(self, symbol: str, timeframe: Timeframe, window: Span) -> Candles:
        """What the venue says, without those that are forgotten."""
        found = await super().candles(symbol, timeframe, window)
        if timeframe.span_ms == DAY:
            return found
        self.windows.append(window)
        opens = found["open_time"] // 1_000
        is_alone = self._forgets[0] <= window[0] and window[1] <= self._forgets[1]
        return found if is_alone else found[(opens < self._forgets[0]) | (opens >= self._forgets[1])]


def opened(folder: Path, ear: Ear, frame: Timeframe = ONE, venue: str = "binance") -> CandleFile:
    path = folder / f"{SYMBOL}-{frame.name}.parquet"
    return open_candles(path, venue=venue, symbol=SYMBOL, timeframe=frame, note=ear.note)


async def download(
    source: Source, folder: Path, until: int, since: int | None = None, frame: Timeframe = ONE
) -> tuple[CandleFile, CandleCounts, Ear]:
    ear = Ear()
    file = opened(folder, ear, frame)
    counts = await download_candles(source, file, since, until, ear)
    return opened(folder, ear, frame), counts, ear


def from_trades(venue: Past, frame: Timeframe, until: int) -> list[tuple[float, ...]]:
    """Candles as the engine's own trades make them; where nothing traded, the last price goes on."""
    rules = venue.market.words.rules
    trades = list(venue.market.prints.trades)
    rows, close = [], trades[0].price
    for start in range(frame.down(trades[0].ms), until - frame.span_ms + 1, frame.span_ms):
        inside = [trade for trade in trades if start <= trade.ms < start + frame.span_ms]
        prices = [trade.price for trade in inside] or [close]
        four = (prices[0], max(prices), min(prices), prices[-1])
        volume = rules.size(sum(trade.size for trade in inside))
        rows.append((start * 1_000, *(float(rules.price(price)) for price in four), float(volume)))
        close = prices[-1]
    return rows
