"""The composition root: settings and a memory become a decision cycle; concrete parts meet here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import Any

from graphs.context import DecisionContext, Scorer, StrategyVoter
from graphs.decision import DecisionGraph
from graphs.living import LivingStrategies
from graphs.thought import Thinker
from keeper_agent.bandits import Bandits
from keeper_agent.brains import BrainParts
from keeper_agent.candles import candle_maker
from keeper_agent.day_so_far import behaviour_start, ledger_start
from keeper_agent.foresight import foresee
from keeper_agent.latency import MODEL, MeasuredRecall, MeasuredThinker, Meter
from keeper_agent.reactions import Reactions
from keeper_agent.sealing import Sealer
from keeper_agent.settings import Settings
from memory.bundles import BundleBook
from memory.episodes import EpisodeLog
from memory.experiments import ExperimentBook
from memory.hindsight import judged_votes, last_results
from memory.lately import lately
from memory.layers import Layer, layers
from memory.parameters import ParameterStore
from memory.posteriors import PosteriorBook
from memory.profiles import ProfileBook, heard
from memory.promotion import Promotion
from memory.reactions import ReactionBook
from memory.recall import PatternRecall
from memory.session import SessionMemory
from memory.store import Store
from memory.strategies import StrategyShelf
from scheduler.arms import LiveArms
from scheduler.cycle import DecisionCycle
from scheduler.observer import Observer
from scheduler.parts import CycleParts, Market, tell_nothing
from scheduler.run import RunIdentity, Tally
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Neighbour
from tools.domain.sources import is_from_candles
from tools.domain.trading import Outcome, Signal, Vote
from tools.execution.entries import SizingDesk
from tools.execution.kill import KillSwitch, PauseSwitch
from tools.execution.paper import PaperMarket
from tools.execution.schedules.choosing import Algorithm, Scheduler
from tools.execution.sizing import SizingMode
from tools.features.fingerprint import SIZE
from tools.models.importance import appraise
from tools.models.registry import ModelRegistry, load_folder
from tools.models.scoring import OutcomeModel, SignalScorer
from tools.models.votes import model_vote, pattern_vote, silent_vote, strategy_vote
from tools.risk.adaptation import WINDOW, Adaptation
from tools.risk.escalation import Escalator
from tools.risk.ledger import RiskLedger
from tools.risk.limits import RiskAppetite
from tools.risk.probing import ProbePolicy
from tools.risk.skill import REMEMBERED, SkillRecord

CODE_VERSION = version("keeper-agent")
NOT_OF_CANDLES = "learned from signals of the market maker's range, not from those of candles"


class Keeper:
    """One run's parts, wired: memory, model, ledger, decision graph, and a cycle a tape.

    Args:
        settings: The operator's settings.
        store: The open memory of the run; the caller closes it.
        identity: Run id, world and seed.
        instruments: What may be traded, by symbol.
        observer: Who watches.
        model: The outcome model, or a baseline in its place, or None.
        ts: When the run begins, ns.
        tally: Counts that an observer shows too; fresh ones where not given.
        market: Makes a symbol's market; on paper where not given.
        decider: Makes what decides from its context; the decision graph where not given.
        brain: Who is asked about what is ambiguous; None asks nobody.
        meter: Measures how long things take; None measures nothing.
        is_moved: Whether the events were moved in time, so that no downloaded candle is of their past.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        identity: RunIdentity,
        instruments: Mapping[str, Instrument],
        observer: Observer,
        model: SignalScorer | None,
        ts: int,
        tally: Tally | None = None,
        market: Callable[[Instrument, ParameterSet], Market] = PaperMarket,
        decider: Callable[[DecisionContext], Thinker] = DecisionGraph,
        brain: BrainParts | None = None,
        meter: Meter | None = None,
        *,
        is_moved: bool = False,
    ) -> None:
        self.store = store
        self.identity = identity
        self.tally = tally or Tally()
        self._meter = meter
        self.parameters = ParameterStore(store, settings.parameter_overrides())
        self.recall = PatternRecall.load(store, SIZE, since=ts)
        first = self.parameters.snapshot(ts)
        session = SessionMemory(first.whole("session_capacity"))
        promotion = Promotion(self.recall, appraise, self.parameters)
        self.log = EpisodeLog(store, self.recall, promotion, session)
        switch, pause = KillSwitch(settings.keeper_home), PauseSwitch(settings.keeper_home)
        start = ledger_start(store, identity, instruments, first, ts)
        behaviour = behaviour_start(store, identity, instruments, first, ts)
        self.ledger = RiskLedger(start, lambda: switch.is_set, lambda: pause.is_set, behaviour)
        prospects = foresee(settings.keeper_home, instruments.values(), first, ts)
        if prospects is not None:
            self.ledger.foresee(prospects)
        self.model = model
        self.skill = SkillRecord()
        for votes, net_bps in judged_votes(store, ts, REMEMBERED):
            self.skill.learn(votes, net_bps)
        appetite = RiskAppetite(settings.risk_appetite)
        desk = SizingDesk(instruments, SizingMode(settings.position_sizing_mode), appetite)
        allowed = settings.probes_allowed()
        living = LivingStrategies(store)
        context = DecisionContext(
            recall=self.recall if meter is None else MeasuredRecall(self.recall, meter),
            pattern_voter=neighbours_vote,
            account=self.ledger,
            desk=desk,
            probes=ProbePolicy(identity.seed, identity.world, allowed),
            scorer=None if model is None else model_scorer(model, meter),
            weights=self.skill.weights,
            strategy_voter=strategy_voter(living),
            profile=partial(heard, ProfileBook(store)),
            lately=partial(lately, store),
        )
        if brain is not None:
            context = _with_brain(context, brain, identity.seed)
        thinker = decider(context)
        self.reactions = Reactions(ReactionBook(store), identity.world, self.parameters.snapshot(ts), ts)
        bandits = Bandits(PosteriorBook(store), identity, ts)

        def followed(outcome: Outcome, signal: Signal) -> None:
            living.follow(outcome, signal)
            bandits.learn(outcome, signal, self.parameters.snapshot(outcome.ts_known))

        self._parts = CycleParts(
            identity=identity,
            decider=thinker if meter is None else MeasuredThinker(thinker, meter),
            log=self.log,
            parameters=self.parameters,
            ledger=self.ledger,
            observer=observer,
            appetite=appetite,
            market=market,
            seal=None
            if store.forgets
            else Sealer(
                book=BundleBook(store),
                identity=identity,
                desk=desk,
                allowed=allowed,
                model=None if model is None else model.version,
                code_version=CODE_VERSION,
            ),
            learn=self.skill.learn,
            followed=followed,
            adaptation=Adaptation(last_results(store, identity.world.value, ts, WINDOW)),
            arms=LiveArms(ExperimentBook(store), identity.world.value, identity.run_id),
            scheduler=Scheduler(Algorithm(settings.execution_algorithm), self.reactions.fills),
            reacted=self.reactions.reacted,
            tolerated=self.reactions.told if desk.mode is SizingMode.LEARNED else tell_nothing,
            believed=bandits.told,
            candles=candle_maker(settings, identity.world, first, ts, is_moved=is_moved),
        )

    def cycle(self, instrument: Instrument) -> DecisionCycle:
        """A fresh cycle on ``instrument``: no market seen yet, all memory at hand."""
        return DecisionCycle(instrument, self._parts, self.tally)

    def latencies(self) -> dict[str, dict[str, float]]:
        """How long memory, model and decisions took lately; empty where nobody measures."""
        return {} if self._meter is None else self._meter.figures()

    def spreads(self) -> dict[str, dict[str, Any]]:
        """The same since the start, as histograms."""
        return {} if self._meter is None else self._meter.spreads()

    def begin(self, command: str, config: Mapping[str, object], input_hash: str, ts: int) -> None:
        """Keep that the run began."""
        self.log.begin_run(
            run_id=self.identity.run_id,
            world=self.identity.world.value,
            command=command,
            config=config,
            code_version=CODE_VERSION,
            input_hash=input_hash,
            seed=self.identity.seed,
            ts=ts,
        )

    def layers(self, ts: int) -> tuple[Layer, ...]:
        """Every layer of memory as of ``ts``, this session's included."""
        return layers(self.store, ts, self.parameters.snapshot(ts), self.log.session)

    def end(self, ts: int) -> None:
        """Keep that the run ended in order."""
        self.log.end_run(self.identity.run_id, ts)
        self.store.flush()


