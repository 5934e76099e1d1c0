"""The API under requests that nobody describes: every scope, method, size, and hostile bytes and texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.by_hand import TEXTS, Hand
from tests.fuzz.planted import PREFIX, plant
from tests.fuzz.tally import Tally
from tests.support.api import Caller, served
from tests.support.remembered import a_remembered_day

FEW = (TEXTS[1], TEXTS[2], TEXTS[4], TEXTS[7], TEXTS[13])


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Caller, str]]:
    home: Path = tmp_path_factory.mktemp("home")
    decisions = a_remembered_day(home)
    with served(home) as call:
        yield call, decisions["buy"].decision_id


@pytest.fixture
def hand(call: tuple[Caller, str]) -> Iterator[Hand]:
    """Asks; whatever it found wrong fails the test."""
    tally = Tally()
    yield Hand(call[0], {"symbol": "BTCUSDT", "name": call[1]}, tally)
    assert tally.statuses.total() > 0
    assert tally.faults == {}


def test_every_operation_lets_in_whom_its_description_names(hand: Hand) -> None:
    assert {one.label for one in hand.operations if one.wanted is None} == {"GET /login"}
    hand.scopes(are_all_let_in=False)


def test_other_methods_are_refused_with_what_is_offered(hand: Hand) -> None:
    hand.methods()


def test_head_is_answered_as_get_is(hand: Hand) -> None:
    assert len([one for one in hand.operations if one.method == "HEAD"]) > 25
    hand.heads()


def test_bodies_that_do_not_fit_are_refused_in_a_sentence(hand: Hand) -> None:
    hand.bodies()


def test_what_is_too_long_or_no_request_is_refused(hand: Hand) -> None:
    hand.sizes()
    hand.raw()


def test_hostile_text_is_never_an_error_of_ours(hand: Hand) -> None:
    hand.texts(FEW)


def test_planted_faults_are_found(tmp_path: Path) -> None:
    tally = Tally()
    with served(tmp_path / "home", plant) as call:
        found = Hand(call, {}, tally, PREFIX)
        found.scopes()
        found.texts(FEW)
    blamed = "\n".join(sorted(tally.faults))
    assert f"GET {PREFIX}/crash: an error of ours" in blamed
    assert f"GET {PREFIX}/open: with no token it answered 200" in blamed
    assert f"GET {PREFIX}/teapot: undeclared status 418" in blamed
