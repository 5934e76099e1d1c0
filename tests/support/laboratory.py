"""Sessions in the laboratory for tests: short, small, and with much going on."""

from __future__ import annotations

from functools import cache
from typing import Any

from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.session import Session
from keeper_agent.settings import Settings
from venue.scenario.build import Scenario, build
from venue.sim import Simulation

SEED = 16
MINUTES = 2.0


def operator(**given: Any) -> Settings:
    """The product's settings, whatever the environment of the test says."""
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


def settings(**given: Any) -> LabSettings:
    """Two coins and a policy that explores."""
    return LabSettings(**({"coins": 2} | given)).exploring()


def session(scenario: str = "T2", seed: int = SEED, minutes: float = MINUTES, **given: Any) -> Session:
    """A session that was just held."""
    return Laboratory(scenario, seed, settings(**given), operator()).run(minutes)


@cache
def shared_session() -> Session:
    """One for tests that only look."""
    return session()


def coin(tier: str = "T2", seed: int = 3, seconds: float = 60.0) -> Simulation:
    """A running world of one thin coin."""
    scenario = Scenario(tier=tier, seed=seed, seconds=300, thin_coins=1, has_leader=False)
    sim = build(scenario)
    sim.run(seconds)
    return sim
