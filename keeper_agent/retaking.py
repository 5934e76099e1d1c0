"""A decision taken again from its sealed bundle: the same, or the same under another policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphs.asking import Heard, unheard
from graphs.context import DecisionContext, Scorer
from graphs.decision import DecisionGraph
from graphs.living import LivingStrategies
from graphs.thought import Thinker, Thought, decide_at_once
from keeper_agent.app import CODE_VERSION, model_scorer, neighbours_vote, strategy_voter
from keeper_agent.recorded_brains import recorded_brain, recorded_choices, recorded_version
from keeper_agent.sealing import LIVING
from keeper_agent.settings import Settings
from memory.bundles import Bundle, read_bundle
from memory.codec import from_plain, to_plain
from memory.lookup import find_decision, tell
from memory.profiles import ProfileBook, heard
from memory.recall import PatternRecall
from memory.states import recalled
from memory.store import Store
from memory.strategies import StrategyBook, StrategyShelf
from tools.domain.errors import ModelUnusable
from tools.domain.market import Instrument
from tools.domain.parameter import SPECS, ParameterSet, base_name, default_parameters
from tools.domain.ports import ANYWHERE, EVEN, Neighbour, Priority, Recall, Where
from tools.domain.trading import Decision, Signal, World
from tools.execution.entries import SizingDesk
from tools.execution.sizing import SizingMode
from tools.models.registry import ModelRegistry, load_folder
from tools.models.scoring import OutcomeModel
from tools.risk.exposure import LedgerSnapshot
from tools.risk.limits import RiskAppetite
from tools.risk.probing import ProbePolicy

WEIGHING = {"pattern_importance_power": 0.0, "pattern_half_life_days": 0.0}  # before there was any
RECALL_PARAMETERS = frozenset({"pattern_neighbours", "pattern_min_similarity", *WEIGHING})
UNHURRIED_NS = 1 << 61
NO_CHANGES: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two decisions differ, as plain data."""

    name: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Retaken:
    """A decision and what it comes to now.

    Attributes:
        changed: The parameters that were changed on purpose.
        code_version: Version of the program that took it.
    """

    was: Decision
    now: Decision
    bundle: Bundle
    changed: Mapping[str, float]
    code_version: str

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Every field that differs, in the order of a decision's fields."""
        was, now = to_plain(self.was), to_plain(self.now)
        return tuple(Difference(name, was[name], now[name]) for name in was if was[name] != now[name])


class _Account:
    """The account as it was."""

    def __init__(self, then: LedgerSnapshot) -> None:
        self._then = then

    def snapshot(self, ts: int) -> LedgerSnapshot:
        return self._then


class _Recalled:
    """What the decision recalled, whatever has become known since."""

    def __init__(self, neighbours: Sequence[Neighbour]) -> None:
        self._neighbours = list(neighbours)

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
        return [self._neighbours for _ in vectors]


def retake(store: Store, settings: Settings, text: str, changes: Mapping[str, float]) -> Retaken:
    """Take the decision whose id begins with ``text`` again, under ``changes`` of its parameters.

    Raises:
        NotInRecord: There is no such decision, or it has no bundle.
        BadUsage: There is more than one, or a change is out of bounds.
        ModelUnusable: The model that was asked is no longer there.
    """
    was = find_decision(store, text)
    bundle = read_bundle(store, was.decision_id)
    signal = tell(store, was.decision_id).signal
    return retake_sealed(store, settings, was, signal, bundle, changes)


def retake_sealed(
    store: Store,
    settings: Settings,
    was: Decision,
    signal: Signal,
    bundle: Bundle,
    changes: Mapping[str, float] = NO_CHANGES,
    decider: Callable[[DecisionContext], Thinker] = DecisionGraph,
) -> Retaken:
    """The same for a decision that was read already.

    Args:
        store: The memory that it is in.
        settings: Whose home holds the models.
        was: The decision.
        signal: What it was taken on.
        bundle: What was sealed with it.
        changes: Of its parameters.
        decider: Makes what decides from its context; ``PlainDecisions`` decides the same, and sooner.

    Raises:
        BadUsage: A change is out of bounds.
        ModelUnusable: The model that was asked is no longer there.
    """
    parameters = sealed_parameters(bundle, was.parameters_version, changes)
    recall: Recall = (
        PatternRecall.load(store)
        if RECALL_PARAMETERS & set(changes)
        else _Recalled(
            recalled(store, signal.vector, was.recalled, _thought_at(bundle, was), Priority.of(parameters))
        )
    )
    thinker = decider(_context(store, settings, bundle, was, recall))
    now = _decide(thinker, signal, parameters, was, bundle)
    return Retaken(was, now, bundle, dict(changes), str(bundle.policy["code_version"]))


