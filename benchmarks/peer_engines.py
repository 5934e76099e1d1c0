"""The peers' side of ``benchmarks.peers``: runs in an interpreter that has them, and has nothing of Keeper.

Reads ``events.npy`` (the layout of tools.market.events) and answers each line ``NAME`` on stdin with a line
of JSON: the processor seconds that its replay took and the touch it ended with. Preparing is not timed.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

PRINT, SNAPSHOT, RESET, LAST = 1, 1, 2, 4
UNIT = 1e-8
STEP_NS = 10_000_000_000


def hftbacktest(events: Any, tick: int, lot: int) -> Any:
    """A replay without a strategy: book, clocks and matching, in steps of ten seconds."""
    import hftbacktest as hft  # only where it is asked for
    from numba import njit

    both = hft.EXCH_EVENT | hft.LOCAL_EVENT
    side = np.where(events["side"] > 0, hft.BUY_EVENT, hft.SELL_EVENT)
    shown = np.where(events["flags"] & SNAPSHOT, hft.DEPTH_SNAPSHOT_EVENT, hft.DEPTH_EVENT)
    rows = np.zeros(len(events), hft.event_dtype)
    rows["ev"] = both | side | np.where(events["kind"] == PRINT, hft.TRADE_EVENT, shown)
    rows["exch_ts"] = rows["local_ts"] = events["ts_init"]
    rows["px"], rows["qty"] = events["price"] * UNIT, events["size"] * UNIT
    fresh = np.flatnonzero((events["flags"] & RESET) != 0)
    clears = np.zeros(2 * len(fresh), hft.event_dtype)
    clears["ev"] = both | hft.DEPTH_CLEAR_EVENT | np.tile([hft.BUY_EVENT, hft.SELL_EVENT], len(fresh))
    clears["exch_ts"] = clears["local_ts"] = np.repeat(events["ts_init"][fresh], 2)
    clears["px"] = np.tile([rows["px"].min(), rows["px"].max()], len(fresh))
    rows = np.insert(rows, np.repeat(fresh, 2), clears)

    @njit
    def replay(backtest: Any) -> int:
        steps = 0
        while backtest.elapse(STEP_NS) == 0:
            steps += 1
        return steps

    def once() -> tuple[float, list[float] | None]:
        asset = hft.BacktestAsset().data(rows).linear_asset(1.0).constant_order_latency(0, 0)
        asset = asset.risk_adverse_queue_model().no_partial_fill_exchange().trading_value_fee_model(0, 0)
        backtest = hft.HashMapMarketDepthBacktest(
            [asset.tick_size(tick * UNIT).lot_size(lot * UNIT).last_trades_capacity(0)]
        )
        began = time.process_time()
        replay(backtest)
        took = time.process_time() - began
        depth = backtest.depth(0)
        touch = [depth.best_bid, depth.best_ask]
        backtest.close()
        return took, touch

    return once


def nautilus_trader(events: Any, tick: int, lot: int) -> Any:
    """Its BacktestEngine without a strategy, on objects made beforehand; its coin brings tick and lot.

    Nobody subscribes to the book, so it cannot be asked for its touch.
    """
    from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
    from nautilus_trader.config import LoggingConfig
    from nautilus_trader.model.currencies import USDT
    from nautilus_trader.model.data import BookOrder, OrderBookDelta, TradeTick
    from nautilus_trader.model.enums import (
        AccountType,
        AggressorSide,
        BookAction,
        BookType,
        OmsType,
        OrderSide,
    )
    from nautilus_trader.model.identifiers import TradeId, Venue
    from nautilus_trader.model.objects import Money, Price, Quantity
    from nautilus_trader.test_kit.providers import TestInstrumentProvider

    coin = TestInstrumentProvider.ethusdt_binance()
    shown: list[Any] = []
    printed: list[Any] = []
    for i, (_, ts, price, size, kind, side, flags) in enumerate(events.tolist()):
        what = Price(price * UNIT, coin.price_precision), Quantity(size * UNIT, coin.size_precision)
        if kind == PRINT:
            aggressor = AggressorSide.BUYER if side > 0 else AggressorSide.SELLER
            printed.append(TradeTick(coin.id, *what, aggressor, TradeId(str(i)), ts, ts))
            continue
        if flags & RESET:
            shown.append(OrderBookDelta.clear(coin.id, i, ts, ts))
        order = BookOrder(OrderSide.BUY if side > 0 else OrderSide.SELL, *what, 0)
        action = BookAction.UPDATE if size else BookAction.DELETE
        shown.append(OrderBookDelta(coin.id, action, order, 128 if flags & LAST else 0, i, ts, ts))

    def once() -> tuple[float, list[float] | None]:
        engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
        engine.add_venue(
            Venue("BINANCE"),
            OmsType.NETTING,
            AccountType.CASH,
            [Money(1_000, USDT)],
            book_type=BookType.L2_MBP,
        )
        engine.add_instrument(coin)
        engine.add_data(shown)
        engine.add_data(printed)
        began = time.process_time()
        engine.run()
        took = time.process_time() - began
        engine.dispose()
        return took, None

    return once


ENGINES = {"hftbacktest": hftbacktest, "nautilus_trader": nautilus_trader}


def main(folder: str, tick: str, lot: str) -> None:
    """Answer until stdin ends."""
    events = np.load(Path(folder) / "events.npy")
    made: dict[str, Any] = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in made:
            made[name] = ENGINES[name](events, int(tick), int(lot))
            made[name]()  # compiled and warm
        took, touch = made[name]()
        print(json.dumps({"seconds": took, "touch": touch}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
