"""The benchmark of candle signals walks trades as plain Python does, one at a time, beside chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.candle_signals.figures import DAY_US, block_days, figures
from benchmarks.candle_signals.kinds import HOLD, MICROS_5, Trades, stretches, trades_of
from benchmarks.candle_signals.outcomes import COST_BPS, Path, walk
from tools.market.history.candles import CANDLE, Candles
from tools.signals.candle_candidates import CandleConfig, CandleModel


def wandering(n: int, seed: int = 3, scale: float = 0.004) -> Candles:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, scale, n)))
    found = np.zeros(n, CANDLE)
    found["open_time"] = np.arange(n) * MICROS_5
    found["open"], found["close"] = np.concatenate((close[:1], close[:-1])), close
    found["high"] = np.maximum(found["open"], close) * (1 + rng.uniform(0, scale, n))
    found["low"] = np.minimum(found["open"], close) * (1 - rng.uniform(0, scale, n))
    return found


def by_hand(bars: Candles, first: int, stop: float, target: float, way: int, hold: int) -> tuple[float, int]:
    """One trade, a bar at a time."""
    entry, before = bars["open"][first], bars["close"][first - 1]
    stop_price, target_price = before - way * stop, before + way * target
    for k in range(first, first + hold):
        reached = (bars["low"][k], bars["high"][k])
        worst, best = reached if way > 0 else reached[::-1]
        for level, is_there, side in (
            (stop_price, (worst - stop_price) * way <= 0, -1),
            (target_price, (best - target_price) * way >= 0, 1),
        ):
            if is_there:
                gapped = (bars["open"][k] - level) * way * side >= 0
                leave = bars["open"][k] if gapped else level
                return way * (leave / entry - 1) * 1e4 - COST_BPS, k - first + 1
    return way * (bars["close"][first + hold - 1] / entry - 1) * 1e4 - COST_BPS, hold


@settings(max_examples=40)
@given(
    st.integers(0, 1_000),
    st.integers(1, 80),
    st.sampled_from([1, -1]),
    st.floats(0.05, 3),
    st.floats(0.05, 3),
)
def test_a_trade_ends_where_plain_python_ends_it(
    seed: int, first: int, way: int, stop: float, target: float
) -> None:
    bars = wandering(100, seed)
    path = Path(*(np.ascontiguousarray(bars[name]) for name in ("open", "high", "low", "close")))
    entries = np.array([first, -1, 95])
    net, held = walk(path, entries, np.full(3, stop), np.full(3, target), way, 10)
    assert (net[0], held[0]) == pytest.approx(by_hand(bars, first, stop, target, way, 10))
    assert np.isnan(net[1:]).all()  # no trade, and one whose end is not in the recording


def test_bars_are_cut_at_holes_and_no_trade_reaches_across_one() -> None:
    bars = wandering(900)
    cut = np.delete(bars, slice(400, 416))
    assert [len(part) for part in stretches(cut)] == [400, 484]
    trades = trades_of(cut, "5m", CandleModel.STRENGTH, CandleConfig())
    inside = (trades.opens > 350 * MICROS_5) & (trades.opens < (416 + 49) * MICROS_5)
    assert len(trades.opens) > 10
    assert (trades.opens[inside] <= (400 - HOLD) * MICROS_5).all()


def test_a_symbol_has_one_trade_of_a_kind_at_a_time_and_each_has_its_baselines() -> None:
    trades = trades_of(wandering(6_000), "5m", CandleModel.CONTINUATION, CandleConfig())
    assert len(trades.opens) > 100
    assert (np.diff(trades.opens) >= MICROS_5).all()
    assert set(trades.ways.tolist()) == {1, -1}
    assert len(set(trades.moment_bps.tolist())) == 2  # one a way
    # the price wanders by chance: neither the kind nor its baselines can be far from the cost
    for values in (trades.net_bps, trades.coin_bps, trades.moment_bps):
        assert values.mean() == pytest.approx(-COST_BPS, abs=15)


def test_larger_timeframes_trade_over_the_small_bars() -> None:
    trades = trades_of(wandering(12_000), "30m", CandleModel.REVERSAL, CandleConfig())
    assert len(trades.opens) > 3
    assert (trades.opens % (6 * MICROS_5) == 0).all()


def test_too_few_bars_are_no_trades() -> None:
    assert len(trades_of(wandering(40), "5m", CandleModel.MOMENTUM, CandleConfig()).opens) == 0
    assert len(trades_of(wandering(40), "1d", CandleModel.MOMENTUM, CandleConfig()).opens) == 0


def test_an_edge_is_seen_and_days_without_a_trade_count_as_days() -> None:
    rng = np.random.default_rng(1)
    n = 1_000
    opens = np.sort(rng.integers(0, 100 * DAY_US, n))
    net, coin = rng.normal(5, 20, n), rng.normal(-10, 5, n)
    trades = Trades(opens, np.ones(n, np.int64), net, coin, np.full(n, -10.0))
    found = figures(trades, np.arange(100), 3, 16)
    assert found["n"] == n
    assert found["net_bps"]["value"] == pytest.approx(net.mean())
    assert 0 < found["net_bps"]["low"] < 5 < found["net_bps"]["high"] < 10
    assert found["over_coin_bps"]["value"] == pytest.approx((net - coin).mean())
    assert found["net_bps_at_once"]["low"] < found["net_bps"]["low"]
    assert found["hit_rate"]["value"] == pytest.approx((net > 0).mean())
    assert figures(trades.take(np.arange(n) < 20), np.arange(100), 3, 16) == {"n": 20}


def test_blocks_are_longer_than_trades() -> None:
    assert [block_days(name) for name in ("5m", "30m", "4h", "1d")] == [3, 3, 4, 20]
