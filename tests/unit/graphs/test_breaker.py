"""A provider that keeps failing rests, is tried once, and rests longer when it fails again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from graphs.brains.breaker import Breaker, BreakerConfig, Circuit
from tools.domain.clock import NS


@dataclass
class HandWatch:
    """A stopwatch that is moved by hand."""

    ns: int = 0

    def elapsed(self) -> int:
        """What it was moved to."""
        return self.ns


@pytest.fixture
def watch() -> HandWatch:
    return HandWatch()


@pytest.fixture
def breaker(watch: HandWatch) -> Breaker:
    return Breaker(watch, BreakerConfig(most_faults=3, rest_s=10, longest_rest_s=35))


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.admits()
        breaker.failed()


def test_faults_in_a_row_open_it_and_a_success_between_does_not(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.state is Circuit.CLOSED
    fail(breaker, 1)
    assert breaker.state is Circuit.OPEN
    assert not breaker.admits()


def test_after_its_rest_one_probe_decides(breaker: Breaker, watch: HandWatch) -> None:
    fail(breaker, 3)
    watch.ns += 10 * NS - 1
    assert not breaker.admits()
    watch.ns += 1
    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(lambda _: breaker.admits(), range(100))) == 1
    breaker.succeeded()
    assert breaker.state is Circuit.CLOSED
    fail(breaker, 2)
    assert breaker.admits(), "the count began anew"


def test_a_failed_probe_doubles_the_rest_up_to_a_bound(breaker: Breaker, watch: HandWatch) -> None:
    fail(breaker, 3)
    for rest_s in (10, 20, 35, 35):
        watch.ns += rest_s * NS - 1
        assert not breaker.admits()
        watch.ns += 1
        assert breaker.admits()
        breaker.failed()
    watch.ns += 35 * NS
    assert breaker.admits()
    breaker.succeeded()
    fail(breaker, 3)
    watch.ns += 10 * NS
    assert breaker.admits(), "a success makes the rest short again"


def test_a_probe_that_was_not_made_is_still_owed(breaker: Breaker, watch: HandWatch) -> None:
    fail(breaker, 3)
    watch.ns += 10 * NS
    assert breaker.admits()
    breaker.passed()
    assert breaker.admits()
