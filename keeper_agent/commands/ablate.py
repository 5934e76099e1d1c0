"""``keeper ablate``: the same simulated worlds with every part and without each, and what each is worth."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from keeper_agent.console import OUT, print_json, progress
from keeper_agent.lab.ablating import Ablation, ablate
from keeper_agent.lab.asked import check_worlds
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.many import Pool
from keeper_agent.lab.switchboard import BASES, DOUBT_BPS, NOT_JUDGED, STREAM, Part, Stream, parts_of
from keeper_agent.lab.withheld import drawn_otherwise
from keeper_agent.settings import load_settings
from keeper_agent.views.ablation import effects_table, notes, rules_table
from keeper_agent.views.fitting import Fitted
from tools.domain.errors import BadUsage
from tools.models.ablation import Effect, is_kept_on


def ablate_parts(
    *,
    parts: str,
    base: str,
    scenario: str,
    seeds: int,
    first_seed: int,
    minutes: float,
    coins: int,
    workers: int,
    as_json: bool,
) -> None:
    """Check the words, play every world, and show the tables."""
    _check(seeds, first_seed, minutes, workers, base)
    chosen = parts_of(parts)
    stream = Stream(
        scenario=scenario,
        seeds=range(first_seed, first_seed + seeds),
        minutes=minutes,
        coins=coins,
        keeper=load_settings(),
        base=base,
    )
    first = stream.jobs()[0]
    Laboratory(first.scenario, first.seed, first.settings, first.keeper)  # refuses what no world is made of
    began = time.perf_counter()
    with Pool(workers) as pool, progress(f"{scenario}, worlds", seeds * (1 + len(chosen))) as bar:
        found = ablate(stream, chosen, pool, lambda: bar.advance(bar.task_ids[0]))
    told = _told(stream, found)
    told["wall_s"] = time.perf_counter() - began
    if as_json:
        print_json(told)
        return
    OUT.print(Fitted(effects_table(told)))
    OUT.print(Fitted(rules_table(told)))
    for line in notes(told):
        OUT.print(line, soft_wrap=True)


def _check(seeds: int, first_seed: int, minutes: float, workers: int, base: str) -> None:
    if base not in BASES:
        raise BadUsage(f"--base expects {' or '.join(BASES)}, was {base!r}")
    check_worlds(seeds, first_seed, minutes, workers)


def _told(stream: Stream, found: Ablation) -> dict[str, Any]:
    trips = sum(one.round_trips for one in found.base)
    return {
        "scenario": stream.scenario,
        "worlds": len(found.base),
        "first_seed": stream.seeds[0],
        "virtual_minutes_each": stream.minutes,
        "coins": stream.coins,
        "base": stream.base,
        "parameters": dict(STREAM),
        "doubt_bps": DOUBT_BPS,
        "intervals": "95 %; the verdict by the wider one that holds for all parts at once",
        "base_round_trips": trips,
        "base_quote_a_world": sum(one.net_quote for one in found.base) / len(found.base),
        "base_bps_a_round_trip": sum(one.sum_bps for one in found.base) / trips if trips else None,
        "parts": [_part(stream, part, effect) for part, effect in found.effects],
        "off_policy": {
            part.name: {
                name: asdict(value) for name, value in drawn_otherwise(drawn, stream.seeds[0]).items()
            }
            for part, drawn in found.drawn
        },
        "rules_of_behaviour": [asdict(rule) for rule in found.rules],
        "not_judged": [asdict(one) for one in NOT_JUDGED],
    }


def _part(stream: Stream, part: Part, effect: Effect) -> dict[str, Any]:
    return {
        "name": part.name,
        "meaning": part.meaning,
        "is_default": part.is_default,
        "is_in_base": stream.has(part),
        "is_alone": part.is_alone,
        **asdict(effect),
        "is_kept_on": is_kept_on(effect),
    }
