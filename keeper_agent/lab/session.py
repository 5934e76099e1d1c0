"""What a session in the laboratory leaves: what Keeper did, what came of it, and the truth apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keeper_agent.lab.asks import AskRecord
from keeper_agent.lab.mids import MidRecord
from memory.codec import json_line
from tools.domain.errors import InvariantBroken
from tools.domain.identity import content_hash
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Action, Decision, Fill, Intent, OrderUpdate, Outcome, Route, Signal
from tools.risk.exposure import LedgerSnapshot
from tools.risk.routing import OUTDATED, is_sound
from venue.truth import Truth


@dataclass(frozen=True, slots=True)
class Chosen:
    """A decision with the chance it had of being taken as it was.

    Attributes:
        propensity: Of the action that was chosen, given the signal: 1 where no coin was thrown.
    """

    decision: Decision
    propensity: float


class Witness:
    """An observer that keeps everything it is told."""

    def __init__(self) -> None:
        self.chosen: list[Chosen] = []
        self.signals: list[Signal] = []
        self.intents: list[Intent] = []
        self.fills: list[Fill] = []
        self.outcomes: list[Outcome] = []
        self._share: Callable[[Decision, Signal], float] = _no_coin

    def ask(self, share: Callable[[Decision, Signal], float]) -> None:
        """Where to learn with which chance a refused signal was to be taken all the same."""
        self._share = share

    def on_decision(self, decision: Decision, signal: Signal) -> None:
        """Keep it with its propensity."""
        self.chosen.append(Chosen(decision, propensity(decision, self._share(decision, signal))))
        self.signals.append(signal)

    def on_intent(self, intent: Intent) -> None:
        """Keep it."""
        self.intents.append(intent)

    def on_order(self, update: OrderUpdate) -> None:
        """What became of an order stands with its fills and its outcome."""

    def on_fill(self, fill: Fill) -> None:
        """Keep it."""
        self.fills.append(fill)

    def on_outcome(self, outcome: Outcome) -> None:
        """Keep it."""
        self.outcomes.append(outcome)


def _no_coin(decision: Decision, signal: Signal) -> float:
    raise InvariantBroken(f"decision {decision.decision_id} on {signal.symbol} before its coin was known")


def coin_share(decision: Decision, signal: Signal, parameters: ParameterSet, ledger: LedgerSnapshot) -> float:
    """The chance of the coin that was thrown for a refused signal; 0 where none was, as probing has it."""
    is_thrown = decision.is_probe or (
        decision.action is not Action.ENTER
        and decision.route is not Route.LLM
        and all(vote.component != OUTDATED for vote in decision.votes)
        and is_sound(signal, parameters)
        and not ledger.has_open_probe(signal.symbol)
    )
    return parameters["probe_share"] if is_thrown else 0.0


def propensity(decision: Decision, probe_share: float) -> float:
    """The chance of what was done with a signal, the account's limits taken as they were.

    A drawn probe that the limits refused has no size and is no entry; it is counted with the
    signals that were refused, whose coin fell the other way.
    """
    if decision.is_probe:
        return probe_share
    return 1.0 if decision.action is Action.ENTER else 1.0 - probe_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session, over and counted.

    Attributes:
        results: Counts and results after fees, each with n, and an interval where there are enough.
        left_open: Symbols that were not flat when the session's patience ended.
        seconds: How long it lasted in the world's time.
        start_ns: When Keeper sat down.
        signals: What was decided on, in the order of ``chosen``.
        asks: The best asks of its markets; None where Keeper was not there.
        mids: Their mids, likewise.
        truth: Who did what in the world, for scorers; nothing of it reached Keeper.
    """

    run_id: str
    scenario: str
    seed: int
    seconds: float
    start_ns: int
    results: Mapping[str, Any]
    chosen: tuple[Chosen, ...]
    intents: tuple[Intent, ...]
    fills: tuple[Fill, ...]
    outcomes: tuple[Outcome, ...]
    left_open: tuple[str, ...]
    signals: tuple[Signal, ...]
    asks: AskRecord | None
    mids: MidRecord | None
    truth: Truth

    @property
    def round_trips(self) -> tuple[Outcome, ...]:
        """Taken outcomes with money in them: entered, exited, recorded."""
        return tuple(one for one in self.outcomes if one.kind == "taken" and one.net_bps is not None)

    def record(self) -> bytes:
        """Decisions, orders, fills and outcomes as lines of JSON: the same session gives the same bytes."""
        parts = ([one.decision for one in self.chosen], self.intents, self.fills, self.outcomes)
        return b"".join(json_line(one) for part in parts for one in part)

    @property
    def digest(self) -> str:
        """A hash of the record."""
        return content_hash(self.record())

    def withdrawals(self, cause: str | None = None) -> int:
        """How often market makers left or quoted less, for one cause or any, while Keeper sat there."""
        return sum(
            1
            for _, _, ts, state, why in self.truth.quoting
            if ts >= self.start_ns and state != "full" and cause in (None, why)
        )
