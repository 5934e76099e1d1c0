"""Why a decision was what it was, in sentences made from its record alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from graphs.candle_told import candle_evidence, candle_lines
from memory.lookup import DecisionStory
from tools.domain.clock import iso
from tools.domain.market import plain, to_decimal
from tools.domain.trading import Action, Outcome, Vote

_DID = {Action.ENTER: "entered", Action.SKIP: "skipped", Action.ABSTAIN: "abstained on"}


def headline(story: DecisionStory) -> str:
    """What was decided, when and by whom."""
    decision, signal = story.decision, story.signal
    probe = " as a probe" if decision.is_probe else ""
    return (
        f"{decision.decision_id} {_DID[decision.action]} {decision.symbol}{probe} at {iso(decision.ts)}, "
        f"{decision.route.told}: a {signal.source} {signal.side.label} signal "
        f"at {plain(to_decimal(signal.entry_price))}."
    )


def entry_reasons(story: DecisionStory) -> list[str]:
    """The reason, who spoke for and against, the limits, and what came of it."""
    decision = story.decision
    lines = [f"Because: {decision.reason}.", *candle_lines(story.signal)]
    lines += [f"  {vote_text(vote)}" for vote in decision.votes if vote.stance != "silent"]
    silent = [vote.component for vote in decision.votes if vote.stance == "silent"]
    if silent:
        lines.append(f"  silent: {', '.join(silent)}")
    lines += [
        f"Limit {clamp.limit}: {clamp.before} → {clamp.after}, {clamp.reason}." for clamp in decision.clamps
    ]
    if decision.plan is not None:
        lines.append(f"Size {plain(decision.plan.value_quote)} quote: {decision.plan.reasoning}.")
    return lines + outcome_lines(story)


def story_as_data(story: DecisionStory) -> dict[str, Any]:
    """Every figure that the sentences about a decision may hold, as the record has it."""
    decision, signal = story.decision, story.signal
    levels = ("entry_price", "take_profit", "stop")
    return {
        "reason": decision.reason,
        "candle": candle_evidence(signal),
        "votes": [asdict(vote) for vote in decision.votes],
        "clamps": [asdict(clamp) for clamp in decision.clamps],
        "size_quote": None if decision.plan is None else plain(decision.plan.value_quote),
        "plan": None if decision.plan is None else decision.plan.reasoning,
        **{name: plain(to_decimal(getattr(signal, name))) for name in levels},
        "outcomes": [_outcome_as_data(outcome) for outcome in story.outcomes],
    }


def _outcome_as_data(outcome: Outcome) -> dict[str, Any]:
    money = {"net_quote": outcome.net_quote, "fees_quote": outcome.fees_quote}
    return {
        "kind": outcome.kind,
        "result": outcome.result.value,
        "net_bps": outcome.net_bps,
        "best_bps": outcome.mfe_bps,
        "worst_bps": outcome.mae_bps,
        **{name: None if value is None else plain(value) for name, value in money.items()},
    }


def exit_reasons(story: DecisionStory) -> list[str]:
    """How and why the position was left."""
    taken = [outcome for outcome in story.outcomes if outcome.kind == "taken"]
    if not taken:
        return ["No exit is in the record: the entry has no finished round trip."]
    signal = story.signal
    levels = f"take-profit {plain(to_decimal(signal.take_profit))}, stop {plain(to_decimal(signal.stop))}"
    return [f"The exits set at entry were {levels}.", *outcome_lines(story)]


def outcome_lines(story: DecisionStory) -> list[str]:
    """What came later, taken and on paper; says so where nothing is known yet."""
    if not story.outcomes:
        return ["What came of it is not known yet."]
    return [outcome_text(outcome) for outcome in story.outcomes]


def outcome_text(outcome: Outcome) -> str:
    """One outcome in a sentence."""
    kind = "Later, taken" if outcome.kind == "taken" else "Later, followed on paper"
    ended = outcome.result.value.replace("_", " ")
    if outcome.net_bps is None:
        return f"{kind}: {ended}, no position came about."
    parts = [f"{kind}: {ended} at {iso(outcome.ts_known)}, {outcome.net_bps:+.2f} bps net"]
    if outcome.net_quote is not None and outcome.fees_quote is not None:
        parts.append(f"{plain(outcome.net_quote)} quote after {plain(outcome.fees_quote)} of fees")
    if outcome.mfe_bps is not None and outcome.mae_bps is not None:
        parts.append(f"best {outcome.mfe_bps:+.2f}, worst {outcome.mae_bps:+.2f} bps on the way")
    return ", ".join(parts) + "."


def vote_text(vote: Vote) -> str:
    """A vote in a line."""
    said = f"{vote.component} said {vote.stance}"
    if vote.expected_bps is not None:
        error = "" if vote.interval_bps is None else f" ± {vote.interval_bps:.2f}"
        said += f", {vote.expected_bps:+.2f}{error} bps expected"
    if vote.probability is not None:
        said += f", win probability {vote.probability:.2f}"
    return f"{said}: {vote.reason}"
