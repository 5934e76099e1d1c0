"""What travels through the decision graph: one batch of signals, enriched node by node.

Every list has one entry a signal, in the order of ``signals``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from graphs.asking import Heard, Question
from graphs.brain import ConsultAnswer
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Neighbour
from tools.domain.trading import Decision, Signal, Vote
from tools.execution.entries import EntryDraft
from tools.execution.freshness import Sighting
from tools.execution.sizing import Sizing
from tools.risk.escalation import Verdict
from tools.risk.exposure import LedgerSnapshot
from tools.risk.limits import Limited
from tools.risk.routing import Settlement


class DecisionState(TypedDict, total=False):
    """State of one batch; each node adds its own keys and overwrites only settlements.

    A batch that waits for an answer ends with a ``question`` and goes on from its state with what was
    answered to it, what is seen by then, a later ``ts`` and the account of that time.
    """

    signals: tuple[Signal, ...]
    parameters: ParameterSet
    ts: int
    account: LedgerSnapshot
    neighbours: tuple[tuple[Neighbour, ...], ...]
    votes: tuple[tuple[Vote, ...], ...]
    weights: Mapping[str, float]
    settlements: tuple[Settlement, ...]
    verdicts: tuple[Verdict, ...]
    question: Question
    asked: tuple[int, ...]
    answers: tuple[ConsultAnswer, ...]
    sightings: Mapping[str, Sighting]
    heard: Mapping[str, Heard]
    drafts: tuple[EntryDraft | None, ...]
    limited: tuple[Limited | None, ...]
    sizings: tuple[Sizing | None, ...]
    decisions: tuple[Decision, ...]
