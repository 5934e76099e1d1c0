"""The parameters reflection may move, how far at once, and how a step is judged.

A step is proposed by earlier paths and confirmed by later ones. A symbol's share is judged by its own
results: it is halved where they fall short of the others' and are not shown to earn, taken
away where they lose, and given back where they earn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tools.domain.parameter import SPECS, ParameterSet, base_name, scoped_name
from tools.models.validation import (
    Estimate,
    Trial,
    batch_mean,
    confirm,
    search_and_confirm,
    spent_level,
    wilson_interval,
)
from tools.risk.whatif import Floats, Paths, values_of

SHARE = "symbol_size_share"
SHARE_STEP = 0.5
PLAIN_LEVEL = 0.95
SHOWN_EVIDENCE = 20
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lever:
    """A parameter that may be moved, and its step."""

    name: str
    step: float


LEVERS: tuple[Lever, ...] = (
    Lever("take_profit_buffer_bps", 1.0),
    Lever("entry_timeout_s", 5.0),
    Lever("mm_min_confidence", 0.05),
    Lever("spoof_max_score", 0.05),
)


@dataclass(frozen=True, slots=True)
class LiveLever:
    """A parameter whose change changes what fills or how long it is held: no stored path can judge it.

    Attributes:
        kind: The outcomes that judge it: all followed signals, ``shadow``, or only round trips ``taken``.
    """

    name: str
    step: float
    kind: str


LIVE_LEVERS: tuple[LiveLever, ...] = (
    LiveLever("hold_timeout_s", 30.0, "shadow"),
    LiveLever("conservative_multiplier", 0.1, "taken"),
    LiveLever("min_split_delay_s", 1.0, "taken"),
    LiveLever("abort_bounds_move_bps", 2.5, "taken"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one parameter that earlier paths speak for.

    Attributes:
        gains: Gain of each path by the change, in order of time; NaN where it cannot be told.
    """

    name: str
    before: float
    after: float
    gains: Floats
    unit: str


@dataclass(frozen=True, slots=True)
class TriedStep:
    """A step with what later paths said of it; ``evidence`` are the newest outcomes it bears on.

    Attributes:
        failures: Of a symbol's share: how often its round trips lost, over all paths; else None.
    """

    name: str
    before: float
    after: float
    unit: str
    trial: Trial
    evidence: tuple[str, ...]
    failures: Estimate | None


def moved(parameters: ParameterSet, name: str, value: float) -> ParameterSet:
    """``parameters`` with one value changed."""
    return replace(parameters, values={**parameters.values, name: value})


def try_steps(
    paths: Paths,
    parameters: ParameterSet,
    *,
    looks: int,
    resting: frozenset[str] = frozenset(),
    is_gated: bool = True,
) -> tuple[TriedStep, ...]:
    """Every step that earlier paths propose, judged on later ones; all of them share the look's chance.

    Args:
        paths: In order of time.
        parameters: In force now.
        looks: How many times was looked, this one included.
        resting: Parameters that are left alone.
        is_gated: False takes every proposal; only for showing what the gate is worth.
    """
    if len(paths) == 0:
        return ()
    early, late = search_and_confirm(paths.spans)
    steps = [step for step in _proposals(paths, early, parameters) if step.name not in resting]
    level = spent_level(looks, max(1, len(steps))) if is_gated else 0.0
    values = values_of(paths, parameters)
    return tuple(_tried(step, paths, early, late, level, values) for step in steps)


def measured(
    paths: Paths, parameters: ParameterSet, name: str, before: float, after: float, *, level: float
) -> Estimate | None:
    """What the change of ``name`` from ``before`` to ``after`` did on ``paths``; None if too few."""
    gains = _gains(paths, parameters, name, before, after)
    known = ~np.isnan(gains)
    return batch_mean(gains[known], float(paths.weight[known].sum()), level)


def _tried(step: Step, paths: Paths, early: Rows, late: Rows, level: float, values: Floats) -> TriedStep:
    known = late[~np.isnan(step.gains[late])]
    n_search = int((~np.isnan(step.gains[early])).sum())
    trial = confirm(step.gains[known], float(paths.weight[known].sum()), level, n_search)
    told = known[step.gains[known] != 0][-SHOWN_EVIDENCE:]
    evidence = tuple(paths.ids[told].tolist())
    failures = _failures(paths, step.name, values) if base_name(step.name) == SHARE else None
    return TriedStep(step.name, step.before, step.after, step.unit, trial, evidence, failures)