def _with_brain(context: DecisionContext, brain: BrainParts, seed: int) -> DecisionContext:
    escalator = brain.chooser or Escalator(seed, brain.price_usd, brain.has_budget)
    return replace(
        context,
        brain=brain.brain,
        escalator=escalator,
        audit=brain.audit,
        consult_budget_ns=brain.budget_ns,
        is_beside=brain.is_beside,
        prompt_version=brain.prompt_version,
    )


def neighbours_vote(signal: Signal, neighbours: Sequence[Neighbour], parameters: ParameterSet) -> Vote:
    """The pattern vote on ``signal``, as the decision graph hears it."""
    return pattern_vote(neighbours, parameters, loss_bps=signal.loss_bps)


def strategy_voter(shelf: StrategyShelf | LivingStrategies) -> StrategyVoter:
    """The learned strategies as the decision graph hears them, as known at the signal's time."""

    def vote(signal: Signal, parameters: ParameterSet) -> Vote:
        if is_from_candles(signal.source):
            return silent_vote("strategy", NOT_OF_CANDLES)
        return strategy_vote(signal.features, shelf.active(signal.ts), parameters)

    return vote


def model_scorer(model: SignalScorer, meter: Meter | None = None) -> Scorer:
    """The model as the decision graph hears it: one vote a signal; silent on what it was not trained on."""

    def score(signals: Sequence[Signal], parameters: ParameterSet) -> Sequence[Vote]:
        known = [s for s in signals if not is_from_candles(s.source)]
        votes: dict[str, Vote] = {}
        if known:
            rows = [(s.features, s.gain_bps, s.loss_bps) for s in known]
            scores = model.score(rows) if meter is None else meter.measure(MODEL, lambda: model.score(rows))
            for i, signal in enumerate(known):
                votes[signal.signal_id] = model_vote(scores[i], model.version, parameters)
        return [votes.get(s.signal_id) or silent_vote("model", NOT_OF_CANDLES) for s in signals]

    return score


def current_model(settings: Settings) -> OutcomeModel | None:
    """The model of ML_MODEL_PATH, else the home's promoted one, else None.

    Raises:
        ModelUnusable: There is one and it cannot be trusted.
    """
    if settings.ml_model_path is not None:
        return load_folder(settings.ml_model_path)
    registry = ModelRegistry(settings.keeper_home)
    return registry.load() if registry.current() is not None else None
