"""A decision context made of fakes: what it recalls, votes and owns is said in the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from graphs.brain import Brain, ConsultAnswer, ConsultRequest, ScriptedBrain
from graphs.context import DecisionContext
from tests.support.proposals import ALGO, a_neighbour, a_silence
from tools.domain.parameter import ParameterSet
from tools.domain.ports import ANYWHERE, EVEN, Neighbour, Priority, Where
from tools.domain.trading import Signal, Vote, World
from tools.execution.entries import SizingDesk
from tools.risk.exposure import LedgerSnapshot
from tools.risk.limits import RiskAppetite
from tools.risk.probing import ProbePolicy

GOOD_REPLY = '{"action": "take", "size_fraction": 1, "reason": "looks fine", "cited_ids": ["o_1"]}'


@dataclass
class FakeMemory:
    """Recalls the same neighbours for every state and notes what it was asked."""

    known: Sequence[Neighbour] = field(default_factory=lambda: [a_neighbour(1), a_neighbour(2)])
    asked: list[tuple[int, int, int, float]] = field(default_factory=list)

    def neighbours(
        self,
        vectors: Sequence[tuple[float, ...]],
        ts: int,
        limit: int,
        min_similarity: float,
        *,
        priority: Priority = EVEN,
        where: Where = ANYWHERE,
    ) -> list[list[Neighbour]]:
        """The same for each vector."""
        self.asked.append((len(vectors), ts, limit, min_similarity))
        return [list(self.known) for _ in vectors]


@dataclass(frozen=True)
class FakeAccount:
    """An account that stands as it was told."""

    view: LedgerSnapshot

    def snapshot(self, ts: int) -> LedgerSnapshot:
        """The same at any time."""
        return self.view


def pattern_says(vote: Vote) -> Callable[[Signal, Sequence[Neighbour], ParameterSet], Vote]:
    """A pattern voter with one opinion."""
    return lambda signal, neighbours, parameters: vote


def model_says(vote: Vote) -> Callable[[Sequence[Signal], ParameterSet], Sequence[Vote]]:
    """A model with one opinion."""
    return lambda signals, parameters: [vote] * len(signals)


def brain_says(text: str, *, late_ns: int = 0) -> ScriptedBrain:
    """A brain that always answers ``text``, ``late_ns`` after its deadline."""

    def script(request: ConsultRequest, deadline_ns: int) -> ConsultAnswer:
        return ConsultAnswer(request.decision_id, text, deadline_ns + late_ns)

    return ScriptedBrain(script)


def a_context(
    *,
    pattern: Vote | None = None,
    model: Vote | None = None,
    brain: Brain | None = None,
    account: LedgerSnapshot | None = None,
    memory: FakeMemory | None = None,
    probes_allowed: bool | None = False,
    appetite: RiskAppetite = RiskAppetite.CONSERVATIVE,
) -> DecisionContext:
    """A context in the recorded world, without probes unless they are asked for."""
    return DecisionContext(
        recall=memory or FakeMemory(),
        pattern_voter=pattern_says(pattern or a_silence("pattern")),
        account=FakeAccount(account or LedgerSnapshot()),
        desk=SizingDesk({"ALGOUSDT": ALGO}, appetite=appetite),
        probes=ProbePolicy(seed=7, world=World.RECORDED, allowed=probes_allowed),
        scorer=model_says(model) if model else None,
        brain=brain,
    )
