"""Stages differ in what they add and in nothing else, and what is trained never meets what is judged."""

from __future__ import annotations

import inspect
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keeper_agent.evaluation_words import evaluate
from keeper_agent.lab.conditions import EXPLORING, STANDING
from keeper_agent.lab.evaluating import (
    DAY_NS,
    Work,
    hold_stages,
    measured_world,
    one_after_the_other,
    train_models,
)
from keeper_agent.lab.many import Pool, held
from keeper_agent.lab.on_paper import examples_of_world
from keeper_agent.lab.session import Session
from keeper_agent.lab.stages import (
    MANNERS,
    STAGES,
    Decider,
    Gate,
    Manner,
    alone,
    gate_of,
    manner_of,
    stages_of,
)
from tests.support.laboratory import operator
from tests.support.learnable import learnable
from tools.domain.errors import BadUsage
from tools.domain.parameter import SPECS
from tools.domain.trading import Action, Vote
from tools.models.examples import build_dataset
from tools.models.inputs import INPUT_SETS
from tools.models.registry import load_folder

MINUTES = 1.5


def work(stages: str = "baseline", **given: Any) -> Work:
    told: dict[str, Any] = {
        "scenario": "T2",
        "stages": stages_of(stages),
        "first_seed": 16,
        "worlds": 1,
        "train_worlds": 1,
        "minutes": MINUTES,
        "coins": 2,
        "keeper": operator(),
        "manner": Manner.INSIDE,
    }
    return Work(**{**told, **given})


def test_names_are_stages_in_the_order_given() -> None:
    assert [stage.name for stage in stages_of("mm, baseline")] == ["mm", "baseline"]
    for wrong in ("", "baseline,baseline", "magic"):
        with pytest.raises(BadUsage, match="--stages expects some of baseline,ml,mm,sizing"):
            stages_of(wrong)


@pytest.mark.parametrize(
    ("manner", "read_anew"), [(Manner.INSIDE, {"model", "above"}), (Manner.MAKER, set())]
)
def test_every_stage_is_the_one_before_with_one_thing_more(
    manner: Manner, read_anew: set[str], tmp_path: Path
) -> None:
    models = {
        "v1": Decider(tmp_path / "one", -2.5),
        "v2": Decider(tmp_path / "two", -1.5),
        "v3": Decider(tmp_path / "three", -0.5),
    }
    told = []
    for stage in STAGES.values():
        job = stage.job("T3", 7, 5, coins=5, keeper=operator(), models=models, manner=manner)
        assert job.keeper is not None
        told.append(
            {
                "take all": job.settings.takes_all,
                "above": job.settings.takes_above_bps,
                "model": job.keeper.ml_model_path,
                "sizing": (job.keeper.position_sizing_mode, job.keeper.risk_appetite),
                **job.settings.parameters,
            }
        )
        assert job.keeper.keeper_probes == "never"
    changes = [
        {name for name in after.keys() | before.keys() if after.get(name) != before.get(name)}
        for before, after in pairwise(told)
    ]
    assert changes == [
        {"take all", "model", "above"},
        {"mm_min_confidence", "spoof_max_score"} | read_anew,
        {"sizing"},
    ]


def test_by_default_orders_rest_at_both_ends_as_the_product_has_them() -> None:
    asked = inspect.signature(evaluate).parameters["manner"].default
    assert manner_of(asked) is Manner.MAKER
    resting = [*STANDING, "hold_timeout_s"]
    shipped = {name: SPECS[name].default for name in resting}
    assert {name: MANNERS[Manner.MAKER][name] for name in resting} == shipped
    assert all(shipped[name] > 0 for name in resting)
    assert {name: MANNERS[Manner.INSIDE][name] for name in STANDING} == dict.fromkeys(STANDING, 0)
    assert {name: EXPLORING[name] for name in STANDING} == dict.fromkeys(STANDING, 0)


def test_a_stage_names_the_model_it_lacks() -> None:
    for manner, inputs in ((Manner.INSIDE, "v1"), (Manner.MAKER, "v3")):
        with pytest.raises(BadUsage, match=f"stage ml needs a model with inputs {inputs}"):
            STAGES["ml"].job("T3", 7, 5, coins=5, keeper=operator(), models={}, manner=manner)
        assert work("baseline,ml,mm", manner=manner).sets == {"v1": ("v1", "v2"), "v3": ("v3",)}[inputs]


def test_the_baseline_takes_whatever_could_pay_and_throws_no_coin() -> None:
    (job,) = work().jobs(STAGES["baseline"], [16], {})
    session = held(job)
    decisions = [one.decision for one in session.chosen]
    assert len(session.round_trips) > 3
    assert all(not one.is_probe for one in decisions)
    assert {one.propensity for one in session.chosen} == {1.0}
    refused = [one for one in decisions if one.action is not Action.ENTER]
    gains = {signal.signal_id: signal.gain_bps for signal in session.signals}
    wanted = [one for one in refused if gains[one.signal_id] > 0.5]
    assert len(wanted) > 3
    limits = {clamp.limit for one in wanted for clamp in one.clamps}
    assert limits == {"symbol_positions", "symbol_rest"}
    assert all(one.clamps for one in wanted)  # only what is held, or was left by its maker, stands in its way


