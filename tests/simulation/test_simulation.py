"""A fast share of the simulated hours, and the broken copies that they must catch.

``python -m tests.simulation --seeds 2000`` is the whole; a seed named by a failure is lived
through again with ``python -m tests.simulation --seed N --hours H``.
"""

from __future__ import annotations

import pytest

from tests.simulation.hour import simulate
from tests.simulation.mutants import KINDS, SURE

HOURS, DENSITY = 0.05, 12.0


@pytest.mark.parametrize("block", range(4))
def test_nothing_breaks_in_simulated_time(block: int) -> None:
    """INV-01 to INV-09, INV-15, INV-16, INV-26, INV-27, INV-32: at every instant, and at the end."""
    hours = [simulate(seed, hours=HOURS, density=DENSITY) for seed in range(1 + 3 * block, 4 + 3 * block)]
    broken = {hour.seed: hour.breaches[:3] for hour in hours if hour.breaches}
    assert broken == {}
    assert sum(hour.orders for hour in hours) > 50
    assert sum(hour.fills for hour in hours) > 20
    assert sum(sum(hour.struck.values()) for hour in hours) > 0
    assert max(hour.worst_usd for hour in hours) > 100


def test_the_same_seed_is_the_same_world() -> None:
    """INV-32: what was sent, what the venue did and what came of it, to the word."""
    first, again = simulate(11, hours=HOURS, density=DENSITY), simulate(11, hours=HOURS, density=DENSITY)
    assert first == again
    assert first.events != simulate(12, hours=HOURS, density=DENSITY).events


@pytest.mark.parametrize("mutant", sorted(SURE))
def test_a_broken_order_path_is_caught(mutant: str) -> None:
    assert any(
        simulate(seed, KINDS[mutant], hours=HOURS, density=DENSITY).breaches
        for seed in range(SURE[mutant], SURE[mutant] + 12)
    )
