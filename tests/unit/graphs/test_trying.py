"""A live experiment from its first draw to the change it makes, and to the change being taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from graphs import trying
from graphs.explanation import explain
from graphs.improvement import Occasion
from graphs.trying import Trying, experiment_of, keep_trying, try_live
from graphs.trying_told import told_trying
from memory.experiments import ExperimentBook
from memory.lookup import DecisionFilter
from memory.parameters import ParameterStore
from memory.statistics import trade_facts
from memory.store import Store
from memory.trials import TrialBook
from scheduler.arms import LiveArms
from tests.support.memories import DAY, SECOND, MemoryBuilder, at

World = Callable[[float], float]
NAME, BEFORE, CANDIDATE = "hold_timeout_s", 300.0, 330.0


class Life:
    """Days of decisions with a reflection after each, in a world that answers to the value tried."""

    def __init__(self, home: Path, seed: int = 1) -> None:
        self.store = Store.open(home, is_throwaway=True)
        self.parameters = ParameterStore(self.store)
        self.book, self.trials = ExperimentBook(self.store), TrialBook(self.store)
        self.build = MemoryBuilder(self.store)
        self.build.begin(ts=at("00:00:00"))
        self.arms = LiveArms(self.book, self.build.world, self.build.run_id)
        self.ts = at("00:10:00")
        self.noise = np.random.default_rng(seed)
        self.decided: list[str] = []

    def trade(self, n: int, gain: World) -> None:
        """``n`` signals, each followed to its end."""
        for _ in range(n):
            self.ts += 20 * SECOND
            decision = self.build.decide(self.ts)
            parameters = self.arms.tried(decision.decision_id, self.parameters.snapshot(self.ts), self.ts)
            self.arms.keep(decision)
            net = float(self.noise.normal(gain(parameters[NAME]), 12))
            self.arms.learn(self.build.follow(decision, net))
            self.decided.append(decision.decision_id)

    def reflect(self) -> Trying:
        """What a daily reflection does about live experiments."""
        self.ts += 600 * SECOND
        occasion = Occasion(DAY, self.build.run_id, self.build.world, self.ts)
        history = trade_facts(self.store, DecisionFilter(as_of=self.ts))
        found = try_live(history, occasion, self.parameters, self.book)
        with self.store.together():
            keep_trying(found, occasion, self.parameters, self.trials, self.book)
        return found

    def value(self) -> float:
        """The value in force."""
        return self.parameters.snapshot(self.ts)[NAME]


def flat(_: float) -> float:
    return 0.0


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path)


def begun(life: Life) -> Trying:
    life.trade(40, flat)
    found = life.reflect()
    assert found.next is not None
    assert (found.next.name, found.next.value_before, found.next.value) == (NAME, BEFORE, CANDIDATE)
    return found


def test_a_better_candidate_comes_into_force_and_its_value_before_watches(life: Life) -> None:
    began = begun(life)
    life.trade(420, lambda value: 8.0 if value == CANDIDATE else 0.0)
    found = life.reflect()
    assert found.trial is not None
    assert found.trial.verdict == "accepted"
    assert life.value() == CANDIDATE
    (change,) = life.parameters.history(NAME)
    assert change.evidence == (began.next.experiment_id,)  # type: ignore[union-attr]
    assert change.impact["live_bps"] == pytest.approx(8.0, abs=4.0)
    assert found.next is not None
    assert (found.next.value_before, found.next.value) == (CANDIDATE, BEFORE)
    assert found.next.undoes == change.version
    assert (found.next.terms["share_low"], found.next.terms["share_high"]) == (0.1, 0.1)
    assert life.trials.trials(life.ts)[-1].reason.startswith("live experiment x_")
    life.store.close()


def test_a_change_that_turns_is_taken_back(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "WATCH_SHARE", 0.4)  # a tenth would need some thousand decisions
    begun(life)
    life.trade(420, lambda value: 8.0 if value == CANDIDATE else 0.0)
    life.reflect()
    assert life.value() == CANDIDATE
    life.trade(320, lambda value: 0.0 if value == CANDIDATE else 15.0)
    found = life.reflect()
    assert found.trial is not None
    assert found.trial.verdict == "rolled_back"
    assert life.value() == BEFORE
    assert life.parameters.history(NAME)[-1].impact == {"undoes": 1}
    assert life.parameters.history(NAME)[-1].reason.startswith("rolled back version 1: live experiment")
    life.store.close()


def test_a_worse_candidate_is_dropped_without_a_reflection_and_the_next_one_begins(life: Life) -> None:
    began = begun(life)
    life.trade(420, lambda value: -15.0 if value == CANDIDATE else 0.0)
    assert began.next is not None
    arms = [life.book.arm_of(name) for name in life.decided[-100:]]
    assert arms == [None] * 100, "an experiment that is over draws no more arms"
    found = life.reflect()
    assert found.trial is not None
    assert found.trial.verdict in ("worse", "harmful")
    assert found.change is None
    assert life.value() == BEFORE
    assert found.next is not None
    assert (found.next.name, found.next.value) == (NAME, BEFORE - 30)
    assert found.next.tries == 2
    assert found.next.terms["level"] > began.next.terms["level"]
    life.store.close()


def test_what_is_tried_is_recorded_on_every_decision_and_explained(life: Life) -> None:
    began = begun(life)
    life.trade(60, flat)
    assert began.next is not None
    drawn = [life.book.arm_of(name) for name in life.decided[-60:]]
    assert all(one is not None for one in drawn[6:])  # it is heard of within a minute, three decisions
    values = {one[1].value for one in drawn if one is not None}
    assert values == {BEFORE, CANDIDATE}
    decision = next(one[1].decision_id for one in drawn if one is not None and one[1].is_candidate)
    told = explain(life.store, decision)
    said = f"{NAME} was 330, the candidate of experiment {began.next.experiment_id}, drawn against 300"
    assert told["known_then"]["arm"]["text"].startswith(said)
    assert any(said in line for line in told["story"])
    assert explain(life.store, life.decided[0])["known_then"]["arm"] is None
    life.store.close()


def test_a_restart_goes_on_with_the_same_chance_and_sees_nothing_of_later(life: Life) -> None:
    began = begun(life)
    life.trade(80, lambda value: 5.0 if value == CANDIDATE else 0.0)
    halfway = life.ts
    assert began.next is not None
    before = experiment_of(life.book, began.next, halfway).share()
    life.trade(80, lambda value: -9.0 if value == CANDIDATE else 0.0)
    again = LiveArms(life.book, life.build.world, life.build.run_id)
    now = life.ts + 60 * SECOND  # the last outcome is known by then
    here, there = (
        arms.tried("d_next", life.parameters.snapshot(now), now).values for arms in (life.arms, again)
    )
    assert here == there
    shares = [arms._drawn["d_next"].share for arms in (life.arms, again)]
    assert shares[0] == pytest.approx(shares[1])
    assert experiment_of(life.book, began.next, halfway).share() == before
    assert experiment_of(life.book, began.next, life.ts).share() != before
    life.store.close()


def test_a_value_set_by_hand_ends_the_experiment_undecided(life: Life) -> None:
    begun(life)
    life.trade(30, flat)
    life.parameters.change(
        NAME,
        60.0,
        reason="by hand",
        evidence=(),
        ts=life.ts,
        run_id=life.build.run_id,
        world=life.build.world,
    )
    life.trade(30, flat)
    assert life.book.arm_of(life.decided[-1]) is None
    found = life.reflect()
    assert found.trial is not None
    assert found.trial.verdict == "undecided"
    assert found.change is None
    life.store.close()


def test_nothing_is_tried_where_it_is_switched_off_or_nothing_would_come_of_it(tmp_path: Path) -> None:
    life = Life(tmp_path)
    assert life.reflect() == Trying(), "no signal was followed yet"
    life.parameters = ParameterStore(life.store, {"trial_share": 0.0})
    life.trade(40, flat)
    assert life.reflect() == Trying()
    assert told_trying(Trying()) == []
    life.store.close()


def test_the_report_says_how_it_stands(life: Life) -> None:
    begun(life)
    life.trade(60, flat)
    text = "\n".join(told_trying(life.reflect()))
    assert "## Tried live" in text
    assert "| hold_timeout_s | 300 | 330 | followed signals |" in text
    assert "under way" in text
    life.store.close()
