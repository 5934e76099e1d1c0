"""Candles as arrays, and how a venue's rows become them.

``open_time`` is microseconds UTC, as in the files; prices and volumes are floats, as indicators want them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tools.market.history.channel import Malformed
from tools.market.history.spans import Span
from tools.market.history.timeframes import Timeframe

PRICES = ("open", "high", "low", "close")
COLUMNS = ("open_time", *PRICES, "volume")
CANDLE = np.dtype([("open_time", np.int64), *((name, np.float64) for name in (*PRICES, "volume"))])
MICROS = 1_000  # in a millisecond

Candles: TypeAlias = npt.NDArray[np.void]


def candles_of(rows: Any, timeframe: Timeframe, window: Span) -> Candles:
    """A venue's kline rows that open in ``window`` (ms), ordered, each once.

    Raises:
        Malformed: They are no klines, or not of this timeframe.
    """
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise Malformed(f"expected a list of candles, was {str(rows)[:80]!r}")
    try:
        table = [(int(row[0]) * MICROS, *(float(row[at]) for at in range(1, 6))) for row in rows]
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise Malformed(f"expected rows of six numbers and more, found none in {str(rows)[:80]!r}") from error
    found, _ = joined(np.zeros(0, CANDLE), np.array(table, CANDLE))
    opens = found["open_time"] // MICROS
    found = found[(opens >= window[0]) & (opens < window[1])]
    if (why := fault_in(found, timeframe)) is not None:
        raise Malformed(why)
    return found


def fault_in(candles: Candles, timeframe: Timeframe) -> str | None:
    """What is wrong with ``candles``; None where each could be one and stands on the grid."""
    if len(candles) == 0:
        return None
    values = np.column_stack([candles[name] for name in COLUMNS[1:]])
    if not np.isfinite(values).all() or (values[:, :4] <= 0).any() or (values[:, 4] < 0).any():
        return "a candle must have positive prices and a volume of 0 or more"
    if (values[:, 1] < values[:, :4].max(axis=1)).any() or (values[:, 2] > values[:, :4].min(axis=1)).any():
        return "a candle's high and low must enclose its open and close"
    offset = (candles["open_time"] - timeframe.anchor_ms * MICROS) % (timeframe.span_ms * MICROS)
    if offset.any():
        first = int(candles["open_time"][np.argmax(offset != 0)])
        return f"a candle of {timeframe.name} must open on its grid, one opens at {first} µs"
    return None


def joined(old: Candles, new: Candles) -> tuple[Candles, int]:
    """Both, ordered by opening time, and how many were there twice; of two the new one stays."""
    both = np.concatenate([new, old])
    _, firsts = np.unique(both["open_time"], return_index=True)
    return both[firsts], len(both) - len(firsts)


def holes_in(candles: Candles, timeframe: Timeframe, window: Span) -> list[Span]:
    """Where in ``window`` (ms) candles are missing, runs of them."""
    span, opens = timeframe.span_ms, candles["open_time"]
    first, end = np.searchsorted(opens, np.array(window) * MICROS)
    expected = np.arange(timeframe.up(window[0]), timeframe.up(window[1]), span, dtype=np.int64)
    missing = np.setdiff1d(expected, opens[first:end] // MICROS, assume_unique=True)
    if len(missing) == 0:
        return []
    runs = np.split(missing, np.flatnonzero(np.diff(missing) != span) + 1)
    return [(int(run[0]), int(run[-1]) + span) for run in runs]
