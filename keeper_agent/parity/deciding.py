"""Recorded decisions beside those of a replay: what was sensed, and what was decided on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keeper_agent.parity.causes import Cause, Difference, What
from keeper_agent.parity.walking import Candidate
from keeper_agent.retaking import Retaken
from memory.lookup import DecisionStory
from tools.domain.market import to_decimal
from tools.domain.trading import Outcome

SHOWN = 4  # names of what differs


def compare_decision(
    story: DecisionStory, found: Candidate | None, again: Retaken, *, is_exact: bool
) -> Difference | None:
    """How the replay's decision differs from the recorded one; None where it does not.

    Args:
        story: The recorded one.
        found: What the senses proposed at its time; None where they proposed nothing.
        again: The decision taken again from what was sealed with it.
        is_exact: Whether the market data up to it is what the agent saw.
    """
    sensed = sensed_otherwise(story, found)
    decided = [one.name for one in again.differences]
    if not sensed and not decided:
        return None
    if decided:
        cause, why = Cause.SIGNAL, f"from what was sealed it is decided otherwise: {_names(decided)}"
    elif is_exact:
        cause, why = Cause.SIGNAL, f"from the same data it is sensed otherwise: {_names(sensed)}"
    else:
        cause, why = Cause.DATA, f"the data kept differs, and with it {_names(sensed)}"
    return Difference(
        what=What.DECISION,
        part="signal",
        decision_id=story.decision.decision_id,
        symbol=story.decision.symbol,
        ts=story.decision.ts,
        recorded={"action": story.decision.action.value, "reason": story.decision.reason},
        replayed=_replayed(found, again, decided),
        cause=cause,
        why=why,
    )


def only_here(symbol: str, ts: int, found: Candidate, *, is_exact: bool) -> Difference:
    """A candidate that the replay would have decided on, and the record does not know."""
    cause = Cause.SIGNAL if is_exact else Cause.DATA
    why = "the same data raises a signal that was not decided on" if is_exact else "the data kept differs"
    return Difference(
        what=What.DECISION,
        part="signal",
        decision_id="",
        symbol=symbol,
        ts=ts,
        recorded=None,
        replayed=_prices(found),
        cause=cause,
        why=why,
    )


def compare_follow(
    story: DecisionStory, made: Outcome | None, *, is_intact: bool, is_due: bool
) -> Difference | None:
    """How the follow of a signal differs; None where it does not.

    Args:
        story: The signal's.
        made: What the replay makes of it; None where it comes to nothing.
        is_intact: Whether the market data of its time is what the agent saw.
        is_due: Whether its run lived long enough to have seen its end.
    """
    recorded = next((one for one in story.outcomes if one.kind == "shadow"), None)
    ours, theirs = (None if one is None else _follow(one) for one in (recorded, made))
    if ours == theirs or (recorded is None and not is_due):
        return None
    return Difference(
        what=What.RESULT,
        part="followed",
        decision_id=story.decision.decision_id,
        symbol=story.decision.symbol,
        ts=story.signal.ts,
        recorded=ours,
        replayed=theirs,
        cause=Cause.SIGNAL if is_intact else Cause.DATA,
        why="from the same data the follow ends otherwise" if is_intact else "the data kept differs",
    )


def sensed_otherwise(story: DecisionStory, found: Candidate | None) -> list[str]:
    """What of a signal the replay senses otherwise, by name; ``found`` is None where it raises none."""
    if found is None:
        return ["no signal"]
    signal = story.signal
    prices = [name for name in ("entry_price", "take_profit", "stop")
              if getattr(signal, name) != getattr(found, name)]  # fmt: skip
    features = [name for name, value in found.features.items() if signal.features.get(name) != value]
    return prices + features


def _replayed(found: Candidate | None, again: Retaken, decided: list[str]) -> Mapping[str, Any] | None:
    if decided:
        return {"action": again.now.action.value, "reason": again.now.reason}
    return None if found is None else _prices(found)


def _prices(found: Candidate) -> Mapping[str, Any]:
    return {name: to_decimal(getattr(found, name)) for name in ("entry_price", "take_profit", "stop")}


def _follow(one: Outcome) -> Mapping[str, Any]:
    prices = {
        name: None if value is None else to_decimal(value)
        for name, value in (("entry", one.entry_price), ("exit", one.exit_price))
    }
    return {"result": one.result.value, "size": to_decimal(one.size), **prices, "net_bps": one.net_bps}


def _names(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
