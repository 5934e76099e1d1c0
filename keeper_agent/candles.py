"""Candles of a run: whether they raise signals, and the downloads that a symbol's stores are warmed up with.

A store of each timeframe takes ``SYMBOL-5m.parquet`` and the like of the venue's folder, as ``keeper download
candles`` writes them; a larger one also what the small ones make, where its own file is missing or older.
Only what was closed when the run began is taken: everything later comes from what the run itself receives.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

from keeper_agent.settings import Settings
from scheduler.candles import CandleMaker, CandleWatch, no_candles
from tools.domain.errors import BadInput
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.trading import World
from tools.market.candle_feed import SMALL
from tools.market.candles import TIMEFRAMES, CandleStore, rolled_up
from tools.market.history.candle_file import LIVE, LOCAL, open_candles

SWITCH = "candle_signals"


def candle_folder(settings: Settings) -> Path:
    """Where downloaded candles are, a folder a venue."""
    return settings.keeper_candles or settings.keeper_home / "history"


def candle_maker(
    settings: Settings, world: World, parameters: ParameterSet, ts: int, *, is_moved: bool
) -> CandleMaker:
    """What makes the candles of a symbol for a run that begins at ``ts``, ns; of none while they are off.

    ``is_moved`` says that the run's events were moved in time: then no downloaded candle is of their past.
    """
    if not parameters[SWITCH]:
        return no_candles

    def make(instrument: Instrument, counts: Counter[str]) -> CandleWatch:
        store = CandleStore()
        if not is_moved:
            warm(store, candle_folder(settings), world, instrument, ts, counts)
        return CandleWatch(instrument, store, counts)

    return make


def warm(
    store: CandleStore, folder: Path, world: World, instrument: Instrument, ts: int, counts: Counter[str]
) -> None:
    """Take into ``store`` what was downloaded of ``instrument`` and closed at ``ts``, ns, and count it.

    Raises:
        BadInput: A file cannot be read, or holds something else.
    """
    source = LOCAL if world is World.VENUE else LIVE
    place = folder / (instrument.venue if source == LIVE else f"{instrument.venue}-{source}")
    symbol = instrument.symbol
    small = open_candles(
        place / f"{symbol}-{SMALL}.parquet",
        venue=instrument.venue,
        symbol=symbol,
        timeframe=TIMEFRAMES[SMALL],
        note=_refuse,
        source=source,
    ).candles
    for name, frame in TIMEFRAMES.items():
        path, added = place / f"{symbol}-{name}.parquet", 0
        if path.is_file():
            added += store.warm_from_file(
                path, venue=instrument.venue, symbol=symbol, timeframe=name, ts_now=ts, source=source
            )
        if name != SMALL:
            added += store.ring(symbol, name).warm(rolled_up(small, TIMEFRAMES[SMALL], frame), ts)
        counts[f"warmed {name}"] += added


def warmth(settings: Settings, world: World, instrument: Instrument, ts: int) -> str:
    """What the stores of ``instrument`` hold when a run begins at ``ts``, ns, as a hash."""
    store, digest = CandleStore(), sha256()
    warm(store, candle_folder(settings), world, instrument, ts, Counter())
    for name in TIMEFRAMES:
        digest.update(store.ring(instrument.symbol, name).window(ts).tobytes())
    return digest.hexdigest()


def _refuse(why: str) -> None:
    raise BadInput(why)
