"""The claims table for people: every figure with its interval, colour only where that excludes zero."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.console import Console

from keeper_agent.views.claims import claims_table, notes
from tools.models.claims import WorldResult, claims_of


def told(gain: float) -> dict[str, Any]:
    def worlds(shift: float) -> list[WorldResult]:
        rng = np.random.default_rng(1)
        return [
            WorldResult(
                seed=seed,
                hours=1.0,
                net_bps=tuple((rng.normal(size=4) + shift).tolist()),
                net_quote=(0.5, -1.25),
                slippage_bps=(-3.0, -3.0),
                filled=(1.0, 0.5),
                departures=2,
                departures_alone=2,
            )
            for seed in range(12)
        ]

    claims = claims_of([("one", worlds(-5.0)), ("two", worlds(gain))], np.random.default_rng(0), tried=7)
    skill = {"value": 0.12, "low": 0.1, "high": 0.14}
    return {
        "scenario": "T3",
        "worlds": 12,
        "virtual_minutes_each": 60.0,
        "interval": "95 %",
        "money": "quote",
        "not_known": {},
        "tried": 7,
        "overfitting": claims.overfitting,
        "adds": {"one": "this", "two": "that [more]"},
        "stages": [asdict(stage) for stage in claims.stages],
        "models": {
            "v1": {
                "brier_skill": skill,
                "test_n": 1000,
                "ece": 0.02,
                "ece_floor": 0.01,
                "set_by_round_trips": 77,
                "takes_above_bps": -2.5,
            }
        },
        "trained_on_worlds": 5,
        "set_by_worlds": 6,
        "cost": {"round_trips_asked_for": 8400},
    }


def shown(gain: float, *, colours: bool = False) -> str:
    console = Console(width=200, force_terminal=colours, color_system="standard" if colours else None)
    with console.capture() as held:
        console.print(claims_table(told(gain)))
        for line in notes(told(gain)):
            console.print(line, soft_wrap=True)
    return held.get()


def test_every_figure_is_there_with_what_it_needs_beside_it() -> None:
    text = shown(5.0)
    for words in (
        "T3: 12 worlds of 60 virtual minutes",
        "net a round trip, bps",
        "-3.00 [-3.00, -3.00]",  # against TWAP
        "+0.00 [+0.00, +0.00]",  # departures caused
        "1.250",  # drawdown
        "7 settings tried",
        "two: that [more]",
        "model v1: Brier skill +0.120 [+0.100, +0.140] on 1,000 later examples of 5 other worlds",
        "; then set by 77 round trips of 6 further worlds; takes the half",
        "fewer than 8,400 round trips: one, two",
    ):
        assert words in text
    assert re.search(r"^round trips +48 +48$", text, re.MULTILINE)
    assert "+10.00 [+10.00, +10.00]" in text  # the uplift of the same draws, five above less five below
    assert "–" in text  # the first stage lifts nothing


def test_only_what_the_interval_excludes_is_coloured() -> None:
    green, red = "\x1b[32m", "\x1b[31m"
    rows = {line.split("  ")[0]: line for line in shown(5.0, colours=True).splitlines()}
    net = next(line for name, line in rows.items() if "net a round trip" in name)
    assert red in net
    assert green in net
    unsure = next(line for line in shown(0.0, colours=True).splitlines() if "net a round trip" in line)
    assert green not in unsure.split(red)[1]
