"""Planted days: a sound one differs in nothing, and each planted cause is found and named, once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from keeper_agent.parity.causes import Cause, Difference, What
from keeper_agent.parity.covering import Coverage
from memory.days import stories_of
from memory.lookup import DecisionStory, tell
from memory.schema import METADATA
from memory.store import Store
from tests.support.parity_days import (
    RUN,
    SECONDS,
    TAPE,
    FrontMarket,
    HaltedMarket,
    SlowMarket,
    compared,
    deleting,
    keep_market,
    plant,
    setting,
    with_fault,
)
from tests.support.senses import opening
from tools.domain.market import NANOS, plain
from tools.domain.trading import Action, Outcome
from tools.execution.market import MarketSlice
from tools.market.events import BOOK, Events

EVER = 1 << 62


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a day that was traded at the very venue that the model assumes."""
    return plant(tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="module")
def stories(sound: Path) -> Sequence[DecisionStory]:
    """What is recorded of that day."""
    with Store.open(sound, read_only=True) as store:
        return stories_of(store, RUN, 0, EVER)


def trip(stories: Sequence[DecisionStory]) -> tuple[DecisionStory, Outcome]:
    """The first entry that was filled and closed."""
    return next(
        (story, one)
        for story in stories
        for one in story.outcomes
        if one.kind == "taken" and one.net_quote is not None
    )


def found(home: Path) -> list[tuple[str, str, str, str]]:
    """Every difference: whose, what, which part, why."""
    return [
        (one.decision_id, one.what.value, one.part, one.cause.value) for one in compared(home).differences
    ]


def causes(differences: Sequence[Difference]) -> set[Cause]:
    return {one.cause for one in differences}


def test_on_a_sound_day_nothing_differs(sound: Path, stories: Sequence[DecisionStory]) -> None:
    day = compared(sound)
    assert day.differences == []
    entered = [one for one in stories if one.decision.action is Action.ENTER]
    assert day.compared[What.DECISION.value] == len(stories) > 10
    assert day.compared[What.FILL.value] == 2 * len(entered) > 0
    followed = sum(one.kind == "shadow" for story in stories for one in story.outcomes)
    assert day.compared[What.RESULT.value] == len(entered) + followed
    assert followed > 10


def test_a_fee_other_than_listed_is_a_fee(
    sound: Path, tmp_path: Path, stories: Sequence[DecisionStory]
) -> None:
    story, outcome = trip(stories)
    fill, more = story.fills[0], Decimal("0.001")
    assert outcome.fees_quote is not None
    assert outcome.net_quote is not None
    home = with_fault(
        sound,
        tmp_path,
        setting("fill", fill.trade_id, fee_quote=f"'{plain(fill.fee_quote + more)}'"),
        setting(
            "outcome",
            outcome.outcome_id,
            fees_quote=f"'{plain(outcome.fees_quote + more)}'",
            net_quote=f"'{plain(outcome.net_quote - more)}'",
        ),
    )
    name = story.decision.decision_id
    assert found(home) == [(name, "fill", "bought", "fee"), (name, "result", "taken", "fee")]
    (_, result) = compared(home).differences
    assert result.net_quote == -more


def test_orders_that_take_longer_than_the_model_thinks_are_latency(tmp_path: Path) -> None:
    differences = compared(plant(tmp_path, SlowMarket)).differences
    assert causes(differences) == {Cause.LATENCY}
    assert "taken" in {one.part for one in differences}
    assert all("2000" in one.why for one in differences)


def test_orders_filled_before_their_turn_are_the_queue(tmp_path: Path) -> None:
    differences = compared(plant(tmp_path, FrontMarket)).differences
    assert causes(differences) == {Cause.QUEUE}
    assert "taken" in {one.part for one in differences}


def test_a_result_that_its_fills_do_not_make_is_reconciliation(
    sound: Path, tmp_path: Path, stories: Sequence[DecisionStory]
) -> None:
    story, outcome = trip(stories)
    home = with_fault(sound, tmp_path, setting("outcome", outcome.outcome_id, net_quote="'1'"))
    assert found(home) == [(story.decision.decision_id, "result", "taken", "reconciliation")]


def test_an_entry_without_an_end_is_reconciliation(
    sound: Path, tmp_path: Path, stories: Sequence[DecisionStory]
) -> None:
    story, outcome = trip(stories)
    home = with_fault(sound, tmp_path, deleting("outcome", outcome.outcome_id))
    assert found(home) == [(story.decision.decision_id, "result", "taken", "reconciliation")]


def test_an_order_that_never_left_is_reconciliation(tmp_path: Path, stories: Sequence[DecisionStory]) -> None:
    name = trip(stories)[0].decision.decision_id
    home = plant(tmp_path, lambda instrument, parameters: HaltedMarket(instrument, parameters, name))
    differences = [one for one in compared(home).differences if one.decision_id == name]
    assert {one.part for one in differences} == {"bought", "sold", "taken"}
    assert causes(differences) == {Cause.RECONCILIATION}
    assert all("entries are halted" in one.why for one in differences)