def is_same_code(retaken: Retaken) -> bool:
    """Whether this very version of the program took the decision."""
    return retaken.code_version == CODE_VERSION


def _thought_at(bundle: Bundle, was: Decision) -> int:
    """When memory was asked: what waited for an answer was thought about before it was decided."""
    return was.ts if bundle.heard is None else from_plain(Heard, bundle.heard).ts_asked


def _decide(
    graph: Thinker, signal: Signal, parameters: ParameterSet, was: Decision, bundle: Bundle
) -> Decision:
    """The decision as it was taken: at once, or by what was answered and seen later."""
    if bundle.heard is None:
        return decide_at_once(graph, [signal], parameters, was.ts)[0]
    heard = from_plain(Heard, bundle.heard)
    found = graph.think([signal], parameters, heard.ts_asked)
    if isinstance(found, Thought):
        question = found.question
        fault = heard.fault
        answers = unheard(question.requests, was.ts, fault) if fault else question.answers(was.ts)
        sightings = {} if heard.seen is None else {signal.symbol: heard.seen}
        found = graph.conclude(found, answers, sightings, was.ts)
    return found.decisions[0]


def sealed_parameters(
    bundle: Bundle, version: int, changes: Mapping[str, float] = NO_CHANGES
) -> ParameterSet:
    """What was in force, with ``changes``; a parameter that did not exist yet has its default."""
    checked = default_parameters(changes)
    kept = {name: value for name, value in bundle.policy["parameters"].items() if base_name(name) in SPECS}
    values = {**checked.values, **WEIGHING, **kept, **{name: checked[name] for name in changes}}
    return ParameterSet(values, version, dict(bundle.policy["origin"]))


def _context(
    store: Store,
    settings: Settings,
    bundle: Bundle,
    was: Decision,
    recall: Recall,
) -> DecisionContext:
    policy = bundle.policy
    instrument = from_plain(Instrument, policy["instrument"])
    sealed = None if bundle.heard is None else from_plain(Heard, bundle.heard).lately
    return DecisionContext(
        recall=recall,
        pattern_voter=neighbours_vote,
        account=_Account(from_plain(LedgerSnapshot, bundle.account)),
        desk=SizingDesk(
            {instrument.symbol: instrument},
            SizingMode(policy["sizing_mode"]),
            RiskAppetite(policy["risk_appetite"]),
        ),
        probes=ProbePolicy(policy["seed"], World(bundle.world), policy["probes_allowed"]),
        scorer=_scorer(settings, policy["model"]),
        weights=lambda parameters: bundle.weights,
        brain=recorded_brain(store, was.decision_id),
        consult_budget_ns=UNHURRIED_NS,  # whether an answer came too late is sealed
        escalator=recorded_choices(store, was, is_asked=bundle.heard is not None),
        strategy_voter=strategy_voter(_shelf(store, policy)),
        profile=partial(heard, ProfileBook(store)),
        lately=lambda signal: sealed,
        prompt_version=partial(recorded_version, store),
    )


def _shelf(store: Store, policy: Mapping[str, Any]) -> StrategyShelf | LivingStrategies:
    """The strategies as they were counted when the decision was taken."""
    if policy.get("strategies") == LIVING:
        return LivingStrategies(store)
    return StrategyShelf(StrategyBook(store))


def _scorer(settings: Settings, version: str | None) -> Scorer | None:
    return None if version is None else model_scorer(_model(settings, version))


def _model(settings: Settings, version: str) -> OutcomeModel:
    """The model of ``version``, from where the settings say or from the home's registry."""
    if settings.ml_model_path is not None:
        model = load_folder(settings.ml_model_path)
        if model.version == version:
            return model
    try:
        return ModelRegistry(settings.keeper_home).load(version)
    except ModelUnusable as error:
        raise ModelUnusable(f"the decision asked model {version}, which is not here: {error}") from error
