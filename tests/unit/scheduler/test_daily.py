"""What is done once a day is done for the newest date that is over, once, and rests after a failure."""

from __future__ import annotations

import pytest

from scheduler.daily import OnceADay, Trace
from tools.domain.clock import day_bounds
from tools.domain.errors import StoreUnusable
from tools.domain.market import NANOS


class Bench:
    """A clock set by hand, and a trace that is a list."""

    def __init__(self, first: str | None = "2024-08-01") -> None:
        self.first = first
        self.done: list[str] = []
        self.tried = 0
        self.fails = False
        self.set("2024-08-08", 12)
        trace = Trace(lambda: self.first, lambda: self.done[-1] if self.done else None, self.work)
        self.daily = OnceADay(trace, hour=3, clock=self)

    def set(self, day: str, hour: float) -> None:
        self.ts = day_bounds(day)[0] + round(hour * 3_600 * NANOS)

    def now(self) -> int:
        return self.ts

    def work(self, date: str) -> None:
        self.tried += 1
        if self.fails:
            raise StoreUnusable("the disk is full")
        self.done.append(date)


def test_the_day_before_is_served_once_from_the_hour_on() -> None:
    bench = Bench()
    bench.set("2024-08-08", 2.99)
    bench.daily.run_due()
    assert bench.done == ["2024-08-06"]
    bench.set("2024-08-08", 3.01)
    for _ in range(3):
        bench.daily.run_due()
    assert bench.done == ["2024-08-06", "2024-08-07"]


def test_days_that_were_slept_through_are_not_made_up_for() -> None:
    bench = Bench()
    bench.daily.run_due()
    bench.set("2024-08-20", 4)
    bench.daily.run_due()
    assert bench.done == ["2024-08-07", "2024-08-19"]


def test_a_clock_set_back_doubles_nothing() -> None:
    bench = Bench()
    bench.daily.run_due()
    bench.set("2024-08-05", 12)
    bench.daily.run_due()
    assert bench.done == ["2024-08-07"]


@pytest.mark.parametrize("first", [None, "2024-08-08"])
def test_there_is_nothing_to_do_before_a_day_with_something_is_over(first: str | None) -> None:
    bench = Bench(first)
    bench.daily.run_due()
    assert bench.tried == 0


def test_after_a_failure_it_rests_for_an_hour_whatever_the_clock_does() -> None:
    bench = Bench()
    bench.fails = True
    with pytest.raises(StoreUnusable):
        bench.daily.run_due()
    bench.set("2024-08-08", 12.9)
    bench.daily.run_due()
    assert bench.tried == 1
    bench.set("2024-08-08", 13.1)
    with pytest.raises(StoreUnusable):
        bench.daily.run_due()
    bench.set("2024-08-08", 9)  # set back: the rest would last too long
    bench.fails = False
    bench.daily.run_due()
    assert bench.done == ["2024-08-07"]
