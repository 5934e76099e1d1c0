"""Outcome models on three sets of inputs and on none, in other worlds: ``python -m benchmarks.outcome``.

Signals are those of the baseline stage of ``keeper evaluate``, labels what following them on paper came
to. Worlds trained on and worlds judged on have seeds apart. The baselines are the base rate of the
worlds judged on (nobody knows it beforehand: against that of the training worlds whoever says less by luck
has skill where wins are rarer), the geometry of the trade alone, a logistic regression on the same inputs,
and the same training on labels moved between rows in blocks, which must show nothing. Intervals draw
whole worlds. With ``--trip-worlds`` the models are then set by round trips of further worlds, and with
``--judged trips`` all are judged on round trips that were taken.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from keeper_agent.lab.evaluating import DAY_NS, Work, expected_bps, later, one_after_the_other
from keeper_agent.lab.many import Pool
from keeper_agent.lab.on_paper import examples_of_world
from keeper_agent.lab.on_trips import trips_of_world
from keeper_agent.lab.stages import STAGES, Manner, manner_of
from keeper_agent.settings import Settings
from tools.domain.parameter import SPECS
from tools.models.evaluation import geometry_baseline, logistic_baseline
from tools.models.examples import Dataset, Example, build_dataset
from tools.models.inputs import INPUT_SETS
from tools.models.outcome_model import OutcomeModel, Scores, train_outcome
from tools.models.setting import set_by
from tools.models.validation import (
    ClusterDraws,
    Figure,
    block_order,
    calibration_floor,
    expected_calibration_error,
)
from venue.scenario.build import START_NS

Floats = NDArray[np.float64]
Baseline = Callable[[Dataset, NDArray[np.int64], NDArray[np.int64]], Floats]
FIRST_DAY_NS = START_NS - START_NS % DAY_NS
EDGE_BPS = SPECS["min_edge_bps"].default
FIRST_SEED = 41_000
SHUFFLES = 5
SHUFFLED = ("v2", "v3")  # the sets of inputs that are trained on moved labels
MOVED_ROWS = 20  # labels that stay together when they are moved
JUDGED_ON = {"paper": examples_of_world, "trips": trips_of_world}


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.outcome", description=__doc__)
    parser.add_argument("--tiers", default="T2,T3,T4")
    parser.add_argument("--train-worlds", type=int, default=20)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--manner", default=Manner.MAKER.value)
    parser.add_argument("--trip-worlds", type=int, default=0, help="whose round trips set the models")
    parser.add_argument("--judged", choices=list(JUDGED_ON), default="paper")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with Pool(asked.workers) as pool:
        found = {tier: measured(tier, asked, pool) for tier in asked.tiers.split(",")}
    if asked.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for tier, one in found.items():
        print(f"{tier}: {one['trained_on']} examples trained on, {one['judged_on']} judged on")
        for name, told in one["models"].items():
            print(f"  {name:9} skill {_shown(told['brier_skill'])}  ECE {told['ece']:.3f}", end="")
            print(f" (floor {told['ece_floor']:.3f})  uplift {_shown(told.get('uplift_bps'))} bps", end="")
            print(f", better half {_shown(told.get('ranked', {}).get('uplift_bps'))}")
        print(f"  shuffled  skill {', '.join(f'{skill:+.3f}' for skill in one['shuffled_labels_skill'])}")


def measured(tier: str, asked: argparse.Namespace, pool: Pool) -> dict[str, Any]:
    """The figures of one tier."""
    work = Work(
        scenario=tier,
        stages=[STAGES["baseline"]],
        first_seed=asked.first_seed,
        worlds=asked.worlds,
        train_worlds=asked.train_worlds,
        trip_worlds=asked.trip_worlds,
        minutes=asked.minutes,
        coins=5,
        keeper=Settings(_env_file=None),  # type: ignore[call-arg]
        manner=manner_of(asked.manner),
    )
    began = time.perf_counter()
    known = list(pool.over(examples_of_world, work.jobs(STAGES["baseline"], work.train_seeds, {})))
    trips = list(pool.over(trips_of_world, work.jobs(STAGES["baseline"], work.trip_seeds, {})))
    judged = list(pool.over(JUDGED_ON[asked.judged], work.jobs(STAGES["baseline"], work.seeds, {})))
    held_s = time.perf_counter() - began
    found = figures(known, judged, seed=asked.first_seed, trips=trips)
    return {**found, "judged": asked.judged, "worlds": len(judged), "sessions_s": held_s}


def figures(
    known: Sequence[Sequence[Example]],
    judged: Sequence[Sequence[Example]],
    *,
    seed: int,
    trips: Sequence[Sequence[Example]] = (),
) -> dict[str, Any]:
    """What models trained on the worlds of ``known``, set by ``trips``, say in the worlds of ``judged``."""
    rng = np.random.default_rng(seed)
    learned, unseen = one_after_the_other(known), one_after_the_other(judged)
    train = {name: build_dataset(learned, inputs) for name, inputs in INPUT_SETS.items()}
    test = {name: build_dataset(unseen, inputs) for name, inputs in INPUT_SETS.items()}
    setting = one_after_the_other(trips)
    judges = {name: build_dataset(setting, inputs) for name, inputs in INPUT_SETS.items()} if setting else {}
    bench = Bench(test["v1"], len(judged), rng)
    taught = {name: train_outcome(data, seed=seed) for name, data in train.items()}
    models = {name: set_by(one.model, judges[name]) if judges else one.model for name, one in taught.items()}
    scores = {name: scored(model, test[name]) for name, model in models.items()}
    said = {name: one.probability for name, one in scores.items()}
    told = {name: bench.judged(said[name], scores[name].expected_bps) for name in said}
    for name, one in taught.items():
        kept = expected_bps(models[name], judges[name]) if judges else later(train[name], one)
        told[name]["ranked"] = bench.ranked(scores[name].expected_bps, float(np.median(kept)))
    for name, baseline, inputs in (
        ("logistic", logistic_baseline, "v2"),
        ("geometry", geometry_baseline, "v1"),
    ):
        told[name] = bench.judged(plainly(baseline, train[inputs], test[inputs]), None)
    shuffled = []
    for name in SHUFFLED:
        for number in range(SHUFFLES):
            order = block_order(len(train[name]), rng, block=MOVED_ROWS)
            lost = train_outcome(train[name].with_labels_of(order), seed=seed + number).model
            if judges:
                moved = block_order(len(judges[name]), rng, block=MOVED_ROWS)
                lost = set_by(lost, judges[name].with_labels_of(moved))
            shuffled.append(bench.skill(scored(lost, test[name]).probability).value)
    data = test["v1"]
    return {
        "models": told,
        "v2_skill_over_v1": asdict(bench.skill(said["v2"], over=said["v1"])),
        "v3_skill_over_v1": asdict(bench.skill(said["v3"], over=said["v1"])),
        "v2_uplift_over_v1_bps": _plain(bench.uplift(scores["v2"].expected_bps, scores["v1"].expected_bps)),
        "shuffled_labels_skill": shuffled,
        "set_by": len(judges["v1"]) if judges else 0,
        "trained_on": len(train["v1"]),
        "trained_on_effective": float(train["v1"].weights.sum()),
        "judged_on": len(data),
        "judged_on_effective": float(data.weights.sum()),
        "won_in_training": float(np.average(train["v1"].labels, weights=train["v1"].weights)),
        "won": bench.base_rate,
        "taking_all_bps": _plain(bench.taking(np.ones(len(data), dtype=bool))),
        "configurations_tried": len(INPUT_SETS),
    }


class Bench:
    """The same worlds, drawn the same way, for everyone who is judged.

    Args:
        data: Examples of all worlds, a day each.
        worlds: How many worlds there are.

    Attributes:
        base_rate: Share of wins among them all.
    """

    def __init__(self, data: Dataset, worlds: int, rng: np.random.Generator) -> None:
        self._data, self._rng, self.base_rate = data, rng, float(data.labels.mean())
        self._world = ((data.spans[:, 0] - FIRST_DAY_NS) // DAY_NS).astype(np.int64)
        self._worlds = worlds
        self._draws = ClusterDraws(worlds, rng)

    def judged(self, probability: Floats, expected_bps: Floats | None) -> dict[str, Any]:
        """Skill, calibration, and what acting on it adds to taking everything."""
        labels = self._data.labels
        told = {
            "brier_skill": asdict(self.skill(probability)),
            "ece": expected_calibration_error(probability, labels),
            "ece_floor": calibration_floor(probability, self._rng),
        }
        if expected_bps is not None:
            acts = expected_bps > EDGE_BPS
            told |= {"entered": int(acts.sum()), "acting_bps": _plain(self.taking(acts))}
            told["uplift_bps"] = _plain(self.uplift(expected_bps, None))
        return told

    def skill(self, probability: Floats, over: Floats | None = None) -> Figure:
        """1 less the Brier score over that of the base rate, or of ``over``."""
        labels = self._data.labels
        reference = np.full(len(labels), self.base_rate) if over is None else over
        ours, theirs = self._sums((probability - labels) ** 2), self._sums((reference - labels) ** 2)
        found = self._draws.ratio(theirs - ours, theirs, len(labels))
        if found is None:
            raise ValueError("skill needs a reference that is ever wrong")
        return found

    def taking(self, acts: NDArray[np.bool_]) -> Figure | None:
        """Mean net bps of the trades taken; None where none is."""
        return self._draws.ratio(*self._taken(acts), int(acts.sum()))

    def uplift(self, expected_bps: Floats, before: Floats | None) -> Figure | None:
        """Mean of acting less that of acting on ``before``, or of taking everything."""
        acts = expected_bps > EDGE_BPS
        base = np.ones(len(acts), dtype=bool) if before is None else before > EDGE_BPS
        return self._draws.difference(self._taken(acts), self._taken(base), int(acts.sum()))

    def ranked(self, expected_bps: Floats, above_bps: float) -> dict[str, Any]:
        """What taking only what is expected to come to more than ``above_bps`` adds to taking everything."""
        acts, everything = expected_bps > above_bps, np.ones(len(expected_bps), dtype=bool)
        return {
            "above_bps": above_bps,
            "entered": int(acts.sum()),
            "acting_bps": _plain(self.taking(acts)),
            "uplift_bps": _plain(
                self._draws.difference(self._taken(acts), self._taken(everything), int(acts.sum()))
            ),
        }

    def _taken(self, acts: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        return self._sums(self._data.net_bps * acts), self._sums(acts.astype(np.float64))

    def _sums(self, values: Floats) -> Floats:
        return np.bincount(self._world, weights=values, minlength=self._worlds).astype(np.float64)


def scored(model: OutcomeModel, data: Dataset) -> Scores:
    """What a model says of every example."""
    return model.score_matrix(data.matrix, data.gain_bps, data.loss_bps)


def plainly(baseline: Baseline, train: Dataset, test: Dataset) -> Floats:
    """The probabilities of a baseline that reads one dataset and both parts' rows."""
    joined = replace(
        train,
        matrix=np.concatenate((train.matrix, test.matrix)),
        labels=np.concatenate((train.labels, test.labels)),
        weights=np.concatenate((train.weights, test.weights)),
    )
    return baseline(joined, np.arange(len(train)), np.arange(len(train), len(train) + len(test)))


def _plain(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else asdict(figure)


def _shown(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return "–"
    if figure["low"] is None:
        return f"{figure['value']:+.3f} [few worlds] n {figure['n']}"
    return f"{figure['value']:+.3f} [{figure['low']:+.3f}, {figure['high']:+.3f}] n {figure['n']}"


if __name__ == "__main__":
    main()
