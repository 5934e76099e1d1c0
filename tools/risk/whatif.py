"""What followed signals would have earned under other parameters, from their stored excursions.

A target within ``reach_bps`` would have been filled before the stop acted; otherwise the stop sells
at ``halt_bps``, or the end of the holding time at ``final_bps``. An entry fills if its timeout
is no shorter than ``time_to_fill_ns``. Both sides of a comparison are computed this way, so what
the model of fills gets wrong it gets wrong on both. NaN is a path that cannot be told.

Source:
    López de Prado, Advances in Financial Machine Learning (2018), section 3.4 (triple barrier).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.domain.parameter import ParameterSet
from tools.domain.paths import FollowedPath
from tools.domain.trading import Result
from tools.models.uniqueness import average_uniqueness

Floats = NDArray[np.float64]
WATCHED = 2  # an entry is watched for as many times its timeout
JUDGED_RULES = frozenset({"rule.mm_confidence", "rule.spoofing"})  # their thresholds are parameters
SOLD_RESTING = frozenset({Result.TAKE_PROFIT, Result.OFFER_SOLD})  # what left as maker

_NUMBERS = (
    "cost_bps",
    "upper_bps",
    "mm_confidence",
    "spoofing_score",
    "entry_timeout_ns",
    "fees_bps",
    "time_to_fill_ns",
    "reach_bps",
    "halt_bps",
    "final_bps",
)


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Paths as columns, shape (n,) each, in order of the signals' time.

    Attributes:
        spans: Time of each signal and when its result was known, shape (n, 2).
        weight: Average uniqueness; the sum over rows is how many independent ones they are worth.
        target_cost_bps: Fees of a trade that ends at its target.
    """

    ids: NDArray[np.str_]
    symbols: NDArray[np.str_]
    spans: NDArray[np.int64]
    weight: Floats
    numbers: dict[str, Floats]
    target_cost_bps: Floats

    def __len__(self) -> int:
        return len(self.symbols)

    def rows(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Paths:
        """The chosen rows alone."""
        numbers = {name: column[chosen] for name, column in self.numbers.items()}
        return Paths(
            self.ids[chosen],
            self.symbols[chosen],
            self.spans[chosen],
            self.weight[chosen],
            numbers,
            self.target_cost_bps[chosen],
        )


def columns_of(paths: Sequence[FollowedPath]) -> Paths:
    """Those of ``paths``, in order of time, that no rule without a parameter refused, as columns."""
    kept = [path for path in paths if set(path.rules) <= JUDGED_RULES]
    symbols = np.array([path.symbol for path in kept], dtype=np.str_)
    spans = np.array([(path.ts, path.ts_known) for path in kept], np.int64).reshape(-1, 2)
    numbers = {name: np.array([_number(path, name) for path in kept], np.float64) for name in _NUMBERS}
    weight = average_uniqueness(spans, symbols.tolist()) if kept else np.zeros(0)
    ended = np.array([path.result in SOLD_RESTING for path in kept], dtype=np.bool_)
    ids = np.array([path.outcome_id for path in kept], dtype=np.str_)
    return Paths(ids, symbols, spans, weight, numbers, _target_cost(symbols, numbers, ended))


def values_of(paths: Paths, parameters: ParameterSet) -> Floats:
    """Net result of each signal under ``parameters``, basis points; 0 where nothing is entered."""
    column = paths.numbers
    net = _position(paths, parameters["take_profit_buffer_bps"])
    timeout = parameters["entry_timeout_s"] * 1e9
    fill = column["time_to_fill_ns"]
    net = np.where(np.isnan(fill) | (fill > timeout), 0.0, net)
    net = np.where(timeout > WATCHED * column["entry_timeout_ns"], np.nan, net)
    refused = column["mm_confidence"] < parameters["mm_min_confidence"]
    refused |= column["spoofing_score"] > parameters["spoof_max_score"]
    return np.where(refused, 0.0, net)


def _position(paths: Paths, buffer_bps: float) -> Floats:
    column = paths.numbers
    pays = column["cost_bps"] + buffer_bps
    target = np.fmax(np.where(np.isnan(column["upper_bps"]), pays, column["upper_bps"]), pays)
    held = np.where(np.isnan(column["halt_bps"]), column["final_bps"], column["halt_bps"])
    return np.where(column["reach_bps"] >= target, target - paths.target_cost_bps, held - column["cost_bps"])


def _target_cost(symbols: NDArray[np.str_], numbers: dict[str, Floats], ended: NDArray[np.bool_]) -> Floats:
    """Fees at the target: as the symbol's own take-profits paid, else the whole round trip's."""
    cost = numbers["cost_bps"].copy()
    for symbol in np.unique(symbols):
        here = symbols == symbol
        paid = numbers["fees_bps"][here & ended]
        if len(paid):
            cost[here] = np.minimum(cost[here], np.median(paid))
    return cost


def _number(path: FollowedPath, name: str) -> float:
    value = getattr(path, name)
    return np.nan if value is None else float(value)
