"""Variance of the next twelve returns: three horizons beside last value, average and GARCH, held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.regimes.fit import Prepared, fitted_weights, prepared
from benchmarks.regimes.rivals import Garch, exponential_average
from benchmarks.regimes.scores import GAP, Rows, over_blocks, qlike, together
from benchmarks.regimes.series import Series, trailing
from tools.domain.market import NANOS
from tools.features.har import HORIZONS
from tools.features.outlook import fitted_outlook

Reals = npt.NDArray[np.float64]

AVERAGES = (0.9, 0.95, 0.97, 0.98, 0.99)  # weights kept a return, the best on the fit parts is taken
DAY_NS, WEEK = 86_400 * NANOS, 7
TAPE_BLOCK_NS, TAPE_WARM = 180 * NANOS, 60
LEAST_RETURNS = 300  # of a recording: on less nothing can be said


def best_average(markets: Sequence[Prepared]) -> float:
    """The weight of least QLIKE over the fit parts."""

    def loss(kept: float) -> float:
        parts = []
        for market in markets:
            rows = market.part("fit")
            parts.append(qlike(exponential_average(market.series.returns, kept)[rows], market.ahead[rows]))
        return float(np.mean([part.mean() for part in parts]))

    return min(AVERAGES, key=loss)


def forecasts(market: Prepared, garch: Garch, kept: float) -> dict[str, Reals]:
    """Mean variance of the next returns by each method, shape (n,)."""
    returns = market.series.returns
    return {
        "three_horizons": market.horizons @ fitted_outlook()["weights"][0],
        "last": market.horizons[:, 0],
        "average": exponential_average(returns, kept),
        "garch": garch.ahead(returns),
    }


def compared(parts: Sequence[tuple[Prepared, slice, Mapping[str, Reals]]], span_ns: int, blocks: int) -> Any:
    """Mean losses of each method and how much less ours is, over rows in which every forecast is positive.

    MSE is of the variance against the usual one of its part, so that no market counts more than another.
    """
    names = list(parts[0][2])
    rows, left_out = [], 0
    for market, where, said in parts:
        actual = market.ahead[where]
        usual = float(np.nanmean(actual))
        table = np.column_stack([said[name][where] for name in names])
        good = (table > 0).all(axis=1) & np.isfinite(actual) & np.isfinite(table).all(axis=1)
        left_out += int(np.sum(~good))
        table, actual = table[good], actual[good]
        loss = [qlike(table[:, i] / usual, actual / usual) for i in range(len(names))]
        square = [((table[:, i] - actual) / usual) ** 2 for i in range(len(names))]
        rows.append(Rows(market.series.stamps[where][good], np.column_stack([*loss, *square])))
    every, k = together(rows), len(names)
    found: dict[str, Any] = {"n": len(every.stamps), "left_out": left_out, "qlike": {}, "mse": {}}
    for kind, start in (("qlike", 0), ("mse", k)):
        for i, name in enumerate(names):
            found[kind][name] = over_blocks(every, partial(_mean, at=start + i), span_ns, blocks)
            if i:
                gain = partial(_gain, at=start + i, ours=start)
                found[kind][f"less_than_{name}"] = over_blocks(every, gain, span_ns, blocks)
    return found


def _mean(sums: Reals, at: int) -> float:
    return float(sums[at] / sums[-1])


def _gain(sums: Reals, at: int, ours: int) -> float:
    return float((sums[at] - sums[ours]) / sums[-1])


def on_candles(markets: Sequence[Prepared]) -> dict[str, Any]:
    """Everything on the held-out bars; intervals over weeks of days that all coins share."""
    kept = best_average(markets)
    parts, kinds = [], []
    for market in markets:
        garch = Garch(market.series.returns[market.part("fit")])
        parts.append((market, market.part("held"), forecasts(market, garch, kept)))
        kinds.append((garch.alpha, garch.beta))
    return {
        "average_kept": kept,
        "garch_alpha_beta": [[round(a, 3), round(b, 3)] for a, b in kinds],
        **compared(parts, DAY_NS, WEEK),
    }


def on_tape(series: Series, kept: float) -> dict[str, Any]:
    """The second half of a recording, with weights from bars; GARCH is fitted on its first half."""
    n = len(series.returns)
    if n < LEAST_RETURNS:
        return {"tape": series.name, "too_short": n}
    market = prepared(series)
    half = n // 2
    short = _what_there_is(market)
    garch = Garch(series.returns[:half])
    where = slice(max(half, TAPE_WARM), n - GAP)
    found = compared([(short, where, forecasts(short, garch, kept))], TAPE_BLOCK_NS, 2)
    still = float(np.mean(series.returns[where] == 0))
    return {"tape": series.name, "returns_of_zero": round(still, 3), **found}


def _what_there_is(market: Prepared) -> Prepared:
    """Horizons that use what was seen where it is less than they ask for, as the kernel does."""
    squares = np.cumsum(market.series.returns**2)
    n = np.arange(1, len(squares) + 1)
    columns = []
    for i, length in enumerate(HORIZONS):
        column = market.horizons[:, i].copy()
        column[n < length] = (squares / n)[n < length]
        columns.append(column)
    return Prepared(market.series, market.seen, market.usual, np.column_stack(columns), market.ahead)


def estimators(markets: Sequence[Prepared]) -> dict[str, float]:
    """QLIKE on the parts to choose by, of horizons made of other measures of variance; lower is better."""
    return {name: round(_loss_with(markets, measure), 4) for name, measure in MEASURES.items()}


def _bipower(returns: Reals) -> Reals:
    found = np.zeros(len(returns))
    found[1:] = np.pi / 2 * np.abs(returns[1:] * returns[:-1])
    return found


def _median(returns: Reals) -> Reals:
    three = np.abs(np.stack([returns[2:], returns[1:-1], returns[:-2]]))
    found = np.zeros(len(returns))
    found[2:] = np.median(three, axis=0) ** 2 * np.pi / (6 - 4 * np.sqrt(3) + np.pi)
    return found


def _averaged_first(returns: Reals) -> Reals:
    weights = np.array([0.25, 0.5, 0.25])
    return np.asarray(np.convolve(returns, weights)[: len(returns)] ** 2 / (weights @ weights))


MEASURES = {
    "squares": np.square,
    "bipower": _bipower,
    "median_of_three": _median,
    "averaged_first": _averaged_first,
}


def _loss_with(markets: Sequence[Prepared], measure: Any) -> float:
    changed = []
    for market in markets:
        values = measure(market.series.returns)
        columns = np.column_stack([trailing(values, n) for n in HORIZONS])
        changed.append(Prepared(market.series, market.seen, market.usual, columns, market.ahead))
    weights = fitted_weights(changed)
    losses = []
    for market in changed:
        rows = market.part("choose")
        forecast, actual = market.horizons[rows] @ weights, market.ahead[rows]
        losses.append(qlike(forecast[forecast > 0], actual[forecast > 0]).mean())
    return float(np.mean(losses))
