"""What a trade begun at each bar would have come to: stop, target or time, walked over five-minute bars.

Bought or sold at the open after the signal's candle, with stop and target as many ATR from the candle's close
as Keeper sets them. Where a bar touches both, the stop came first; a bar that opens beyond one fills there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
COST_BPS = 10.0  # 5 a side
WAYS = (1, -1)


class Outcomes(NamedTuple):
    """Of n trades: net basis points after costs (NaN where unknown), and five-minute bars held."""

    net_bps: Reals
    held: Ints


class Path(NamedTuple):
    """Five-minute bars that trades are walked over, each shape (m,)."""

    open: Reals
    high: Reals
    low: Reals
    close: Reals


def walk(path: Path, entries: Ints, stops: Reals, targets: Reals, way: int, hold: int) -> Outcomes:
    """Trades of ``way`` (1 bought, -1 sold) that begin with the open of the bars ``entries`` of ``path``.

    Args:
        path: The bars.
        entries: Index of the first bar of each trade, shape (n,); -1 is no trade.
        stops: Distance of the stop from the candle's close, in quote, shape (n,).
        targets: Likewise of the target.
        way: 1 or -1.
        hold: Bars after which a trade is closed at the close.
    """
    net, held = _walk(path.open, path.high, path.low, path.close, entries, stops, targets, way, hold)
    return Outcomes(np.asarray(net), np.asarray(held))


@kernel
def _walk(
    opened: Reals,
    high: Reals,
    low: Reals,
    close: Reals,
    entries: Ints,
    stops: Reals,
    targets: Reals,
    way: int,
    hold: int,
) -> tuple[Reals, Ints]:
    net = np.full(len(entries), np.nan)
    held = np.zeros(len(entries), np.int64)
    for i in range(len(entries)):
        first = entries[i]
        if first < 0 or first + hold > len(opened) or stops[i] <= 0.0:
            continue
        entry = opened[first]
        before = close[first - 1] if first > 0 else entry
        stop, target = before - way * stops[i], before + way * targets[i]
        leave, last = close[first + hold - 1], hold
        for k in range(first, first + hold):
            worst, best = (low[k], high[k]) if way > 0 else (high[k], low[k])
            if way * (worst - stop) <= 0.0:
                leave = opened[k] if way * (opened[k] - stop) <= 0.0 else stop
                last = k - first + 1
                break
            if way * (best - target) >= 0.0:
                leave = opened[k] if way * (opened[k] - target) >= 0.0 else target
                last = k - first + 1
                break
        net[i] = way * (leave / entry - 1.0) * 1e4 - COST_BPS
        held[i] = last
    return net, held
