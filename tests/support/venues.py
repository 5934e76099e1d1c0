"""Simulated markets for tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from venue.scenario.build import Scenario, build
from venue.sim import Simulation


def world(tier: str = "T3", seed: int = 11, seconds: int = 120, **options: Any) -> Simulation:
    """A market of one thin coin that has run its time."""
    scenario = Scenario(
        tier=tier,
        seed=seed,
        seconds=seconds,
        **({"thin_coins": 1, "has_leader": False} | options),
    )
    sim = build(scenario)
    sim.run(seconds)
    return sim


@cache
def shared_world(tier: str, seed: int = 11, seconds: int = 120) -> Simulation:
    """The same world for tests that only read it."""
    return world(tier, seed, seconds)
