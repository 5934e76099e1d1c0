"""The candle store holds closed candles only, bounded, and the same however much came later."""

from pathlib import Path

import numpy as np
import pytest

from tools.domain.errors import BadInput
from tools.market.candles import TIMEFRAMES, CandleRing, CandleStore, Taken, rolled_up
from tools.market.history.candle_file import CandleFile
from tools.market.history.candles import CANDLE, Candles

MINUTES_5 = TIMEFRAMES["5m"]
MICROS_5 = 300_000_000
NANOS_5 = 300_000_000_000


def made(n: int, first: int = 0) -> Candles:
    found = np.zeros(n, CANDLE)
    k = np.arange(first, first + n)
    found["open_time"] = k * MICROS_5
    found["open"], found["close"] = 100.0 + k % 7, 100.0 + (k + 1) % 7
    found["high"] = np.maximum(found["open"], found["close"]) + 1
    found["low"] = np.minimum(found["open"], found["close"]) - 1
    found["volume"] = 1.0 + k
    return found


def test_a_candle_counts_only_once_it_is_closed() -> None:
    ring = CandleRing(MINUTES_5)
    assert ring.add(made(1)[0], NANOS_5 - 1) is Taken.UNCLOSED
    assert len(ring.window(10 * NANOS_5)) == 0
    assert ring.add(made(1)[0], NANOS_5) is Taken.ADDED
    assert len(ring.window(NANOS_5)) == 1


def test_a_closed_candle_is_final() -> None:
    ring = CandleRing(MINUTES_5)
    ring.warm(made(3), 3 * NANOS_5)
    changed = made(3)
    changed["volume"] += 5
    assert ring.add(changed[2], 9 * NANOS_5) is Taken.KNOWN
    assert ring.window(9 * NANOS_5).tolist() == made(3).tolist()


def test_the_newest_five_hundred_are_kept_through_every_wrap() -> None:
    ring = CandleRing(MINUTES_5)
    everything = made(2_300)
    for i, row in enumerate(everything):
        ring.add(row, (i + 1) * NANOS_5)
        if i % 97 == 0 or i in (499, 500, 999, 1_000, 1_001):
            assert ring.window((i + 1) * NANOS_5).tolist() == everything[max(0, i - 499) : i + 1].tolist()


def test_what_came_later_changes_nothing_of_an_earlier_window() -> None:
    short, long = CandleRing(MINUTES_5), CandleRing(MINUTES_5)
    short.warm(made(100), 100 * NANOS_5)
    long.warm(made(300), 300 * NANOS_5)
    for end in (1, 57, 100):
        assert long.window(end * NANOS_5).tolist() == short.window(end * NANOS_5).tolist()
        assert len(long.window(end * NANOS_5 - 1)) == end - 1


def test_a_candle_off_the_grid_is_refused() -> None:
    row = made(1)
    row["open_time"] += 1
    with pytest.raises(BadInput, match="grid"):
        CandleRing(MINUTES_5).add(row[0], NANOS_5)


def test_history_warms_a_ring_from_what_a_download_wrote(tmp_path: Path) -> None:
    file = CandleFile(tmp_path / "A.parquet", "binance", "A", MINUTES_5)
    file.add(made(700))
    file.save()
    store = CandleStore()
    words = {"venue": "binance", "symbol": "A", "timeframe": "5m"}
    assert store.warm_from_file(file.path, **words, ts_now=650 * NANOS_5) == 500
    assert store.ring("A", "5m").window(650 * NANOS_5).tolist() == made(500, 150).tolist()


def test_history_that_is_not_there_or_cut_is_one_line(tmp_path: Path) -> None:
    words = {"venue": "binance", "symbol": "A", "timeframe": "5m"}
    with pytest.raises(BadInput, match="found no file"):
        CandleStore().warm_from_file(tmp_path / "A.parquet", **words, ts_now=1)
    (tmp_path / "A.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(BadInput, match="not readable as candles"):
        CandleStore().warm_from_file(tmp_path / "A.parquet", **words, ts_now=1)


def test_an_unknown_timeframe_is_refused() -> None:
    with pytest.raises(BadInput, match="expected a timeframe"):
        CandleStore().ring("A", "7m")


def test_six_small_candles_make_a_large_one_and_five_make_none() -> None:
    small = made(18)
    large = rolled_up(np.delete(small, 8), MINUTES_5, TIMEFRAMES["30m"])
    assert large["open_time"].tolist() == [0, 12 * MICROS_5]
    assert large["open"].tolist() == [small["open"][0], small["open"][12]]
    assert large["high"].tolist() == [small["high"][:6].max(), small["high"][12:].max()]
    assert large["low"].tolist() == [small["low"][:6].min(), small["low"][12:].min()]
    assert large["close"].tolist() == [small["close"][5], small["close"][17]]
    assert large["volume"].tolist() == [small["volume"][:6].sum(), small["volume"][12:].sum()]
    assert len(rolled_up(small[:0], MINUTES_5, TIMEFRAMES["30m"])) == 0
