"""What the decision graph is given to think with; wired once by the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from graphs.brain import Brain, ConsultRequest
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Neighbour, Recall
from tools.domain.trading import Signal, Vote
from tools.execution.entries import SizingDesk
from tools.risk.escalation import Chooser
from tools.risk.exposure import LedgerSnapshot
from tools.risk.probing import ProbePolicy

Scorer: TypeAlias = Callable[[Sequence[Signal], ParameterSet], Sequence[Vote]]
StrategyVoter: TypeAlias = Callable[[Signal, ParameterSet], Vote]
Profiler: TypeAlias = Callable[[Signal], Mapping[str, float] | None]
LookBack: TypeAlias = Callable[[Signal], Mapping[str, float] | None]
PatternVoter: TypeAlias = Callable[[Signal, Sequence[Neighbour], ParameterSet], Vote]


class Account(Protocol):
    """The account as the graph may see it: read, never changed. ``RiskLedger`` is one."""

    def snapshot(self, ts: int) -> LedgerSnapshot:
        """Positions, orders, reservations, rests and open probes at ``ts``."""
        ...


def _equal_weights(parameters: ParameterSet) -> Mapping[str, float]:
    """Every component weighs as much as its own error says."""
    return {}


def _no_profile(signal: Signal) -> Mapping[str, float] | None:
    """Nothing is known of any symbol."""
    return None


def _no_look_back(signal: Signal) -> Mapping[str, float] | None:
    """Nobody looks back at any symbol."""
    return None


def current_prompt(decision_id: str) -> str | None:
    """Every question is put in the current text."""
    return None


def _no_audit(requests: Sequence[ConsultRequest]) -> None:
    """Without an auditor nothing is audited; no escalator draws any then."""


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """Everything the nodes call.

    Attributes:
        recall: Remembered states, as known at the decision time.
        pattern_voter: Turns a signal's neighbours into the vote ``pattern``.
        scorer: The model: one vote ``model`` a signal, its version first in the evidence;
            None while no model was trained.
        strategy_voter: What the learned strategies say of a signal, as known at its time: the vote
            ``strategy``; None where none are learned.
        account: The account's risk view.
        desk: Instruments, sizing mode and appetite.
        probes: Whether and how probes are drawn.
        brain: Asked on what is ambiguous; None abstains instead.
        consult_budget_ns: Time a brain has from the decision time on.
        is_beside: Whether a brain is asked in a thread of its own, as where the market does not wait.
        escalator: Chooses what a brain is asked about; None asks about everything ambiguous.
        audit: Sends decisions to a brain without waiting for what it says.
        profile: What is known of a signal's symbol in its regime, as heard at its time; a brain is shown it.
        lately: What happened lately on a signal's symbol, as heard at its time; looked up only for what goes
            to a brain, which is shown it.
        prompt_version: In which version of the text a decision is asked about; None is the current one.
        weights: The reliability each component's votes have shown by now.
    """

    recall: Recall
    pattern_voter: PatternVoter
    account: Account
    desk: SizingDesk
    probes: ProbePolicy
    scorer: Scorer | None = None
    strategy_voter: StrategyVoter | None = None
    brain: Brain | None = None
    consult_budget_ns: int = 10_000_000_000
    is_beside: bool = False
    escalator: Chooser | None = None
    audit: Callable[[Sequence[ConsultRequest]], None] = _no_audit
    profile: Profiler = _no_profile
    lately: LookBack = _no_look_back
    prompt_version: Callable[[str], str | None] = current_prompt
    weights: Callable[[ParameterSet], Mapping[str, float]] = _equal_weights
