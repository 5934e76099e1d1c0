"""Somebody else's stand-in for both providers: the same answers, the same causes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graphs.brain import ask
from tests.support.consulting import CAPS, PATIENCE_S, SOON, a_desk, a_request, an_office
from tests.support.proposals import NOW
from tests.support.providers import GOOD, GOOD_TEXT
from tools.domain.market import NANOS
from tools.risk.advice import AdviceAction, Cause

NAMES = ("openai", "anthropic")
DEADLINE_S = 1.5
SILENT_S = 20.0
SLACK_S = 15.0  # for a machine that does other things as well


@pytest.fixture
def stand_in(llmock: Any) -> Iterator[Any]:
    """A stand-in with faults of its own making."""
    return llmock


LLMOCK = {
    "429": (lambda mock: mock.rate_limit(times=None), Cause.RATE_LIMITED),
    "529": (lambda mock: mock.fail(529, times=None), Cause.OVERLOADED),
    "outage": (lambda mock: mock.outage(), Cause.OVERLOADED),
    "silent": (lambda mock: mock.delay(SILENT_S, times=None), Cause.LATE),
    "prose": (lambda mock: mock.reply("I would take it.", times=None), Cause.INVALID),
    "invented": (
        lambda mock: mock.reply(json.dumps({**GOOD, "reason": "87 % wins"}), times=None),
        Cause.FALSE_CLAIM,
    ),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", LLMOCK)
def test_another_stand_in_gives_the_same_causes(name: str, fault: str, stand_in: Any, tmp_path: Path) -> None:
    plant, cause = LLMOCK[fault]
    plant(stand_in)
    deadline_s = DEADLINE_S if cause is Cause.LATE else PATIENCE_S
    with an_office(tmp_path, [a_desk(name, stand_in.base_url(name))]) as office:
        began = time.monotonic()
        (advice,) = ask(office.consultant, [a_request()], NOW + round(deadline_s * NANOS))
        assert time.monotonic() - began < deadline_s + SLACK_S
        assert advice.cause is cause, advice
        assert office.spent() <= CAPS.call


@pytest.mark.parametrize("name", NAMES)
def test_another_stand_in_is_understood(name: str, stand_in: Any, tmp_path: Path) -> None:
    stand_in.reply(GOOD_TEXT, times=None)
    with an_office(tmp_path, [a_desk(name, stand_in.base_url(name))]) as office:
        (advice,) = ask(office.consultant, [a_request()], SOON)
        assert advice.action is AdviceAction.REDUCE, advice