def _failures(paths: Paths, name: str, values: Floats) -> Estimate | None:
    """How often the round trips of a symbol lost, with Wilson's interval; None without any."""
    entered = (paths.symbols == name.partition("@")[2]) & ~np.isnan(values) & (values != 0)
    n = int(entered.sum())
    if n == 0:
        return None
    share, effective = float((values[entered] < 0).mean()), float(paths.weight[entered].sum())
    low, high = wilson_interval(share * effective, effective)
    return Estimate(share, low, high, n)


def _proposals(paths: Paths, early: Rows, parameters: ParameterSet) -> list[Step]:
    values = values_of(paths, parameters)
    symbols = np.unique(paths.symbols).tolist()
    found = [
        *(_best_step(paths, early, parameters, lever) for lever in LEVERS),
        *(_share_step(paths, early, parameters, symbol, values) for symbol in symbols),
    ]
    return [step for step in found if step is not None]


def _best_step(paths: Paths, early: Rows, parameters: ParameterSet, lever: Lever) -> Step | None:
    """The neighbouring value that would have gained most on the earlier paths."""
    spec, before = SPECS[lever.name], parameters[lever.name]
    around = (round(before - lever.step, 6), round(before + lever.step, 6))
    steps = [
        Step(lever.name, before, after, _gains(paths, parameters, lever.name, before, after), "bps a signal")
        for after in around
        if spec.low <= after <= spec.high
    ]
    best = max(steps, key=lambda step: _mean(step.gains[early]), default=None)
    return best if best is not None and _mean(best.gains[early]) > 0 else None


def _gains(paths: Paths, parameters: ParameterSet, name: str, before: float, after: float) -> Floats:
    if base_name(name) == SHARE:
        own = paths.symbols == name.partition("@")[2]
        gains = (after - before) * values_of(paths, parameters)
        return np.where(own, gains, np.nan)
    now, then = moved(parameters, name, before), moved(parameters, name, after)
    return shares_of(paths, parameters) * (values_of(paths, then) - values_of(paths, now))


def shares_of(paths: Paths, parameters: ParameterSet) -> Floats:
    """What each path counts for: the share of the usual size its symbol is held to."""
    symbols, places = np.unique(paths.symbols, return_inverse=True)
    return np.array([parameters.scoped(SHARE, str(one)) for one in symbols])[places]


def _share_step(
    paths: Paths, early: Rows, parameters: ParameterSet, symbol: str, values: Floats
) -> Step | None:
    name, share = scoped_name(SHARE, symbol), parameters.scoped(SHARE, symbol)
    own = np.where(paths.symbols == symbol, values, np.nan)
    short = _shortfall(paths, parameters, symbol, values)
    if share == 1:
        return (
            Step(name, 1.0, 0.5, short, "bps a signal below the others")
            if _falls_short(paths, own, short, early)
            else None
        )
    is_earning = _mean(own[early]) > 0
    after = share + SHARE_STEP if is_earning else share - SHARE_STEP
    if not 0 <= after <= 1 or (after == 1 and _mean(short[early]) > 0):
        return None
    return Step(name, share, after, own * (1.0 if is_earning else -1.0), "bps a signal")


def _falls_short(paths: Paths, own: Floats, short: Floats, early: Rows) -> bool:
    """Whether earlier paths fall short of the others', and nothing shows that the symbol earns."""
    known = ~np.isnan(own)
    earns = batch_mean(own[known], float(paths.weight[known].sum()), PLAIN_LEVEL)
    return _mean(short[early]) > 0 and (earns is None or earns.low <= 0)


def _shortfall(paths: Paths, parameters: ParameterSet, symbol: str, values: Floats) -> Floats:
    """By how much each path of ``symbol`` falls short of the mean of the symbols that are not marked."""
    usual = (shares_of(paths, parameters) == 1) & (paths.symbols != symbol) & ~np.isnan(values)
    if not usual.any():
        return np.full(len(paths), np.nan)
    return np.where(paths.symbols == symbol, float(values[usual].mean()) - values, np.nan)


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else -np.inf
