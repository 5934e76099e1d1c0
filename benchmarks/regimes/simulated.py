"""Regimes against a truth: the state of a simulated market, by what a coin is worth at each second.

No order book stands around it, so this is easier than what an agent sees; all are given the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.regimes.fit import prepared
from benchmarks.regimes.rivals import HiddenMarkov
from benchmarks.regimes.series import World, simulated, trailing
from benchmarks.regimes.states import by_jump_model, standard
from tools.domain.regime import Regime
from tools.features.outlook import fitted_outlook
from tools.features.regime import REGIME, update_regime
from tools.features.returns import EVERY

Ints = npt.NDArray[np.int64]

SEEDS, SECONDS = (41_000_000, 40), 7_200
WARM_S = 600
LONG_S = 60  # a wild spell that is to be found lasts so long
DRAWS = 1_000
MERGED = np.array([0, 1, 2, 3, 2])  # panic counts as volatile
NAMES = {int(one): one.label for one in Regime if one is not Regime.UNKNOWN}


def by_rule(world: World) -> Ints:
    """Today's rule, second by second as it runs; shape (n_seconds,)."""
    steps = np.diff(np.log(world.mids), prepend=np.log(world.mids[0]))
    volatility, move = np.sqrt(trailing(steps**2, 60) * 60), trailing(steps, 60) * 60
    state: Any = np.zeros(1, REGIME)
    said = np.zeros(len(steps), np.int64)
    for i in range(len(steps)):
        update_regime(state[0], volatility[i], move[i])
        said[i] = state["current"][0]
    return said


def by_states(world: World, classify: Callable[[Any], Ints]) -> Ints:
    """A classifier of returns, held between them and named as the jump model's states are; (n_seconds,)."""
    market = prepared(world.series)
    names = fitted_outlook()["model"]["regimes"][0]
    codes = classify(market)
    named = np.where(codes >= 0, names[np.maximum(codes, 0)], 0)
    at = (np.arange(len(world.mids)) + 1) // EVERY - 2
    return np.where(at >= 0, named[np.clip(at, 0, len(named) - 1)], 0)


def against_truth(markov: HiddenMarkov) -> dict[str, Any]:
    """Balanced accuracy over calm, volatile and trending, and how soon a wild spell is announced."""
    worlds = simulated(SEEDS[0], SEEDS[1], SECONDS)
    sayers: dict[str, Callable[[World], Ints]] = {
        "jump_model": lambda world: by_states(world, by_jump_model),
        "hidden_markov": lambda world: by_states(world, lambda market: markov.filtered(standard(market))),
        "rule_as_it_stands": by_rule,
    }
    found: dict[str, Any] = {"worlds": len(worlds), "seconds_each": SECONDS}
    for name, say in sayers.items():
        said = [say(world) for world in worlds]
        found[name] = {
            **accuracy(worlds, said),
            "changes_per_1000_s": round(1_000 * float(np.mean([np.mean(np.diff(s) != 0) for s in said])), 2),
            **announced(worlds, said),
        }
    return found


def accuracy(worlds: Sequence[World], said: list[Ints]) -> dict[str, Any]:
    """Recall of each state and their mean, with an interval over whole worlds."""
    tables = np.zeros((len(worlds), 4, 4))
    for i, (world, own) in enumerate(zip(worlds, said, strict=True)):
        truth, told = MERGED[world.states[WARM_S:]], MERGED[own[WARM_S:]]
        np.add.at(tables[i], (truth, told), 1)

    def balanced(table: Any) -> float:
        recall = np.diag(table)[1:] / np.maximum(table[1:].sum(axis=1), 1)
        return float(recall.mean())

    rng = np.random.default_rng(0)
    draws = [balanced(tables[rng.integers(0, len(worlds), len(worlds))].sum(axis=0)) for _ in range(DRAWS)]
    whole = tables.sum(axis=0)
    recall = np.diag(whole)[1:] / np.maximum(whole[1:].sum(axis=1), 1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return {
        "balanced_accuracy": {
            "value": round(balanced(whole), 3),
            "low": round(float(low), 3),
            "high": round(float(high), 3),
            "n": int(whole.sum()),
        },
        "recall": {NAMES[k + 1]: round(float(recall[k]), 3) for k in range(3)},
    }


def announced(worlds: Sequence[World], said: list[Ints]) -> dict[str, Any]:
    """Of wild spells that begin out of others: the share announced within them, and after how long."""
    delays, spells = [], 0
    for world, own in zip(worlds, said, strict=True):
        wild = MERGED[world.states] == Regime.VOLATILE
        told = MERGED[own] == Regime.VOLATILE
        edges = np.flatnonzero(np.diff(wild.astype(np.int8)))
        for start in edges[~wild[edges]] + 1:
            later = edges[edges >= start]
            end = int(later[0]) + 1 if len(later) else len(wild)
            if start < WARM_S or end - start < LONG_S or told[start - 1]:
                continue
            spells += 1
            hit = np.flatnonzero(told[start:end])
            if len(hit):
                delays.append(int(hit[0]))
    low, middle, high = np.quantile(delays, [0.25, 0.5, 0.75]) if delays else (np.nan,) * 3
    return {
        "wild_spells": spells,
        "announced": round(len(delays) / max(spells, 1), 3),
        "delay_s": {"median": float(middle), "quartiles": [float(low), float(high)]},
    }
