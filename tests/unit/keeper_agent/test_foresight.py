"""Daily candles of the home become prospects only where a bound is on, and only of days that were over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from keeper_agent.foresight import DAY, foresee
from tools.domain.errors import BadInput
from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.market.history.candle_file import CandleFile
from tools.market.history.candles import CANDLE
from tools.market.instruments import instrument_for

ON = default_parameters({"bound_regime": 1})
DAY_NS = 86_400 * NANOS
COIN = instrument_for("binance", "ALGOUSDT")
OTHER = replace(COIN, symbol="LINKUSDT")


def keep(home: Path, symbol: str, n: int, seed: int) -> None:
    candles = np.zeros(n, CANDLE)
    price = np.exp(np.cumsum(0.02 * np.random.default_rng(seed).standard_normal(n)))
    candles["open_time"] = np.arange(n) * 86_400_000_000
    for name, factor in (("open", 1.0), ("close", 1.0), ("high", 1.01), ("low", 0.99)):
        candles[name] = price * factor
    folder = home / "history" / "binance"
    folder.mkdir(parents=True, exist_ok=True)
    file = CandleFile(folder / f"{symbol}-1d.parquet", "binance", symbol, DAY)
    file.add(candles)
    file.save()


def test_nothing_is_read_where_no_bound_is_on(tmp_path: Path) -> None:
    (tmp_path / "history" / "binance").mkdir(parents=True)
    (tmp_path / "history" / "binance" / "ALGOUSDT-1d.parquet").write_bytes(b"broken")
    assert foresee(tmp_path, [COIN], default_parameters(), 1) is None
    with pytest.raises(BadInput, match="not readable as candles"):
        foresee(tmp_path, [COIN], ON, 1)


def test_only_days_that_are_over_count_and_only_symbols_that_have_them(tmp_path: Path) -> None:
    keep(tmp_path, "ALGOUSDT", 200, 1)
    found = foresee(tmp_path, [COIN, OTHER], ON, 150 * DAY_NS + 1)
    assert found is not None
    assert (found.ts, set(found.cvar)) == (150 * DAY_NS, {"ALGOUSDT"})
    keep(tmp_path, "ALGOUSDT", 150, 1)
    assert foresee(tmp_path, [COIN, OTHER], ON, 150 * DAY_NS + 1) == found
    keep(tmp_path, "LINKUSDT", 180, 2)
    both = foresee(tmp_path, [COIN, OTHER], ON, 150 * DAY_NS + 1)
    assert both is not None
    assert (set(both.cvar), both.cvar["ALGOUSDT"]) == ({"ALGOUSDT", "LINKUSDT"}, found.cvar["ALGOUSDT"])


def test_too_few_days_are_an_error_and_none_at_all_is_nothing(tmp_path: Path) -> None:
    assert foresee(tmp_path, [COIN], ON, DAY_NS) is None
    keep(tmp_path, "ALGOUSDT", 200, 1)
    with pytest.raises(BadInput, match="need 80 daily returns, were 19"):
        foresee(tmp_path, [COIN], ON, 20 * DAY_NS)
