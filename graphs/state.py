"""What travels through the decision graph: one batch of signals, enriched node by node.

Every list has one entry a signal, in the order of ``signals``.
"""

from __future__ import annotations

from typing import TypedDict

from tools.domain.parameter import ParameterSet
from tools.domain.ports import Neighbour
from tools.domain.trading import Decision, Signal, Vote
from tools.execution.entries import EntryDraft
from tools.execution.sizing import Sizing
from tools.risk.escalation import Verdict
from tools.risk.exposure import LedgerSnapshot
from tools.risk.limits import Limited
from tools.risk.routing import Settlement


class DecisionState(TypedDict, total=False):
    """State of one invocation; each node adds its own keys and overwrites only settlements."""

    signals: tuple[Signal, ...]
    parameters: ParameterSet
    ts: int
    account: LedgerSnapshot
    neighbours: tuple[tuple[Neighbour, ...], ...]
    votes: tuple[tuple[Vote, ...], ...]
    settlements: tuple[Settlement, ...]
    verdicts: tuple[Verdict, ...]
    drafts: tuple[EntryDraft | None, ...]
    limited: tuple[Limited | None, ...]
    sizings: tuple[Sizing | None, ...]
    decisions: tuple[Decision, ...]
