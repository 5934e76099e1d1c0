"""Evidence into votes: one rule of stance for patterns and model alike."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from tools.domain.parameter import ParameterSet
from tools.domain.ports import Neighbour
from tools.domain.strategies import LearnedStrategy
from tools.domain.trading import Vote
from tools.models.scoring import Score
from tools.models.uniqueness import average_uniqueness


def stance_of(expected_bps: float, standard_error_bps: float, params: ParameterSet) -> str:
    """``enter`` when the edge is clear, ``skip`` when it is clearly missing, else ``unsure``.

    Clear means that ``ambiguity_z`` standard errors do not reach across ``min_edge_bps``.
    """
    reach = params["ambiguity_z"] * standard_error_bps
    if expected_bps - reach > params["min_edge_bps"]:
        return "enter"
    if expected_bps + reach < params["min_edge_bps"]:
        return "skip"
    return "unsure"


def silent_vote(component: str, reason: str) -> Vote:
    """The vote of a component that has nothing to say, and why."""
    return Vote(component, "silent", None, None, None, reason)


def pattern_vote(
    neighbours: Sequence[Neighbour], params: ParameterSet, *, loss_bps: float | None = None
) -> Vote:
    """What similar remembered states say: their weighted mean result.

    Each counts its similarity times what recency and importance leave of it, never its profit.
    The effective number of neighbours is (sum w)^2 / sum w^2 (Kish, Survey Sampling, 1965), times
    the average uniqueness of their spans: states of one minute saw the same market and are no
    independent witnesses. The spread behind the standard error counts one unseen loss at the stop
    besides the neighbours: a handful of small wins does not prove that the large loss cannot come.

    Args:
        neighbours: Similar states with outcomes known at the time of decision.
        params: Needs pattern_min_neighbours, ambiguity_z, min_edge_bps, stop_bps.
        loss_bps: Net loss at this trade's stop, positive; ``stop_bps`` where not given.
    """
    near = [n for n in neighbours if n.similarity > 0]
    least = params.whole("pattern_min_neighbours")
    if len(near) < least:
        reason = f"{len(near)} similar states, {least} needed"
        return Vote("pattern", "silent", None, None, None, reason, tuple(n.outcome_id for n in near))
    weights = np.array([n.similarity * n.weight for n in near])
    weights /= weights.sum()
    net = np.array([n.net_bps for n in near])
    mean = float(weights @ net)
    effective = max(1.0, _independent_share(near) / float(weights @ weights))
    unseen = -abs(params["stop_bps"] if loss_bps is None else loss_bps)
    error = _standard_error(net, weights, effective, unseen)
    wins = float(weights @ (net > 0))
    reason = f"{len(near)} similar states earned {mean:+.1f} ± {error:.1f} bps"
    stance = stance_of(mean, error, params)
    return Vote("pattern", stance, wins, mean, error, reason, tuple(n.outcome_id for n in near))


def strategy_vote(
    features: Mapping[str, float | None], strategies: Sequence[LearnedStrategy], params: ParameterSet
) -> Vote:
    """What the best proven of the learned strategies that match says, from its results since it was found.

    Strategies that match at once saw the same trades, so they are not added up: the one with the
    most results speaks. One that has no error to state yet is silent.
    """
    near = [one for one in strategies if one.matches(features)]
    proven = [one for one in near if one.error_bps > 0]
    if not proven:
        reason = "no learned strategy matches" if not near else f"{len(near)} match, none proven yet"
        names = tuple(one.strategy_id for one in near)
        return Vote("strategy", "silent", None, None, None, reason, names)
    best = max(proven, key=lambda one: (one.n, one.strategy_id))
    stance = stance_of(best.mean_bps, best.error_bps, params)
    reason = f"strategy {best.strategy_id} won {best.wins} of {best.n} since it was found"
    evidence = (best.strategy_id,)
    return Vote("strategy", stance, best.wins / best.n, best.mean_bps, best.error_bps, reason, evidence)


def model_vote(score: Score, version: str, params: ParameterSet) -> Vote:
    """What the outcome model says of a signal; its evidence is the model's version."""
    stance = stance_of(score.expected_bps, score.standard_error_bps, params)
    reason = (
        f"model {version}: {score.probability:.0%} to win, "
        f"worth {score.expected_bps:+.1f} ± {score.standard_error_bps:.1f} bps"
    )
    evidence = (version,)
    return Vote(
        "model", stance, score.probability, score.expected_bps, score.standard_error_bps, reason, evidence
    )


def _independent_share(neighbours: Sequence[Neighbour]) -> float:
    """Average uniqueness of the neighbours' spans, in (0, 1]; 1 where no span is known."""
    spans = [(n.ts, n.ts_known) for n in neighbours if n.ts is not None]
    if not spans:
        return 1.0
    return float(average_uniqueness(np.array(spans, np.int64), [""] * len(spans)).mean())


def _standard_error(
    net: np.ndarray[tuple[int], np.dtype[np.float64]],
    weights: np.ndarray[tuple[int], np.dtype[np.float64]],
    effective: float,
    unseen: float,
) -> float:
    values = np.append(net, unseen)
    shares = np.append(weights * effective, 1.0) / (effective + 1)
    centre = float(shares @ values)
    return math.sqrt(float(shares @ (values - centre) ** 2) / effective)
