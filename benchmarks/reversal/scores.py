"""Figures of predictions with intervals over whole days: symbols that moved together stay together."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.reversal.rows import BAR_NS, DAY_NS, Rows
from tools.models.reversal_inputs import HORIZON
from tools.models.validation import block_bootstrap, calibration_floor, expected_calibration_error

Reals = npt.NDArray[np.float64]
DRAWS, BLOCK_DAYS = 1_000, 3


def judge(probabilities: Reals, labels: Reals, base_rate: float, rows: Rows) -> dict[str, Any]:
    """Accuracy, precision, recall, F1 and Brier skill with intervals; ECE beside its floor."""
    said, is_so = probabilities >= 0.5, labels > 0
    sums = _by_day(
        rows,
        np.column_stack(
            (
                np.ones(len(labels)),
                said == is_so,
                said & is_so,
                said,
                is_so,
                (probabilities - labels) ** 2,
                (base_rate - labels) ** 2,
            )
        ),
    )
    figures = {
        "accuracy": lambda s: s[1] / s[0],
        "precision": lambda s: _ratio(s[2], s[3]),
        "recall": lambda s: _ratio(s[2], s[4]),
        "f1": lambda s: _ratio(2 * s[2], s[3] + s[4]),
        "brier_skill": lambda s: 1 - s[5] / s[6],
    }
    found: dict[str, Any] = {"n": len(labels), "days": len(sums), "share_of_ones": float(labels.mean())}
    for name, figure in figures.items():
        found[name] = _interval(lambda days, f=figure: float(f(sums[days].sum(axis=0))), len(sums))
    found["ece"] = expected_calibration_error(probabilities, labels)
    found["ece_floor"] = calibration_floor(probabilities, np.random.default_rng(1), draws=20)
    return found


def judge_trades(expected_bps: Reals, rows: Rows, least_bps: float) -> dict[str, Any]:
    """Net result of taking each trade that promises more, one at a time a symbol."""
    taken = _one_at_a_time(np.flatnonzero(expected_bps > least_bps), rows)
    if len(taken) == 0:
        return {"trades": 0, "least_bps": least_bps}
    net = rows.net_bps[taken]
    sums = _by_day(rows.take(taken), np.column_stack((np.ones(len(net)), net)))
    mean = _interval(lambda days: float(_ratio(*sums[days].sum(axis=0)[::-1])), len(sums))
    return {
        "trades": len(net),
        "least_bps": least_bps,
        "net_bps": mean,
        "win_rate": float((net > 0).mean()),
        "worst_day_bps": float(sums[:, 1].min()),
    }


def _one_at_a_time(wanted: npt.NDArray[np.int64], rows: Rows) -> npt.NDArray[np.int64]:
    free: dict[int, int] = {}
    taken = []
    for row in wanted.tolist():
        symbol, start = int(rows.symbols[row]), int(rows.spans[row, 0])
        if start >= free.get(symbol, 0):
            taken.append(row)
            free[symbol] = start + HORIZON * BAR_NS
    return np.array(taken, dtype=np.int64)


def _by_day(rows: Rows, values: Reals) -> Reals:
    days, place = np.unique(rows.spans[:, 0] // DAY_NS, return_inverse=True)
    sums = np.zeros((len(days), values.shape[1]))
    np.add.at(sums, place, values)
    return sums


def _interval(statistic: Any, n: int) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    found = asdict(block_bootstrap(statistic, n, rng, block=min(BLOCK_DAYS, n), draws=DRAWS))
    return {name: found[name] for name in ("value", "low", "high")}


def _ratio(above: float, below: float) -> float:
    return above / below if below else float("nan")