def test_a_fill_that_is_missing_is_reconciliation(
    sound: Path, tmp_path: Path, stories: Sequence[DecisionStory]
) -> None:
    story, _ = trip(stories)
    home = with_fault(sound, tmp_path, deleting("fill", story.fills[0].trade_id))
    differences = compared(home).differences
    assert causes(differences) == {Cause.RECONCILIATION}
    assert {one.decision_id for one in differences} == {story.decision.decision_id}
    assert "bought" in {one.part for one in differences}


def test_a_decision_that_its_seal_does_not_give_is_signal(
    sound: Path, tmp_path: Path, stories: Sequence[DecisionStory]
) -> None:
    name = next(one.decision.decision_id for one in stories if one.decision.action is Action.SKIP)
    home = with_fault(sound, tmp_path, setting("decision", name, action="'abstain'"))
    assert found(home) == [(name, "decision", "signal", "signal")]


def test_a_signal_that_is_sensed_otherwise_is_signal(
    sound: Path, tmp_path: Path, stories: Sequence[DecisionStory]
) -> None:
    """As after a change of the program: the decision was right for what it was given."""
    story = next(one for one in stories if one.decision.action is Action.SKIP and one.signal.features["mid"])
    spread = "json_set(features, '$.spread_bps', json_extract(features, '$.spread_bps') + 0.001)"
    home = with_fault(
        sound,
        tmp_path,
        setting("signal", story.signal.signal_id, features=spread),
    )
    assert found(home) == [(story.decision.decision_id, "decision", "signal", "signal")]


def a_hole(events: Events, start: int) -> Events:
    """Nothing for four seconds."""
    return events[(events["ts_init"] <= start) | (events["ts_init"] > start + 4 * NANOS)]


def a_wrong_size(events: Events, start: int) -> Events:
    """The best bids of a second, twice as large."""
    changed = events.copy()
    rows = (changed["kind"] == BOOK) & (changed["ts_init"] > start) & (changed["ts_init"] < start + NANOS)
    changed["size"][rows] *= 2
    return changed


@pytest.mark.parametrize("fault", [a_hole, a_wrong_size])
def test_market_data_that_the_agent_did_not_see_is_data(
    sound: Path, tmp_path: Path, stories: Sequence[DecisionStory], fault: object
) -> None:
    start = stories[len(stories) // 2].signal.ts
    home = with_fault(sound, tmp_path)
    keep_market(home, fault(opening(TAPE, SECONDS), start))  # type: ignore[operator]
    differences = compared(home).differences
    assert causes(differences) == {Cause.DATA}
    assert "signal" in {one.part for one in differences}
    decided = [one for one in differences if one.what is What.DECISION]
    assert all(one.ts > start for one in decided)


def test_two_faults_keep_their_own_causes(
    sound: Path, tmp_path: Path, stories: Sequence[DecisionStory]
) -> None:
    """A hole explains what was sensed after it, and no decision that its own seal contradicts."""
    start = stories[len(stories) // 2].signal.ts
    late = [one for one in stories if one.signal.ts > start and one.decision.action is Action.SKIP][-1]
    name = late.decision.decision_id
    home = with_fault(sound, tmp_path, setting("decision", name, action="'abstain'"))
    keep_market(home, a_hole(opening(TAPE, SECONDS), start))
    by_cause = {one.decision_id: one.cause for one in compared(home).differences if one.part == "signal"}
    assert by_cause.pop(name) is Cause.SIGNAL
    assert set(by_cause.values()) == {Cause.DATA}


def test_a_stretch_that_is_whole_after_a_hole_is_told_from_the_hole() -> None:
    coverage = Coverage()
    assert coverage.look(10, MarketSlice(5, "a"), MarketSlice(5, "a"))
    assert not coverage.look(20, MarketSlice(9, "b"), MarketSlice(8, "x"))
    assert not coverage.look(30, MarketSlice(12, "c"), MarketSlice(11, "y"))
    assert coverage.is_intact(0, 10)
    assert not coverage.is_intact(5, 15)
    assert not coverage.is_intact(20, 25)
    assert coverage.is_intact(21, 40)
    assert [coverage.is_exact(ts) for ts in (10, 11, 30)] == [True, False, False]


def test_the_day_of_a_run_is_read_as_its_stories_are_told_one_by_one(
    sound: Path, stories: Sequence[DecisionStory]
) -> None:
    decisions = METADATA.tables["decision"].c
    with Store.open(sound, read_only=True) as store:
        names = [row["decision_id"] for row in store.read(select(decisions.decision_id))]
        one_by_one = {name: tell(store, name) for name in names}
    assert {one.decision.decision_id: one for one in stories} == one_by_one
    assert np.all(np.diff([one.decision.ts for one in stories]) >= 0)
