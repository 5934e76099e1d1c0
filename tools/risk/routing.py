"""Who settles a signal: hard rules first, then clear evidence, else it is ambiguous.

Rules refuse and never enter. The votes of patterns, strategies and the model are combined by
inverse variance, the weighting with the smallest error for independent estimates of one mean,
times the reliability each has shown (see ``skill``); the route names the heaviest. What stays
within the error of the least edge is ambiguous.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tools.domain.parameter import ParameterSet
from tools.domain.trading import Action, Route, Signal, Vote
from tools.risk.advice import Advice, AdviceAction

LEAST_ERROR_BPS = 1e-3  # a vote that claims no error at all is not believed infinitely
ONE = Decimal(1)
OUTDATED = "rule.outdated"  # the vote that withdraws an entry
NOBODY = "ambiguous and nobody to ask"
WORTHLESS = "asking is worth"  # how the reason begins why something ambiguous was not asked: it would not pay
_UNASKED = re.compile(r"ambiguous, (.*?): (?:expected|no )")
_REQUIRED = ("mid", "spread_bps", "mm_confidence")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a signal and why, before size and limits.

    Attributes:
        error_bps: One standard error of ``expected_bps``; None where nothing spoke.
        fraction: Share of the usual size to take, in (0, 1]; only a brain shrinks it.
        is_ambiguous: Whether a brain, if there is one, shall be asked.
        leader: Who settles what is ambiguous where asking cannot pay: whose vote weighs most.
        is_outdated: Whether the signal no longer held when its answer came; then nothing is entered on it.
        votes: Every vote heard, the rules' included.
    """

    action: Action
    route: Route
    probability: float | None
    expected_bps: float | None
    reason: str
    votes: tuple[Vote, ...] = ()
    is_ambiguous: bool = False
    is_probe: bool = False
    fraction: Decimal = ONE
    error_bps: float | None = None
    is_outdated: bool = False
    leader: Route = Route.ABSTAIN


@dataclass(frozen=True, slots=True)
class _Estimate:
    mean_bps: float
    error_bps: float
    probability: float | None
    route: Route
    told: str = ""


def _data_fault(signal: Signal, parameters: ParameterSet) -> str | None:
    missing = [name for name in _REQUIRED if not _is_number(signal.features.get(name))]
    if missing:
        return f"unavailable: {', '.join(missing)}"
    return None if signal.entry_price > 0 else f"entry price was {signal.entry_price}"


def _mm_confidence_fault(signal: Signal, parameters: ParameterSet) -> str | None:
    seen, least = signal.features.get("mm_confidence"), parameters["mm_min_confidence"]
    return f"MM confidence {seen:.2f} below {least:.2f}" if seen is not None and seen < least else None


def _spoofing_fault(signal: Signal, parameters: ParameterSet) -> str | None:
    seen, most = signal.features.get("spoofing_score"), parameters["spoof_max_score"]
    return f"spoofing score {seen:.2f} above {most:.2f}" if seen is not None and seen > most else None


def _payoff_fault(signal: Signal, parameters: ParameterSet) -> str | None:
    if signal.entry_price <= 0 or signal.breakeven < 1:
        return None
    return f"take-profit cannot pay: {signal.gain_bps:.2f} bps after {signal.cost_bps:.2f} bps of cost"


HardRule = Callable[[Signal, ParameterSet], str | None]

RULES: tuple[tuple[str, HardRule], ...] = (
    ("data", _data_fault),
    ("mm_confidence", _mm_confidence_fault),
    ("spoofing", _spoofing_fault),
    ("payoff", _payoff_fault),
)


def rule_votes(signal: Signal, parameters: ParameterSet) -> tuple[Vote, ...]:
    """What each hard rule says: ``skip`` with its reason, else ``silent``."""
    heard = ((name, rule(signal, parameters)) for name, rule in RULES)
    return tuple(
        Vote(f"rule.{name}", "skip" if fault else "silent", None, None, None, fault or "nothing against it")
        for name, fault in heard
    )


