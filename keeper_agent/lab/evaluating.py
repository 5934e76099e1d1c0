"""Stages over the same worlds: models trained on worlds of their own, then every stage in every world.

Worlds are named by seeds. Those trained on begin a million above those judged on, so that no number
of either reaches the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from keeper_agent.app import CODE_VERSION
from keeper_agent.lab.anatomy import trip_parts
from keeper_agent.lab.entry_costs import EntryCost, entry_costs
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.many import Job, Pool, held
from keeper_agent.lab.on_paper import examples_of_world
from keeper_agent.lab.on_trips import trips_of_world
from keeper_agent.lab.session import Session
from keeper_agent.lab.stages import STAGES, Decider, Gate, Manner, Models, Stage, alone
from keeper_agent.settings import Settings
from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.models.claims import WorldResult
from tools.models.examples import Dataset, Example, build_dataset
from tools.models.inputs import INPUT_SETS
from tools.models.outcome_model import OutcomeModel, TrainedOutcome, train_outcome
from tools.models.registry import ModelRegistry
from tools.models.setting import set_by

TRAINED_ON = 1_000_000  # how far seeds that are trained on lie above those that are judged on
TOLERANCE = "tolerance"  # why a market maker leaves that somebody took too much from
DAY_NS = 86_400 * NANOS


@dataclass(frozen=True, slots=True)
class Measured:
    """A world's result, and the processor time it took."""

    result: WorldResult
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be evaluated.

    Attributes:
        first_seed: Of the worlds judged on; those trained on begin ``TRAINED_ON`` above it.
        worlds, train_worlds: How many.
        trip_worlds: Worlds after those, whose round trips set the models; 0 leaves them as paper has them.
        minutes: Virtual minutes each lasts.
        gate: When a stage's model takes a candidate.
        manner: How every stage enters and leaves.
    """

    scenario: str
    stages: Sequence[Stage]
    first_seed: int
    worlds: int
    train_worlds: int
    minutes: float
    coins: int
    keeper: Settings
    manner: Manner
    gate: Gate = Gate.RANK
    trip_worlds: int = 0

    @property
    def seeds(self) -> range:
        """Worlds judged on."""
        return range(self.first_seed, self.first_seed + self.worlds)

    @property
    def train_seeds(self) -> range:
        """Worlds trained on."""
        first = self.first_seed + TRAINED_ON
        return range(first, first + self.train_worlds)

    @property
    def trip_seeds(self) -> range:
        """Worlds whose round trips set the models."""
        first = self.train_seeds.stop
        return range(first, first + self.trip_worlds)

    @property
    def sets(self) -> tuple[str, ...]:
        """The sets of inputs that the stages need models for."""
        wanted = (stage.inputs_in(self.manner) for stage in self.stages)
        return tuple(dict.fromkeys(name for name in wanted if name is not None))

    @property
    def sessions(self) -> int:
        """How many sessions it takes in all."""
        learned = self.train_worlds + self.trip_worlds if self.sets else 0
        return self.worlds * (len(self.stages) + 1) + learned

    def jobs(self, stage: Stage, seeds: Sequence[int], models: Models) -> list[Job]:
        """A stage in every world of ``seeds``."""
        return [
            stage.job(
                self.scenario,
                seed,
                self.minutes,
                coins=self.coins,
                keeper=self.keeper,
                models=models,
                manner=self.manner,
            )
            for seed in seeds
        ]


def one_after_the_other(worlds: Sequence[Sequence[Example]]) -> list[Example]:
    """Examples of worlds that all begin at one moment, moved so that each has a day of its own.

    Spans of different worlds would otherwise overlap, be purged for each other and weigh less.
    """
    return [
        replace(example, ts=example.ts + day * DAY_NS, ts_end=example.ts_end + day * DAY_NS)
        for day, world in enumerate(worlds)
        for example in world
    ]


@dataclass(frozen=True, slots=True)
class Taught:
    """A model for the stages, and what is known of it.

    Attributes:
        trained: With its report, which is of what was followed on paper.
        median_bps: Of its expected values on examples it had not seen: the trips, or the latest follows.
        set_by: How many round trips it was set by.
    """

    folder: Path
    trained: TrainedOutcome
    median_bps: float
    set_by: int = 0

    def decider(self, gate: Gate) -> Decider:
        """The model as a stage has it."""
        return Decider(self.folder, self.median_bps if gate is Gate.RANK else None)


def train_models(
    examples: Sequence[Example],
    sets: Sequence[str],
    folder: Path,
    *,
    seed: int,
    trips: Sequence[Example] = (),
) -> dict[str, Taught]:
    """A model a set of inputs, saved under ``folder``; set by ``trips`` of other worlds where there are any.

    Raises:
        NotEnoughData: Fewer examples than an honest split needs, or fewer trips than can set a model.
    """
    found = {}
    for name in sets:
        data = build_dataset(examples, INPUT_SETS[name])
        trained = train_outcome(data, seed=seed)
        unseen = later(data, trained)
        known = 0
        if trips:
            judges = build_dataset(trips, INPUT_SETS[name])
            trained = replace(trained, model=set_by(trained.model, judges))
            unseen, known = expected_bps(trained.model, judges), len(judges)
        registry = ModelRegistry(folder / name)
        version = registry.save(trained, ts_trained=examples[-1].ts_end, code_version=CODE_VERSION)
        found[name] = Taught(registry.root / version, trained, float(np.median(unseen)), known)
    return found


def later(data: Dataset, trained: TrainedOutcome) -> NDArray[np.float64]:
    """What the model expects of each of the latest examples, which were kept from it, basis points."""
    late = np.argsort(data.spans[:, 0], kind="stable")[-trained.report.test_n :]
    return expected_bps(trained.model, data)[late]


def expected_bps(model: OutcomeModel, data: Dataset) -> NDArray[np.float64]:
    """What a model expects of each example, basis points."""
    return model.score_matrix(data.matrix, data.gain_bps, data.loss_bps).expected_bps


def measured_world(job: Job) -> Measured:
    """One stage in one world, without what the same world does alone."""
    began = time.process_time()
    session = held(job)
    result = result_of(session, job)
    return Measured(result, time.process_time() - began)


def result_of(session: Session, job: Job) -> WorldResult:
    """The numbers of a session; ``departures_alone`` is left at 0."""
    trips = sorted(session.round_trips, key=lambda one: (one.ts_exit or one.ts_known, one.outcome_id))
    costs: tuple[EntryCost, ...] = ()
    if session.asks is not None:
        parameters = default_parameters(job.settings.overrides())
        costs = entry_costs(
            [one.decision for one in session.chosen],
            session.fills,
            session.asks,
            patience_ns=parameters.nanos("entry_timeout_s"),
            taker_bps=job.settings.taker_bps,
        )
    return WorldResult(
        seed=session.seed,
        hours=session.seconds / 3600,
        net_bps=tuple(one.net_bps or 0.0 for one in trips),
        net_quote=tuple(float(one.net_quote or 0) for one in trips),
        slippage_bps=tuple(cost.slippage_bps for cost in costs),
        filled=tuple(cost.filled for cost in costs),
        departures=session.withdrawals(TOLERANCE),
        departures_alone=0,
        left_open=len(session.left_open),
        parts=() if session.mids is None else trip_parts(trips, session.fills, session.intents, session.mids),
    )


def train_on_worlds(work: Work, pool: Pool, folder: Path, each: Callable[[], None]) -> dict[str, Taught]:
    """The models that the stages of ``work`` need, from baseline signals on paper; none where none is."""
    if not work.sets:
        return {}
    worlds, trips = [], []
    baseline = STAGES["baseline"]
    for examples in pool.over(examples_of_world, work.jobs(baseline, work.train_seeds, {})):
        worlds.append(examples)
        each()
    for taken in pool.over(trips_of_world, work.jobs(baseline, work.trip_seeds, {})):
        trips.append(taken)
        each()
    return train_models(
        one_after_the_other(worlds),
        work.sets,
        folder,
        seed=work.keeper.keeper_seed,
        trips=one_after_the_other(trips),
    )


def hold_stages(
    work: Work, pool: Pool, models: Models, each: Callable[[], None]
) -> tuple[list[tuple[str, list[WorldResult]]], Mapping[str, float]]:
    """Every stage in every world: the results by stage, and processor seconds by stage."""
    alike = work.jobs(STAGES["baseline"], work.seeds, {})
    undisturbed = []
    for one in pool.over(measured_world, alone(alike)):
        undisturbed.append(one.result.departures)
        each()
    results, cpu = [], {}
    for stage in work.stages:
        found = []
        for one in pool.over(measured_world, work.jobs(stage, work.seeds, models)):
            found.append(one)
            each()
        pairs = zip(found, undisturbed, strict=True)
        results.append((stage.name, [replace(one.result, departures_alone=n) for one, n in pairs]))
        cpu[stage.name] = sum(one.cpu_s for one in found)
    return results, cpu


def check(work: Work) -> None:
    """Refuse what no world can be made of.

    Raises:
        BadUsage: There is no such scenario, or no such number of coins.
    """
    job = work.jobs(STAGES["baseline"], [work.first_seed], {})[0]
    Laboratory(job.scenario, job.seed, job.settings, job.keeper)
