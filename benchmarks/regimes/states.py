"""What a regime tells about the next minute: jump model beside hidden Markov filter and today's rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.regimes.fit import Prepared, ratios_of
from benchmarks.regimes.jump_fit import filtered
from benchmarks.regimes.rivals import HiddenMarkov, rule_as_it_stands, rule_on_minutes
from benchmarks.regimes.scores import Rows, over_blocks, qlike, together
from benchmarks.regimes.volatility import DAY_NS, WEEK
from tools.domain.regime import Regime
from tools.features.har import AHEAD
from tools.features.outlook import fitted_outlook

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CODES = 5  # room for every code that a classifier may say
LEAST_MOVES = 30  # of a name in a figure


def by_jump_model(market: Prepared) -> Ints:
    """State after each return by the numbers in force."""
    return filtered(market.seen, fitted_outlook()["model"])


def standard(market: Prepared) -> Reals:
    """Features as the jump model sees them; zero while unknown."""
    model = fitted_outlook()["model"][0]
    return np.asarray(np.nan_to_num((market.seen - model["centre"]) / model["scale"]))


def fitted_markov(markets: Sequence[Prepared]) -> HiddenMarkov:
    """As many states on the same rows, from the same start."""
    model = fitted_outlook()["model"][0]
    parts = [standard(market)[market.part("fit")] for market in markets]
    return HiddenMarkov(parts, model["states"][: int(model["n_states"])].copy())


def classifiers(markets: Sequence[Prepared]) -> dict[str, Callable[[Prepared], Ints]]:
    """By name; each tells a code from 0 after each return, -1 where it knows none."""
    markov = fitted_markov(markets)
    return {
        "jump_model": by_jump_model,
        "hidden_markov": lambda market: markov.filtered(standard(market)),
        "rule_as_it_stands": lambda market: rule_as_it_stands(market.series.returns) - 1,
        "rule_on_minutes": lambda market: rule_on_minutes(market.series.returns) - 1,
    }


def regimes(markets: Sequence[Prepared]) -> dict[str, Any]:
    """All figures on the held-out bars."""
    weights = fitted_outlook()["weights"][0]
    usual = [market.usual for market in markets]
    ahead = [market.horizons @ weights for market in markets]
    none = [np.zeros(len(market.ahead), np.int64) for market in markets]
    base = {"usual": losses(markets, none, usual), "three_horizons": losses(markets, none, ahead)}
    found: dict[str, Any] = {}
    heard = {name: [say(market) for market in markets] for name, say in classifiers(markets).items()}
    ours = losses(markets, heard["jump_model"], usual)
    for name, said in heard.items():
        found[name] = {
            "changes_per_1000": changes(markets, said),
            "shares": shares(markets, said),
            "qlike_less_than_usual": less(base["usual"], losses(markets, said, usual)),
            "jump_model_less_than_it": less(losses(markets, said, usual), ours),
            "qlike_less_than_three_horizons": less(base["three_horizons"], losses(markets, said, ahead)),
            "share_of_move_explained": separation(markets, said),
        }
    found["jump_model"]["by_regime"] = by_regime(markets)
    return found


def losses(markets: Sequence[Prepared], said: list[Ints], base: list[Reals]) -> Rows:
    """QLIKE of each held-out row; ``base`` is multiplied by what each code was worth in the fit parts."""
    ratios = ratios_of(list(markets), said, base, CODES)
    rows = []
    for market, own, expected in zip(markets, said, base, strict=True):
        where = market.part("held")
        forecast = np.where(own[where] >= 0, ratios[own[where]], 1.0) * expected[where]
        loss = qlike(np.maximum(forecast, 1e-12), market.ahead[where])
        rows.append(Rows(market.series.stamps[where], loss[:, None]))
    return together(rows)


def less(base: Rows, other: Rows) -> dict[str, Any]:
    """How much less the loss is than the base's, with its interval over weeks of days."""
    gain = Rows(base.stamps, base.values - other.values)
    return over_blocks(gain, lambda s: s[0] / s[-1], DAY_NS, WEEK)


def changes(markets: Sequence[Prepared], said: list[Ints]) -> float:
    """Changes of code per thousand held-out returns."""
    parts = [own[market.part("held")] for market, own in zip(markets, said, strict=True)]
    flips = sum(int(np.sum(np.diff(part) != 0)) for part in parts)
    return round(1_000 * flips / sum(len(part) for part in parts), 2)


def shares(markets: Sequence[Prepared], said: list[Ints]) -> list[float]:
    """Share of the held-out returns at each code."""
    parts = [own[market.part("held")] for market, own in zip(markets, said, strict=True)]
    counts = np.bincount(np.concatenate(parts) + 1, minlength=CODES + 1)[1:]
    return [round(float(x), 4) for x in counts / counts.sum()]


def scaled_move(market: Prepared, where: slice) -> Reals:
    """Size of the next move against the usual one."""
    usual = np.sqrt(AHEAD * market.usual[where])
    return np.asarray(np.abs(market.series.move_ahead()[where]) / usual)


def separation(markets: Sequence[Prepared], said: list[Ints]) -> dict[str, Any]:
    """Share of the variance of the next move's size that lies between the codes (eta squared)."""
    rows = []
    for market, own in zip(markets, said, strict=True):
        where = market.part("held")
        size, code = scaled_move(market, where), np.maximum(own[where], 0)
        hot = np.eye(CODES)[code]
        rows.append(
            Rows(market.series.stamps[where], np.column_stack([hot, hot * size[:, None], size, size**2]))
        )

    def explained(s: Reals) -> float:
        n, sums = s[:CODES], s[CODES : 2 * CODES]
        mean = s[-3] / s[-1]
        between = float((sums**2 / np.maximum(n, 1)).sum() - s[-1] * mean**2)
        return between / float(s[-2] - s[-1] * mean**2)

    return over_blocks(together(rows), explained, DAY_NS, WEEK)


def by_regime(markets: Sequence[Prepared]) -> dict[str, Any]:
    """Of each named regime: share, size of the next move, and whether it goes on the way it went (bps)."""
    names = fitted_outlook()["model"]["regimes"][0]
    found = {}
    for code in sorted({int(name) for name in names if name}):
        rows = []
        for market in markets:
            where = market.part("held")
            at = names[np.maximum(by_jump_model(market)[where], 0)] == code
            run = np.convolve(market.series.returns, np.ones(36))[: len(market.ahead)][where]
            way = np.sign(run)
            on = market.series.move_ahead()[where] * way * 1e4
            values = np.column_stack([scaled_move(market, where)[at], on[at]])
            rows.append(Rows(market.series.stamps[where][at], values))
        every = together(rows)
        if len(every.stamps) < LEAST_MOVES:
            continue
        found[Regime(code).label] = {
            "next_move": over_blocks(every, lambda s: s[0] / s[-1], DAY_NS, WEEK),
            "goes_on_bps": over_blocks(every, lambda s: s[1] / s[-1], DAY_NS, WEEK),
        }
    return found
