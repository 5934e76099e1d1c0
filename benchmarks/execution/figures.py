"""Shortfalls, fills and departures of every arm over the same entries, with intervals over the worlds.

The coins of one world share its regime, so a bootstrap draws whole worlds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from keeper_agent.lab.parent_cycle import Arm
from keeper_agent.lab.parents import ParentRow

Reals = npt.NDArray[np.float64]
DRAWS = 2_000
LEAST_WORLDS = 10
Statistic = Callable[[Reals], float]


class Paired:
    """The entries that every arm carried out, in one order.

    Args:
        rows: Of all arms; entries without a market maker in any of them are left out.
        seed: Of the bootstrap.

    Raises:
        ValueError: No entry is in every arm.
    """

    def __init__(self, rows: Sequence[ParentRow], seed: int = 7) -> None:
        by_arm: dict[str, dict[tuple[str, int, str], ParentRow]] = defaultdict(dict)
        for row in rows:
            if row.carried is not None:
                by_arm[row.arm][row.scenario, row.seed, row.symbol] = row
        self.arms = tuple(by_arm)
        self.keys = sorted(set.intersection(*(set(found) for found in by_arm.values()))) if by_arm else []
        if not self.keys:
            raise ValueError("expected an entry that every arm carried out, was none")
        worlds = [(scenario, number) for scenario, number, _ in self.keys]
        self.worlds = sorted(set(worlds))
        self._members = [np.flatnonzero([one == world for one in worlds]) for world in self.worlds]
        self._rows = {arm: [by_arm[arm][key] for key in self.keys] for arm in self.arms}
        self._seed = seed

    def values(self, arm: str, of: Callable[[ParentRow], float]) -> Reals:
        """A number an entry, shape (n,)."""
        return np.array([of(row) for row in self._rows[arm]], dtype=np.float64)

    def estimate(self, statistic: Callable[[npt.NDArray[np.intp]], float]) -> dict[str, Any]:
        """``statistic`` of all entries, given by index, with a 95 % interval over worlds."""
        everything = np.arange(len(self.keys))
        found: dict[str, Any] = {"value": statistic(everything), "interval": None}
        if len(self.worlds) >= LEAST_WORLDS:
            rng = np.random.default_rng(self._seed)
            drawn = [
                statistic(
                    np.concatenate(
                        [self._members[i] for i in rng.integers(0, len(self.worlds), len(self.worlds))]
                    )
                )
                for _ in range(DRAWS)
            ]
            found["interval"] = [float(value) for value in np.quantile(drawn, (0.025, 0.975))]
        return found


def shortfall(row: ParentRow) -> float:
    """Basis points beyond the arrival mid, the unfilled rest charged, fees apart."""
    return _of(row, "shortfall_bps")


def with_fees(row: ParentRow) -> float:
    """The same with fees."""
    return _of(row, "shortfall_bps") + _of(row, "fee_bps")


def _of(row: ParentRow, name: str) -> float:
    if row.carried is None:
        raise ValueError(f"{row.symbol} of world {row.seed} was not carried out")
    return float(getattr(row.carried, name))


def figures(rows: Sequence[ParentRow]) -> dict[str, Any]:
    """Every figure of the comparison, by arm."""
    paired = Paired(rows)
    trading = [arm for arm in paired.arms if arm != Arm.ABSENT.value]
    return {
        "entries": len(paired.keys),
        "worlds": len(paired.worlds),
        "arms": {arm: _arm(paired, arm) for arm in trading},
        "saving_against_twap": _savings(paired, trading, Arm.TWAP.value),
        "saving_against_at_once": _savings(paired, trading, Arm.AT_ONCE.value),
        "departures_without_us": _share(paired, Arm.ABSENT.value),
        "causal_departure_points": {arm: _causal(paired, arm) for arm in trading}
        if Arm.ABSENT.value in paired.arms
        else {},
    }


def _arm(paired: Paired, arm: str) -> dict[str, Any]:
    names: Mapping[str, Callable[[ParentRow], float]] = {
        "shortfall_bps": shortfall,
        "shortfall_with_fees_bps": with_fees,
        "filled": lambda row: _of(row, "filled"),
        "made": lambda row: _of(row, "made"),
        "orders": lambda row: _of(row, "orders"),
    }
    found = {name: _mean(paired, paired.values(arm, of)) for name, of in names.items()}
    whole = paired.values(arm, lambda row: float(_of(row, "filled") > 1 - 1e-9))
    return {**found, "wholly_filled": float(whole.mean())}


def _mean(paired: Paired, values: Reals) -> dict[str, Any]:
    return paired.estimate(lambda chosen: float(values[chosen].mean()))


def _savings(paired: Paired, arms: Sequence[str], against: str) -> dict[str, Any]:
    if against not in paired.arms:
        return {}
    found: dict[str, Any] = {}
    for name, of in (("shortfall", shortfall), ("with_fees", with_fees)):
        base = paired.values(against, of)
        for arm in arms:
            if arm != against:
                mine = paired.values(arm, of)
                saved = paired.estimate(_saving(mine, base))
                found.setdefault(arm, {})[name] = saved
                found[arm][f"{name}_bps"] = _mean(paired, base - mine)
    return found


def _saving(mine: Reals, base: Reals) -> Callable[[npt.NDArray[np.intp]], float]:
    """Share by which the mean of ``mine`` is below that of ``base``; of little use where that is near 0."""
    return lambda chosen: 1.0 - float(mine[chosen].mean() / base[chosen].mean())


def _share(paired: Paired, arm: str) -> dict[str, Any] | None:
    return _mean(paired, paired.values(arm, _left)) if arm in paired.arms else None


def _causal(paired: Paired, arm: str) -> dict[str, Any]:
    """Departures with us less those without, on the same worlds, in points of a hundred."""
    return {
        "left": _mean(paired, 100 * (paired.values(arm, _left) - paired.values(Arm.ABSENT.value, _left))),
        "left_or_quoted_less": _mean(
            paired, 100 * (paired.values(arm, _withdrew) - paired.values(Arm.ABSENT.value, _withdrew))
        ),
    }


def _left(row: ParentRow) -> float:
    return float(row.left)


def _withdrew(row: ParentRow) -> float:
    return float(row.withdrew)
