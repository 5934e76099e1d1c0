"""What candle signals came to: ``python -m benchmarks.candle_signals --json --candles FOLDER``.

Kind by kind (a model on a timeframe): how often each trade earned after 5 bps a side, and how much, beside
two baselines on the same stream. The coin trades at the same moments, with the same distances and time,
either way by chance: what the direction is worth. The moment trades the same way at all moments of that
symbol and timeframe: what the choice of the moment is worth. Both are means, not draws. Nothing was fitted,
so nothing is held out. ``up`` are the trades that Keeper would raise on spot, ``both`` those of either way.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks.candle_signals.cost import measure_feed
from benchmarks.candle_signals.figures import DAY_US, block_days, figures
from benchmarks.candle_signals.kinds import joined, trades_of
from benchmarks.reversal.rows import read_candles
from benchmarks.reversal.speed import measure_speed
from tools.market.candles import TIMEFRAMES
from tools.signals.candle_candidates import CandleConfig, CandleModel

SYMBOLS = (
    *("BTCUSDT", "ETHUSDT", "BNBUSDT", "XRPUSDT", "SOLUSDT"),
    *("ALGOUSDT", "LINKUSDT", "AVAXUSDT", "VETUSDT"),
)
KINDS = len(TIMEFRAMES) * len(CandleModel)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--candles", type=Path, default=Path("../shared/data/candles"))
    parser.add_argument("--symbols", type=int, default=50, help="symbols of the speed measurement")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    missing = [one for one in SYMBOLS if not (words.candles / f"{one}-5m.parquet").is_file()]
    if missing:
        parser.error(f"--candles expects {', '.join(f'{one}-5m.parquet' for one in missing)}")
    found = {
        "speed": measure_speed(words.symbols),
        "feed": measure_feed(),
        **measure(words.candles),
    }
    print(orjson.dumps(found, option=orjson.OPT_INDENT_2 if words.json else None).decode())


def measure(folder: Path) -> dict[str, Any]:
    """Figures of every kind over all symbols together."""
    candles = {symbol: read_candles(folder / f"{symbol}-5m.parquet") for symbol in SYMBOLS}
    days = np.unique(np.concatenate([one["open_time"] // DAY_US for one in candles.values()]))
    config = CandleConfig()
    kinds: dict[str, Any] = {}
    for timeframe in TIMEFRAMES:
        for model in CandleModel:
            trades = joined([trades_of(one, timeframe, model, config) for one in candles.values()])
            block = block_days(timeframe)
            kinds[f"{model}.{timeframe}"] = {
                "both": figures(trades, days, block, KINDS),
                "up": figures(trades.take(trades.ways > 0), days, block, KINDS),
            }
    return {
        "bars": sum(len(one) for one in candles.values()),
        "symbols": len(candles),
        "days": len(days),
        "kinds_at_once": KINDS,
        "kinds": kinds,
    }


if __name__ == "__main__":
    main()
