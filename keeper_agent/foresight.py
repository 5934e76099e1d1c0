"""Daily candles of the home to the prospects that bounds on sizes are made of; nothing where none is on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tools.domain.errors import BadInput
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.market.history.candle_file import open_candles
from tools.market.history.candles import Candles
from tools.market.history.timeframes import Timeframe
from tools.risk.prospects import Prospects, prospects_at

DAY = Timeframe("1d", 86_400_000)
SWITCHES = ("bound_cvar", "bound_correlation", "bound_tail", "bound_regime")
MICROS = 1_000  # ns in one


def foresee(
    home: Path, instruments: Iterable[Instrument], parameters: ParameterSet, ts: int
) -> Prospects | None:
    """Prospects of the symbols with a file ``history/VENUE/SYMBOL-1d.parquet``, by days over at ``ts``, ns.

    A symbol without one is not among them, and a bound that is on leaves it nothing.

    Raises:
        BadInput: A file is not readable, or the days that all of them have are too few.
    """
    if not any(parameters[name] for name in SWITCHES):
        return None
    found = {one.symbol: candles for one in instruments if len(candles := _candles(home, one))}
    if not found:
        return None
    shared = next(iter(found.values()))["open_time"]
    for candles in found.values():
        shared = np.intersect1d(shared, candles["open_time"])
    closes = [candles["close"][np.isin(candles["open_time"], shared)] for candles in found.values()]
    ends = shared * MICROS + DAY.span_ms * 1_000_000
    try:
        return prospects_at(tuple(found), ends, np.column_stack(closes), ts)
    except ValueError as why:
        named = ", ".join(found)
        raise BadInput(f"{home / 'history'}: daily candles of {named}: {why}") from why


def _candles(home: Path, instrument: Instrument) -> Candles:
    path = home / "history" / instrument.venue / f"{instrument.symbol}-{DAY.name}.parquet"
    file = open_candles(path, venue=instrument.venue, symbol=instrument.symbol, timeframe=DAY, note=_refuse)
    return file.candles


def _refuse(why: str) -> None:
    raise BadInput(why)
