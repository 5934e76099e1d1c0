"""What a bandit drew in a session, and what came of it, so that other policies can be asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keeper_agent.lab.session import Session
from tools.models.off_policy import Log, OffPolicy, evaluate_policy, expected_elsewhere
from tools.risk.bandits import arm_of


@dataclass(frozen=True, slots=True)
class Drawn:
    """One entry that a coin was thrown for.

    Attributes:
        chance: With which it was to go through.
        net_bps: What was earned with money; 0 where it was withheld, cut by a limit, or never filled.
    """

    arm: str
    acted: bool
    chance: float
    net_bps: float


def drawn_of(session: Session) -> tuple[Drawn, ...]:
    """Every entry of ``session`` that a bandit drew a coin for, in the order of time."""
    earned = {one.decision_id: one.net_bps or 0.0 for one in session.outcomes if one.kind == "taken"}
    found = []
    for signal, one in zip(session.signals, session.chosen, strict=True):
        for vote in one.decision.votes:
            if vote.component == "bandit" and vote.probability is not None:
                acted = vote.stance == "enter"
                net_bps = earned.get(one.decision.decision_id, 0.0) if acted else 0.0
                arm = arm_of(signal.source, signal.features)
                found.append(Drawn(arm, acted, vote.probability, net_bps))
    return tuple(found)


def drawn_otherwise(worlds: Sequence[Sequence[Drawn]], seed: int) -> dict[str, OffPolicy]:
    """What always acting and the bandit itself would have earned a draw, from what the bandit drew.

    That of the bandit itself is plain fact, and says how near the weighing comes to it.
    """
    rows = [one for world in worlds for one in world]
    log = Log(
        np.array([one.acted for one in rows]),
        np.array([one.chance for one in rows]),
        np.array([one.net_bps for one in rows]),
    )
    arms = {name: place for place, name in enumerate(sorted({one.arm for one in rows}))}
    expected = expected_elsewhere(log, np.array([arms[one.arm] for one in rows], dtype=np.int64))
    rng = np.random.default_rng(seed)
    targets = {"always": np.ones(len(rows)), "as drawn": log.chance}
    return {name: evaluate_policy(log, target, rng, expected=expected) for name, target in targets.items()}
