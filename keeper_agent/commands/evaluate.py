"""``keeper evaluate``: the agent's stages over the same simulated worlds, and what each of them adds."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from keeper_agent.console import OUT, print_json, progress
from keeper_agent.lab.asked import check_training, check_worlds
from keeper_agent.lab.evaluating import Taught, Work, check, hold_stages, train_on_worlds
from keeper_agent.lab.many import Pool
from keeper_agent.lab.stages import COMMON, MANNERS, STAGES, Gate, gate_of, manner_of, stages_of
from keeper_agent.settings import load_settings
from keeper_agent.views.claims import claims_table, endings_tables, notes
from keeper_agent.views.fitting import Fitted
from tools.domain.errors import BadUsage
from tools.models.claims import Claims, claims_of

ASKED_FOR = 8_400  # round trips a stage that tell 78.9 from 80 % wins (80 % power, one-sided 5 %)


def evaluate_stages(
    *,
    stages: str,
    scenario: str,
    seeds: int,
    first_seed: int,
    train_seeds: int,
    trip_seeds: int,
    minutes: float,
    coins: int,
    workers: int,
    tried: int | None,
    gate: str,
    manner: str,
    as_json: bool,
) -> None:
    """Check the words, train, hold every session, and show the table."""
    _check(seeds, first_seed, train_seeds, trip_seeds, minutes, workers)
    work = Work(
        scenario=scenario,
        stages=stages_of(stages),
        first_seed=first_seed,
        worlds=seeds,
        train_worlds=train_seeds,
        trip_worlds=trip_seeds,
        minutes=minutes,
        coins=coins,
        keeper=load_settings(),
        gate=gate_of(gate),
        manner=manner_of(manner),
    )
    check(work)
    tries = len(work.stages) if tried is None else tried
    if tries < len(work.stages):
        raise BadUsage(f"--tried counts these {len(work.stages)} stages, too, was {tries}")
    began = time.perf_counter()
    with (
        Pool(workers) as pool,
        tempfile.TemporaryDirectory(prefix="keeper-evaluate-") as scratch,
        progress(f"{scenario}, sessions", work.sessions) as bar,
    ):

        def step() -> None:
            bar.advance(bar.task_ids[0])

        models = train_on_worlds(work, pool, Path(scratch), step)
        deciders = {name: taught.decider(work.gate) for name, taught in models.items()}
        results, cpu = hold_stages(work, pool, deciders, step)
    claims = claims_of(results, np.random.default_rng(first_seed), tried=tries)
    told = _told(work, claims, models)
    told["cost"] = cost_of(claims, cpu, time.perf_counter() - began)
    if as_json:
        print_json(told)
        return
    OUT.print(Fitted(claims_table(told)))
    for table in endings_tables(told):
        OUT.print(Fitted(table))
    for line in notes(told):
        OUT.print(line, soft_wrap=True)


def _check(
    seeds: int, first_seed: int, train_seeds: int, trip_seeds: int, minutes: float, workers: int
) -> None:
    check_worlds(seeds, first_seed, minutes, workers)
    check_training(train_seeds, trip_seeds)


def _told(work: Work, claims: Claims, models: Mapping[str, Taught]) -> dict[str, Any]:
    return {
        "scenario": work.scenario,
        "worlds": claims.worlds,
        "first_seed": work.first_seed,
        "trained_on_first_seed": work.train_seeds.start if models else None,
        "trained_on_worlds": len(work.train_seeds) if models else 0,
        "set_by_worlds": len(work.trip_seeds) if models else 0,
        "virtual_minutes_each": work.minutes,
        "coins": work.coins,
        "manner": work.manner.value,
        "parameters": {**COMMON, **MANNERS[work.manner]},
        "adds": {stage.name: STAGES[stage.name].adds for stage in work.stages},
        "interval": "95 %, whole worlds drawn, the same draws for every stage",
        "money": "quote",
        "not_known": {},
        "tried": claims.tried,
        "overfitting": claims.overfitting,
        "stages": [asdict(stage) for stage in claims.stages],
        "gate": work.gate.value,
        "models": {name: model_told(taught, work.gate) for name, taught in models.items()},
    }


def model_told(taught: Taught, gate: Gate) -> dict[str, Any]:
    """What is known of a model."""
    report = taught.trained.report
    return {
        "examples": report.n,
        "effective_n": report.effective_n,
        "test_n": report.test_n,
        "brier_skill": asdict(report.model.brier_skill),
        "ece": report.model.ece,
        "ece_floor": report.model.ece_floor,
        "set_by_round_trips": taught.set_by,
        "takes_above_bps": taught.decider(gate).above_bps,
        "data_hash": report.data_hash,
    }


def cost_of(claims: Claims, cpu: Mapping[str, float], wall_s: float) -> dict[str, Any]:
    """What it took, and what as many round trips as are asked for would take of one processor."""
    minutes = {stage.stage: cpu[stage.stage] / 60 for stage in claims.stages}
    rates = {
        stage.stage: stage.round_trips / minutes[stage.stage] if minutes[stage.stage] > 0 else None
        for stage in claims.stages
    }
    return {
        "wall_s": wall_s,
        "cpu_s": dict(cpu),
        "round_trips_a_cpu_minute": rates,
        "round_trips_asked_for": ASKED_FOR,
        "cpu_minutes_for_them": {name: ASKED_FOR / rate if rate else None for name, rate in rates.items()},
        "cpu_minutes_for_all": _sum([ASKED_FOR / rate if rate else None for rate in rates.values()]),
    }


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