def is_sound(signal: Signal, parameters: ParameterSet) -> bool:
    """Whether the signal's data can be trusted and its target could pay at all."""
    return _data_fault(signal, parameters) is None and _payoff_fault(signal, parameters) is None


def settle(
    signal: Signal,
    votes: Sequence[Vote],
    parameters: ParameterSet,
    weights: Mapping[str, float] | None = None,
) -> Settlement:
    """Settle ``signal`` by rules and the votes of patterns, strategies and the model.

    ``weights`` is the reliability of each component, 1 where it is not named. Enter
    when the combined mean less ``ambiguity_z`` errors is above ``min_edge_bps``, skip
    when the mean plus as many is below it; anything between, or silence, is ambiguous.
    """
    rules = rule_votes(signal, parameters)
    heard = (*rules, *votes)
    refusals = [f"{vote.component}: {vote.reason}" for vote in rules if vote.stance == "skip"]
    if refusals:
        return Settlement(Action.SKIP, Route.RULE, None, None, "; ".join(refusals), heard)
    estimate = _combine(votes, weights or {})
    if estimate is None:
        return _ambiguous(heard, None, "no vote had anything to say")
    return _judge(estimate, heard, parameters)


def advise(settlement: Settlement, advice: Advice) -> Settlement:
    """Let a brain settle what is ambiguous: it may take at most the usual size, shrink or veto.

    Whatever it says of a settlement that is not ambiguous is ignored.
    """
    if not settlement.is_ambiguous:
        return settlement
    fraction = min(ONE, max(Decimal(0), advice.fraction)) if advice.fraction.is_finite() else Decimal(0)
    stance, action, route = _stance(advice.action, fraction)
    said = advice.reason if advice.cause is None else f"{advice.cause}: {advice.reason}"
    vote = Vote("llm", stance, None, None, None, said, advice.cited)
    return replace(
        settlement,
        action=action,
        route=route,
        reason=f"brain: {said}",
        votes=(*settlement.votes, vote),
        is_ambiguous=False,
        fraction=fraction if action is Action.ENTER else ONE,
    )


def outdate(settlement: Settlement, faults: Sequence[str]) -> Settlement:
    """Withdraw an entry whose signal no longer holds; ``faults`` say why, none leaves it as it is."""
    if not faults:
        return settlement
    said = "; ".join(faults)
    stale = replace(
        settlement,
        votes=(*settlement.votes, Vote(OUTDATED, "skip", None, None, None, said)),
        is_outdated=True,
    )
    if settlement.action is not Action.ENTER:
        return stale
    return replace(
        stale, action=Action.SKIP, fraction=ONE, reason=f"too late: {said} (wanted: {settlement.reason})"
    )


def unasked(settlement: Settlement, why: str) -> Settlement:
    """Say on what is still ambiguous why nobody was asked.

    Where asking could not pay, the votes settle it: an entry that is not clear is no entry. Where it
    could, but others came first or the budget is spent, nobody has settled it.
    """
    if not settlement.is_ambiguous or settlement.action is not Action.ABSTAIN:
        return settlement
    told = replace(settlement, reason=settlement.reason.replace(NOBODY, f"ambiguous, {why}", 1))
    if settlement.leader is Route.ABSTAIN or not why.startswith(WORTHLESS):
        return told
    return replace(told, action=Action.SKIP, route=settlement.leader)


def why_unasked(reason: str) -> str | None:
    """What ``unasked`` said in the reason of a decision; None where it said nothing."""
    found = _UNASKED.search(reason)
    return found[1] if found else None


def _stance(action: AdviceAction, fraction: Decimal) -> tuple[str, Action, Route]:
    if action is AdviceAction.NONE:
        return "silent", Action.ABSTAIN, Route.ABSTAIN
    if action is AdviceAction.SKIP or fraction == 0:
        return "skip", Action.SKIP, Route.LLM
    return "enter", Action.ENTER, Route.LLM


