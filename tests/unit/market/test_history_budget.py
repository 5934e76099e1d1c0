"""No minute costs more than the budget, and a venue that says stop is heard."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.market import NANOS
from tools.market.history.budget import WeightBudget


class Sleeper:
    """A stopwatch that only runs while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def elapsed(self) -> int:
        return round(self.seconds * NANOS)

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.seconds += seconds


def spent(weights: list[tuple[int, float]], most: int, pauses: dict[int, float]) -> list[tuple[float, int]]:
    """When each weight went through; idle time and pauses between them as told."""
    time = Sleeper()

    async def spend() -> list[tuple[float, int]]:
        budget, found = WeightBudget(most, time, sleep=time.sleep), []
        for number, (weight, idle) in enumerate(weights):
            time.seconds += idle
            if number in pauses:
                budget.pause(pauses[number])
            await budget.spend(weight)
            found.append((time.seconds, weight))
        return found

    return asyncio.run(spend())


@given(
    st.lists(st.tuples(st.integers(1, 80), st.floats(0, 30)), max_size=60),
    st.integers(80, 300),
    st.dictionaries(st.integers(0, 59), st.floats(0, 90)),
)
def test_no_minute_costs_more_than_the_budget(
    weights: list[tuple[int, float]], most: int, pauses: dict[int, float]
) -> None:
    found = spent(weights, most, pauses)
    assert [weight for _, weight in found] == [weight for weight, _ in weights]
    for start, _ in found:
        assert sum(weight for at, weight in found if start <= at < start + 60) <= most


def test_what_fits_does_not_wait() -> None:
    assert [at for at, _ in spent([(40, 0.0)] * 3, 120, {})] == [0.0, 0.0, 0.0]
    assert [at for at, _ in spent([(40, 0.0)] * 4, 120, {})][3] == pytest.approx(61, abs=0.01)


def test_pause_holds_everything_back() -> None:
    assert [at for at, _ in spent([(1, 0.0), (1, 0.0)], 100, {1: 7.5})] == [0.0, 7.5]


def test_a_pause_too_short_for_the_clock_ends() -> None:
    assert [at for at, _ in spent([(1, 1e-22)], 100, {0: 1e-22})] == [pytest.approx(0.001)]


def test_what_can_never_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 100 a minute, was 101"):
        spent([(101, 0.0)], 100, {})
    with pytest.raises(ValueError, match="positive, was 0"):
        WeightBudget(0, Sleeper())
