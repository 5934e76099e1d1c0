"""Losses of variance forecasts and their means, with intervals over blocks of time shared by all markets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.models.validation import block_bootstrap

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRAWS = 1_000
FIT, CHOOSE = 0.5, 0.7  # shares of a series at which fitting ends, and choosing
GAP = 12  # returns left out before each border: what lies ahead of them is over it


def parts_of(n: int) -> dict[str, slice]:
    """Rows of a series of ``n`` to fit on, to choose by, and held out."""
    fit, choose = int(n * FIT), int(n * CHOOSE)
    return {"fit": slice(0, fit - GAP), "choose": slice(fit, choose - GAP), "held": slice(choose, n - GAP)}


def qlike(forecast: Reals, actual: Reals) -> Reals:
    """Loss of each forecast of a variance; differences are those of the QLIKE loss, and nothing need move.

    Source:
        Patton, Volatility forecast comparison using imperfect volatility proxies (2011).
    """
    return np.asarray(np.log(forecast) + actual / forecast)


@dataclass(frozen=True, slots=True)
class Rows:
    """Values of some markets by when they were seen, ns: stamps of shape (n,), values (n, n_columns)."""

    stamps: Ints
    values: Reals


def together(rows: Sequence[Rows]) -> Rows:
    """Rows of several markets as one."""
    return Rows(np.concatenate([one.stamps for one in rows]), np.concatenate([one.values for one in rows]))


def over_blocks(
    rows: Rows, statistic: Callable[[Reals], float], span_ns: int, blocks: int = 1
) -> dict[str, Any]:
    """A statistic of column sums (the last is a count), 95 % by drawing ``blocks`` spans in a row."""
    spans, place = np.unique(rows.stamps // span_ns, return_inverse=True)
    sums = np.zeros((len(spans), rows.values.shape[1] + 1))
    np.add.at(sums, place, np.column_stack([rows.values, np.ones(len(place))]))
    found = block_bootstrap(
        lambda at: float(statistic(sums[at].sum(axis=0))), len(spans), np.random.default_rng(0),
        block=min(blocks, len(spans)), draws=DRAWS,
    )  # fmt: skip
    return {
        "value": float(f"{found.value:.4g}"),
        "low": float(f"{found.low:.4g}"),
        "high": float(f"{found.high:.4g}"),
        "n": len(place),
        "blocks": len(spans),
    }


def mean_of(stamps: Ints, values: Reals, span_ns: int, blocks: int = 1) -> dict[str, Any]:
    """Mean of ``values``, shape (n,), with its interval."""
    return over_blocks(Rows(stamps, values[:, None]), lambda s: s[0] / s[1], span_ns, blocks)