def test_a_world_is_measured_as_its_session_says_and_departures_as_more_than_alone() -> None:
    small = work()
    results, cpu = hold_stages(small, Pool(1), {}, lambda: None)
    ((name, (found,)),) = results
    session = held(small.jobs(STAGES["baseline"], [16], {})[0])
    (lone,) = alone(small.jobs(STAGES["baseline"], [16], {}))
    assert name == "baseline"
    assert found.seed == 16
    assert found.hours == pytest.approx(MINUTES / 60)
    assert sorted(found.net_bps) == sorted(one.net_bps or 0.0 for one in session.round_trips)
    assert sum(found.net_quote) == pytest.approx(float(session.results["net_pnl_quote"]))
    assert found.departures == session.withdrawals("tolerance")
    assert found.departures_alone == measured_world(lone).result.departures
    assert measured_world(lone).result.net_bps == ()
    assert len(found.slippage_bps) == len(found.filled) > 3
    assert cpu["baseline"] > 0


def test_what_is_trained_on_is_apart_in_seeds_and_in_time() -> None:
    wide = work("ml", worlds=500, train_worlds=500, trip_worlds=500)
    assert len({*wide.seeds, *wide.train_seeds, *wide.trip_seeds}) == 1500
    assert wide.sessions == 500 * 2 + 1000
    examples = examples_of_world(work().jobs(STAGES["baseline"], [16], {})[0])
    assert len(examples) > 3
    moved = one_after_the_other([examples, examples])
    first, second = moved[: len(examples)], moved[len(examples) :]
    assert max(one.ts_end for one in first) < min(one.ts for one in second)
    assert {after.ts - before.ts for before, after in zip(first, second, strict=True)} == {DAY_NS}


def test_a_stage_decides_with_the_model_of_its_inputs(tmp_path: Path) -> None:
    found = train_models(learnable(), ("v1", "v2"), tmp_path, seed=1)
    for name, taught in found.items():
        assert load_folder(taught.folder).names == INPUT_SETS[name]
        assert taught.trained.report.model.brier_skill.low > 0.5
    deciders = {name: taught.decider(Gate.EDGE) for name, taught in found.items()}
    session = held(work("ml").jobs(STAGES["ml"], [16], deciders)[0])
    assert len(session.chosen) > 10
    assert {vote.evidence for vote in model_votes(session)} == {(deciders["v1"].folder.name,)}


def model_votes(session: Session) -> list[Vote]:
    """What the model said of each decision, of which it said something to every one."""
    votes = [vote for one in session.chosen for vote in one.decision.votes if vote.component == "model"]
    assert len(votes) == len(session.chosen)
    return votes


def test_by_rank_a_stage_takes_what_its_model_puts_above_the_median_whatever_it_expects(
    tmp_path: Path,
) -> None:
    taught = train_models(learnable(), ("v1",), tmp_path, seed=1)["v1"]
    assert taught.decider(Gate.EDGE).above_bps is None
    assert taught.decider(Gate.RANK).above_bps == taught.median_bps
    by_edge = held(work("ml").jobs(STAGES["ml"], [16], {"v1": Decider(taught.folder, None)})[0])
    middle = float(np.median([vote.expected_bps for vote in model_votes(by_edge)]))
    by_rank = held(work("ml").jobs(STAGES["ml"], [16], {"v1": Decider(taught.folder, middle)})[0])
    edge = SPECS["min_edge_bps"].default
    taken = [one for one in by_rank.chosen if one.decision.action is Action.ENTER]
    above = [vote.expected_bps > edge for vote in model_votes(by_rank)]
    assert 0 < sum(above) < len(above)
    assert len(taken) > 0
    for one, is_above in zip(by_rank.chosen, above, strict=True):
        if one.decision.action is Action.ENTER:
            assert is_above
        elif is_above:
            assert one.decision.clamps or "rule" in {vote.component for vote in one.decision.votes}
    with pytest.raises(BadUsage, match="--gate expects rank or edge, was 'luck'"):
        gate_of("luck")
    with pytest.raises(BadUsage, match="--manner expects maker or inside, was 'luck'"):
        manner_of("luck")


def test_the_median_is_of_examples_that_the_model_had_not_seen(tmp_path: Path) -> None:
    examples = learnable()
    taught = train_models(examples, ("v1",), tmp_path, seed=1)["v1"]
    late = build_dataset(examples[-taught.trained.report.test_n :], INPUT_SETS["v1"])
    expected = taught.trained.model.score_matrix(late.matrix, late.gain_bps, late.loss_bps).expected_bps
    assert taught.median_bps == pytest.approx(float(np.median(expected)))


def test_a_model_set_by_trips_is_kept_as_it_was_set(tmp_path: Path) -> None:
    trips = [replace(one, net_bps=3.0 if one.won else -20.0) for one in learnable(200)]
    taught = train_models(learnable(), ("v1",), tmp_path, seed=1, trips=trips)["v1"]
    data = build_dataset(trips, INPUT_SETS["v1"])
    kept = load_folder(taught.folder)
    assert taught.set_by == 200
    assert kept.payoffs.won(data.gain_bps) == pytest.approx(3.0)
    expected = kept.score_matrix(data.matrix, data.gain_bps, data.loss_bps).expected_bps
    assert taught.median_bps == pytest.approx(float(np.median(expected)))