def _judge(estimate: _Estimate, heard: tuple[Vote, ...], parameters: ParameterSet) -> Settlement:
    edge, reach = parameters["min_edge_bps"], parameters["ambiguity_z"] * estimate.error_bps
    said = f"expected {estimate.mean_bps:+.2f} ± {reach:.2f} bps against {edge:.2f} bps needed{estimate.told}"
    if estimate.mean_bps - reach > edge:
        action = Action.ENTER
    elif estimate.mean_bps + reach < edge:
        action = Action.SKIP
    else:
        return _ambiguous(heard, estimate, said)
    return Settlement(
        action,
        estimate.route,
        estimate.probability,
        estimate.mean_bps,
        said,
        heard,
        error_bps=estimate.error_bps,
    )


def _ambiguous(heard: tuple[Vote, ...], estimate: _Estimate | None, said: str) -> Settlement:
    reason = f"{NOBODY}: {said}"
    if estimate is None:
        return Settlement(Action.ABSTAIN, Route.ABSTAIN, None, None, reason, heard, is_ambiguous=True)
    return Settlement(
        Action.ABSTAIN,
        Route.ABSTAIN,
        estimate.probability,
        estimate.mean_bps,
        reason,
        heard,
        is_ambiguous=True,
        error_bps=estimate.error_bps,
        leader=estimate.route,
    )


def _combine(votes: Sequence[Vote], reliability: Mapping[str, float]) -> _Estimate | None:
    """Weighted mean of the votes that speak, with the standard error of that mean."""
    precisions = [(vote, precision) for vote in votes if (precision := _precision(vote)) > 0]
    weighed = [(vote, precision * _reliability(vote, reliability)) for vote, precision in precisions]
    total = math.fsum(weight for _, weight in weighed)
    if total == 0:
        return None
    if len(weighed) == 1:
        mean = weighed[0][0].expected_bps or 0.0
    else:
        mean = math.fsum((vote.expected_bps or 0.0) * weight for vote, weight in weighed) / total
    heaviest = max(weighed, key=lambda pair: (pair[1], pair[0].component == "pattern"))[0]
    variance = math.fsum(weight**2 / own for (_, weight), (_, own) in zip(weighed, precisions, strict=True))
    error = math.sqrt(variance) / total
    return _Estimate(mean, error, _probability(weighed), _route_of(heaviest), _told(weighed, reliability))


def _reliability(vote: Vote, reliability: Mapping[str, float]) -> float:
    return max(0.0, reliability.get(vote.component, 1.0))


def _route_of(vote: Vote) -> Route:
    if vote.component == "pattern":
        return Route.PATTERN
    return Route.MODEL if vote.component == "model" else Route.STRATEGY


def _told(weighed: Sequence[tuple[Vote, float]], reliability: Mapping[str, float]) -> str:
    """The weights in words, where they are not all the same."""
    named = [(vote.component, _reliability(vote, reliability)) for vote, _ in weighed]
    if len(named) < 2 or all(value == 1 for _, value in named):
        return ""
    return ", weighed " + ", ".join(f"{name} × {value:.2f}" for name, value in named)


def _probability(weighed: Sequence[tuple[Vote, float]]) -> float | None:
    known = [(vote.probability, weight) for vote, weight in weighed if vote.probability is not None]
    total = math.fsum(weight for _, weight in known)
    if not known:
        return None
    return min(1.0, max(0.0, math.fsum(value * weight for value, weight in known) / total))


def _precision(vote: Vote) -> float:
    """Inverse variance of a vote; 0 for one that is silent, not a number, or without a say."""
    if vote.stance == "silent" or not is_opinion(vote):
        return 0.0
    if not _is_number(vote.expected_bps) or not _is_number(vote.interval_bps):
        return 0.0
    return 1 / max(vote.interval_bps or 0.0, LEAST_ERROR_BPS) ** 2


def is_opinion(vote: Vote) -> bool:
    """Whether a vote expects a result, other than a rule or a brain, who only refuse or shrink."""
    return vote.component in ("pattern", "model") or vote.component.split(".")[0] == "strategy"


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
