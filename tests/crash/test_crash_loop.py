"""A fast share of the crash loop, and the broken copies that it must catch."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.crash.agent import AgentPlan, crash_agent
from tests.crash.loop import Plan, crash
from tests.crash.mutants import MUTANTS


def test_nothing_is_lost_doubled_or_forgotten_over_many_deaths() -> None:
    """INV-01, INV-03, INV-04, INV-05, INV-06: compared with the venue's own record after every recovery."""
    figures = crash(Plan(kills=24, seed=5, most_s=900, workers=2))
    assert figures.breaches == []
    assert figures.kills >= 20
    assert figures.kills_in_recovery > 0
    assert figures.kills_at_steps > 0
    assert figures.resolved > 0
    assert figures.brackets > 0
    assert sum(figures.faults.values()) > 0


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_loop_catches_a_broken_order_path(mutant: str) -> None:
    """INV-02, INV-03, INV-06: each mutant breaks one of them."""
    figures = crash(
        Plan(kills=30, seed=2, mutant=mutant, stop_at_breach=True, most_s=600, chance=0.1, workers=1)
    )
    assert figures.breaches


def test_the_whole_agent_loses_nothing_when_it_is_killed(tmp_path: Path) -> None:
    """INV-01, INV-03, INV-04: ``keeper run`` at a venue that goes on, and a last life that ends flat."""
    figures = asyncio.run(crash_agent(AgentPlan(kills=2, latest_s=4.0), tmp_path / "home"))
    assert figures.breaches == []
    assert figures.kills == 2
    assert figures.recoveries >= 2
    assert figures.is_flat
    assert figures.is_verified
