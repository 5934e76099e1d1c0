"""Compile every kernel of the venue, so that no order waits for the compiler: ``python -m venue.warmup``."""

from __future__ import annotations

from venue.scenario.build import Scenario, build


def warm_kernels() -> None:
    """Let a small world live for a moment, and look at one of its books."""
    sim = build(Scenario(tier="T2", seed=1, seconds=1.0))
    sim.run(1)
    sim.exchange.book(sim.pits[0].symbol.name, 1)


if __name__ == "__main__":
    warm_kernels()
