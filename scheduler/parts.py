"""What a decision cycle is wired with, and the shapes of those parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from graphs.thought import Conclusion, Thinker
from scheduler.candles import CandleMaker, no_candles
from scheduler.observer import Observer
from scheduler.run import RunIdentity
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Episodes, IntentLog, ParameterSource
from tools.domain.reaction import Reaction
from tools.domain.trading import Decision, Outcome, Signal, Vote
from tools.execution.paper import PaperMarket
from tools.execution.routed import RoutedMarket
from tools.execution.schedules.choosing import PLANNED, Scheduler
from tools.execution.seen import MarketSlice
from tools.risk.adaptation import Adaptation
from tools.risk.ledger import RiskLedger
from tools.risk.limits import RiskAppetite

Market = PaperMarket | RoutedMarket


class Seal(Protocol):
    """Keeps what a decision was taken from."""

    def __call__(self, conclusion: Conclusion, parameters: ParameterSet, market: MarketSlice) -> None:
        """Seal the one decision of ``conclusion`` with its inputs."""
        ...


class Log(Episodes, IntentLog, Protocol):
    """Where everything is kept."""


class Arms(Protocol):
    """Which decisions are taken with a candidate value instead of the one in force."""

    def tried(self, decision_id: str, parameters: ParameterSet, ts: int) -> ParameterSet:
        """The parameters the decision is to be taken with, and kept with once it is."""
        ...

    def keep(self, decision: Decision) -> None:
        """Write down which arm the decision had, if any; the decision is in the log by then."""
        ...

    def learn(self, outcome: Outcome) -> None:
        """Count what came of a decision."""
        ...


class NoArms:
    """Every decision is taken with the parameters in force."""

    def tried(self, decision_id: str, parameters: ParameterSet, ts: int) -> ParameterSet:
        """The parameters as they are."""
        return parameters

    def keep(self, decision: Decision) -> None:
        """There is no arm to write down."""

    def learn(self, outcome: Outcome) -> None:
        """There is nothing to learn."""


def _learn_nothing(votes: Sequence[Vote], net_bps: float) -> None:
    """Nobody keeps how right the votes were."""


def _follow_nothing(outcome: Outcome, signal: Signal) -> None:
    """Nobody counts what followed signals came to."""


def tell_nothing(symbol: str, ts: int, parameters: ParameterSet) -> Mapping[str, float]:
    """Nobody learned what market makers bear."""
    return {}


def _believe_nothing(
    source: str, features: Mapping[str, float | None], ts: int, parameters: ParameterSet
) -> Mapping[str, float]:
    """No bandit is on."""
    return {}


@dataclass(frozen=True, slots=True)
class CycleParts:
    """What a cycle is wired with.

    Attributes:
        learn: Told the votes on a followed signal and its result, basis points after costs.
        followed: Told the outcome of a signal that was followed on paper.
        arms: Candidate values that are tried beside those in force.
        scheduler: Which algorithm slices entries.
        reacted: Told how the market maker took a fill; None where the market does not react to us.
        tolerated: What is believed of a symbol's market maker as of a time, beside the features.
        believed: What a bandit believes of a signal from a source with these features, as of a time.
        candles: Makes what watches a symbol's candles; None of it where candles raise no signals.
        adaptation: What sizes, stops and targets are adapted to, where that is switched on.
    """

    identity: RunIdentity
    decider: Thinker
    log: Log
    parameters: ParameterSource
    ledger: RiskLedger
    observer: Observer
    appetite: RiskAppetite = RiskAppetite.CONSERVATIVE
    market: Callable[[Instrument, ParameterSet], Market] = PaperMarket
    seal: Seal | None = None
    learn: Callable[[Sequence[Vote], float], None] = _learn_nothing
    followed: Callable[[Outcome, Signal], None] = _follow_nothing
    arms: Arms = field(default_factory=NoArms)
    scheduler: Scheduler = PLANNED
    reacted: Callable[[Reaction], None] | None = None
    tolerated: Callable[[str, int, ParameterSet], Mapping[str, float]] = tell_nothing
    believed: Callable[[str, Mapping[str, float | None], int, ParameterSet], Mapping[str, float]] = (
        _believe_nothing
    )
    adaptation: Adaptation = field(default_factory=Adaptation)
    candles: CandleMaker = no_candles
