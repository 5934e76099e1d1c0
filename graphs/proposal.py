"""Writing a batch's conclusions down as decisions, with everything they rest on."""

from __future__ import annotations

from tools.domain.identity import decision_id
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Neighbour
from tools.domain.trading import Action, Clamp, Decision, Signal, Vote
from tools.execution.sizing import Sizing
from tools.risk.adaptation import adaptation_clamps
from tools.risk.limits import Limited
from tools.risk.routing import Settlement


def propose_decision(
    signal: Signal,
    settlement: Settlement,
    *,
    limited: Limited | None,
    sizing: Sizing | None,
    neighbours: tuple[Neighbour, ...],
    parameters: ParameterSet,
    ts: int,
) -> Decision:
    """The decision on ``signal``; an entry that got no size is a skip that says why."""
    bent = (limited.clamps if limited else ()) + (sizing.clamps if sizing else ())
    clamps = adaptation_clamps(parameters) + bent
    plan = sizing.plan if sizing else None
    is_entered = settlement.action is Action.ENTER and plan is not None
    is_refused = settlement.action is Action.ENTER and plan is None
    return Decision(
        decision_id=decision_id(signal.signal_id),
        signal_id=signal.signal_id,
        run_id=signal.run_id,
        world=signal.world,
        symbol=signal.symbol,
        venue=signal.venue,
        ts=ts,
        action=Action.SKIP if is_refused else settlement.action,
        route=settlement.route,
        probability=settlement.probability,
        breakeven=signal.breakeven if signal.entry_price > 0 else 1.0,
        expected_bps=settlement.expected_bps,
        is_probe=settlement.is_probe and is_entered,
        plan=plan,
        votes=settlement.votes,
        clamps=clamps,
        reason=_refusal(settlement, clamps) if is_refused else settlement.reason,
        parameters_version=parameters.version,
        model_version=_model_version(settlement.votes),
        recalled=tuple(neighbour.outcome_id for neighbour in neighbours),
    )


def _refusal(settlement: Settlement, clamps: tuple[Clamp, ...]) -> str:
    last = clamps[-1]
    return f"no size: {last.limit}: {last.reason} (wanted: {settlement.reason})"


def _model_version(votes: tuple[Vote, ...]) -> str | None:
    for vote in votes:
        if vote.component == "model" and vote.evidence:
            return vote.evidence[0]
    return None
