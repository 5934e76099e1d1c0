"""Learned strategies count every outcome a minute after it was known, live and when taken again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from graphs.living import LivingStrategies
from memory.strategies import ACTIVE, MINED, StrategyBook, StrategyVersion, rules_of, updated
from tests.support.memories import SECOND, MemoryBuilder, a_memory, at
from tools.domain.regime import Regime
from tools.domain.strategies import LearnedStrategy
from tools.domain.trading import Outcome, Signal

BEGAN = at("10:00:00")
MINUTE = 60 * SECOND
RULES = {
    "conditions": [{"feature": "regime", "low": float(Regime.VOLATILE), "high": float(Regime.VOLATILE)}],
    "size_share": 0.5, "stop_bps": 20.0, "target_bps": 5.0,
}  # fmt: skip
VERSION = StrategyVersion(
    strategy_id="y_1",
    rules=rules_of(RULES, ("regime",)),
    standing=ACTIVE,
    reason="won 9 of 10",
    origin=MINED,
    n=0,
    wins=0,
    net_bps=0.0,
    error_bps=0.0,
    evidence=("o_1",),
    day="2024-08-08",
    run_id="run_0000000001",
    world="recorded",
    ts=BEGAN,
    ts_known=BEGAN,
)


@dataclass
class Life:
    """An agent's memory, and the strategies as it hears them while it runs."""

    build: MemoryBuilder
    living: LivingStrategies
    signals: dict[str, Signal] = field(default_factory=dict)
    heard: dict[int, tuple[LearnedStrategy, ...]] = field(default_factory=dict)

    def follow(self, ts: int, net_bps: float, regime: Regime = Regime.VOLATILE) -> Outcome:
        """A signal at ``ts`` that came to ``net_bps``."""
        kept = self.build.log.record_signal
        signals: list[Signal] = []
        self.build.log.record_signal = lambda one: (signals.append(one), kept(one))[1]  # type: ignore[method-assign]
        decision = self.build.decide(ts, regime=regime)
        self.build.log.record_signal = kept  # type: ignore[method-assign]
        outcome = self.build.follow(decision, net_bps)
        self.living.follow(outcome, signals[0])
        return outcome

    def hear(self, ts: int) -> LearnedStrategy | None:
        """What is heard of the one strategy at ``ts``."""
        self.heard[ts] = self.living.active(ts)
        return self.heard[ts][0] if self.heard[ts] else None


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with a_memory(tmp_path) as build:
        StrategyBook(build.store).record(VERSION)
        yield Life(build, LivingStrategies(build.store))


def numbers(heard: LearnedStrategy | None) -> tuple[int, int]:
    assert heard is not None
    return heard.n, heard.wins


def test_an_outcome_counts_a_minute_after_it_was_known_without_a_row_or_a_restart(life: Life) -> None:
    assert numbers(life.hear(BEGAN + MINUTE)) == (0, 0)
    won = life.follow(BEGAN + MINUTE + SECOND, 4.0)
    life.follow(BEGAN + MINUTE + SECOND, 4.0, regime=Regime.CALM)
    assert numbers(life.hear(won.ts_known + MINUTE - SECOND)) == (0, 0)
    assert numbers(life.hear(won.ts_known + MINUTE)) == (1, 1)
    lost = life.follow(won.ts_known + 2 * MINUTE, -6.0)
    heard = life.hear(lost.ts_known + MINUTE)
    assert numbers(heard) == (2, 1)
    assert heard is not None
    assert heard.mean_bps == -1.0
    assert len(StrategyBook(life.build.store).history("y_1")) == 1


def test_what_it_was_found_with_does_not_count(life: Life) -> None:
    life.follow(BEGAN - MINUTE, 4.0)
    assert numbers(life.hear(BEGAN + 5 * MINUTE)) == (0, 0)


def test_one_whose_results_turn_is_heard_no_more_before_the_next_reflection(life: Life) -> None:
    life.hear(BEGAN + MINUTE)
    last = BEGAN + MINUTE
    for n in range(110):
        last = life.follow(BEGAN + MINUTE + n * 10 * SECOND, 5.0 if n < 45 else -0.5).ts_known
    seen = [life.hear(ts) for ts in range(BEGAN + 2 * MINUTE, last + 2 * MINUTE, 20 * SECOND)]
    assert numbers(seen[0])[0] < 10
    turned = seen.index(None)
    before = seen[turned - 1]
    assert before is not None
    assert 98 <= before.n < 100
    assert set(seen[turned:]) == {None}


def test_taken_again_it_hears_the_same_at_every_moment(life: Life) -> None:
    """Another process, with all of the future in memory, hears what was heard then."""
    life.hear(BEGAN + MINUTE)
    for n in range(40):
        life.follow(BEGAN + MINUTE + n * 7 * SECOND, float((n * 37) % 11) - 4.0)
        life.hear(BEGAN + 2 * MINUTE + n * 7 * SECOND)
    assert len({one[0].n for one in life.heard.values() if one}) > 20
    for ts, heard in life.heard.items():
        assert LivingStrategies(life.build.store).active(ts) == heard


def test_one_that_a_reflection_finds_meanwhile_is_heard_with_what_came_since(life: Life) -> None:
    life.hear(BEGAN + MINUTE)
    found = BEGAN + 5 * MINUTE
    for n in range(6):
        life.follow(found + (n - 3) * 20 * SECOND + SECOND, 3.0)
    StrategyBook(life.build.store).record(updated(VERSION, strategy_id="y_2", ts=found, ts_known=found))
    life.hear(found + 10 * MINUTE)
    by_name = {one.strategy_id: one.n for one in life.heard[found + 10 * MINUTE]}
    assert by_name == {"y_1": 6, "y_2": 3}
