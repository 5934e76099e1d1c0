"""``keeper evaluate --tape``: the agent's stages over recorded tapes, and what each of them adds there."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from keeper_agent.commands.evaluate import cost_of, model_told
from keeper_agent.console import OUT, print_json, progress
from keeper_agent.lab.asked import check_training, check_worlds
from keeper_agent.lab.evaluating import Taught, Work, check, train_on_worlds
from keeper_agent.lab.evaluating_tapes import TapeResults, TapeWork, check_rate, look_at, play, tapes_in
from keeper_agent.lab.many import Pool
from keeper_agent.lab.stages import COMMON, MANNERS, STAGES, gate_of, manner_of, stages_of
from keeper_agent.lab.tape_session import Played, TapeSpan
from keeper_agent.settings import load_settings
from keeper_agent.views.claims import claims_table, endings_tables, notes
from keeper_agent.views.claims_tapes import tapes_table
from keeper_agent.views.fitting import Fitted
from tools.domain.clock import iso
from tools.domain.errors import BadUsage
from tools.domain.market import NANOS
from tools.models.claims import Claims, claims_of

SMALLEST_USD = COMMON["min_order_size_usd"]
NOBODY_REACTS = "nobody on a tape reacts to an order, so no market maker can be driven away"


def evaluate_on_tapes(
    *,
    folders: Sequence[Path],
    stages: str,
    scenario: str,
    first_seed: int,
    train_seeds: int,
    trip_seeds: int,
    minutes: float,
    coins: int,
    workers: int,
    tried: int | None,
    gate: str,
    manner: str,
    quote_usd: float | None,
    order_usd: float,
    as_json: bool,
) -> None:
    """Check the words and the tapes, train, play every stage over every tape, and show the table."""
    if not (math.isfinite(order_usd) and order_usd >= SMALLEST_USD):
        raise BadUsage(f"--order-usd expects {SMALLEST_USD:g} US dollars or more, was {order_usd}")
    if quote_usd is not None and not (math.isfinite(quote_usd) and quote_usd > 0):
        raise BadUsage(f"--quote-usd expects US dollars above 0, was {quote_usd}")
    training = _training(
        stages, scenario, first_seed, train_seeds, trip_seeds, minutes, coins, workers, gate, manner
    )
    tries = len(training.stages) if tried is None else tried
    if tries < len(training.stages):
        raise BadUsage(f"--tried counts these {len(training.stages)} stages, too, was {tries}")
    files = tapes_in(folders)
    began = time.perf_counter()
    steps = len(files) * (1 + len(training.stages)) + training.sessions
    with (
        Pool(workers) as pool,
        tempfile.TemporaryDirectory(prefix="keeper-evaluate-") as scratch,
        progress("tapes and worlds to learn from", steps) as bar,
    ):

        def step() -> None:
            bar.advance(bar.task_ids[0])

        rate = Decimal(str(quote_usd)) if quote_usd is not None else training.keeper.quote_usd
        tapes = look_at(files, pool, step)
        check_rate(tapes, rate)
        work = TapeWork(
            tapes=tapes,
            stages=training.stages,
            keeper=training.keeper,
            manner=training.manner,
            quote_usd=rate,
            order_usd=order_usd,
        )
        models = train_on_worlds(training, pool, Path(scratch), step)
        results = play(work, pool, {name: one.decider(training.gate) for name, one in models.items()}, step)
    rng = np.random.default_rng(first_seed)
    claims = claims_of(results.stages, rng, tried=tries, accounts=results.accounts)
    told = _told(work, training, claims, models, results)
    told["cost"] = cost_of(claims, _cpu(results), time.perf_counter() - began)
    if as_json:
        print_json(told)
        return
    OUT.print(Fitted(claims_table(told)))
    OUT.print(Fitted(tapes_table(told)))
    for table in endings_tables(told):
        OUT.print(Fitted(table))
    for line in notes(told):
        OUT.print(line, soft_wrap=True)


def _training(
    stages: str,
    scenario: str,
    first_seed: int,
    train_seeds: int,
    trip_seeds: int,
    minutes: float,
    coins: int,
    workers: int,
    gate: str,
    manner: str,
) -> Work:
    """The simulated worlds that models are trained on: as without tapes, none of them to be judged on."""
    check_worlds(1, first_seed, minutes, workers)
    check_training(train_seeds, trip_seeds)
    work = Work(
        scenario=scenario,
        stages=stages_of(stages),
        first_seed=first_seed,
        worlds=0,
        train_worlds=train_seeds,
        trip_worlds=trip_seeds,
        minutes=minutes,
        coins=coins,
        keeper=load_settings(),
        gate=gate_of(gate),
        manner=manner_of(manner),
    )
    check(work)
    return work


def _told(
    work: TapeWork, training: Work, claims: Claims, models: Mapping[str, Taught], results: TapeResults
) -> dict[str, Any]:
    by_tape = {"takes_above_bps": None}  # a world's median says nothing of a tape's candidates
    sizes = {"default_order_size_usd": work.order_usd, "max_order_size_usd": work.order_usd}
    return {
        "tapes": [_tape(*one) for one in zip(work.tapes, results.tapes, strict=True)],
        "hours": sum(_hours(tape) for tape in work.tapes),
        "blocks": claims.worlds,
        "blocks_traded": {name: sum(bool(one.net_bps) for one in found) for name, found in results.stages},
        "block_minutes": results.blocks.minutes,
        "scenario_trained_on": training.scenario if models else None,
        "trained_on_first_seed": training.train_seeds.start if models else None,
        "trained_on_worlds": len(training.train_seeds) if models else 0,
        "set_by_worlds": len(training.trip_seeds) if models else 0,
        "virtual_minutes_each": training.minutes if models else None,
        "coins": training.coins if models else None,
        "manner": work.manner.value,
        "parameters": {**COMMON, **MANNERS[work.manner], **sizes},
        "operator_parameters": dict(work.keeper.parameter_overrides()),
        "adds": {stage.name: STAGES[stage.name].adds for stage in work.stages},
        "interval": (
            f"95 %, {claims.worlds} stretches of time drawn (of about {results.blocks.minutes} minutes, or a "
            "shorter tape), the same draws for every stage"
        ),
        "money": "US dollars",
        "not_known": {"departures_caused": NOBODY_REACTS},
        "tried": claims.tried,
        "overfitting": claims.overfitting,
        "stages": [asdict(stage) for stage in claims.stages],
        "gate": training.gate.value,
        "models": {name: {**model_told(taught, training.gate), **by_tape} for name, taught in models.items()},
    }


def _tape(tape: TapeSpan, stages: Sequence[Played]) -> dict[str, Any]:
    return {
        "venue": tape.files.venue,
        "symbol": tape.files.symbol,
        "start": iso(tape.span[0]),
        "hours": _hours(tape),
        "stages": {one.stage: _on_tape(one) for one in stages},
    }


def _on_tape(stage: Played) -> dict[str, Any]:
    net = [trip.net_bps for trip in stage.trips]
    return {
        "decisions": stage.decisions,
        "entered": stage.entered,
        "round_trips": len(net),
        "expectancy_bps": sum(net) / len(net) if net else None,
        "refused": dict(stage.refused),
    }


def _hours(tape: TapeSpan) -> float:
    return (tape.span[1] - tape.span[0]) / (3600 * NANOS)


def _cpu(results: TapeResults) -> dict[str, float]:
    spent: dict[str, float] = {}
    for tape in results.tapes:
        for one in tape:
            spent[one.stage] = spent.get(one.stage, 0.0) + one.cpu_s
    return spent
