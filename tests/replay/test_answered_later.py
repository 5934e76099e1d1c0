"""Answers that take seconds of the session's time: played twice the same bytes, and taken again the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from graphs.brain import ConsultAnswer, ConsultRequest
from keeper_agent.brains import BrainParts
from keeper_agent.recorded_brains import recorded_parts
from keeper_agent.retaking import retake
from keeper_agent.settings import load_settings
from memory.bundles import read_heard
from memory.consultations import Consultation, ConsultationLog
from memory.lately import lately
from memory.lookup import tell
from memory.schema import METADATA
from memory.store import Store
from scheduler.cycle import DecisionCycle
from scheduler.live import Stop, play
from scheduler.replay import replay
from scheduler.run import RunIdentity
from tests.support.replays import EAGER, Record, record_of
from tests.support.senses import BUNDLED, instrument_of, opening
from tools.domain.identity import consultation_id
from tools.domain.market import NANOS
from tools.domain.trading import Action, Route
from tools.market.events import Events
from tools.risk.escalation import ASK_ALL

SECONDS = 330  # the first answers that only the price has outrun come in the sixth minute
ASKING = f"{EAGER},ambiguity_z=5,pattern_min_neighbours=4,stale_move_bps=0.4,probe_share=0.3"
SAID = json.dumps({"action": "take", "size_fraction": 1, "reason": "few agree", "cited_ids": []})


@dataclass(frozen=True)
class SlowBrain:
    """Answers three seconds late in the session's time, every third time too late, and keeps what it said."""

    log: ConsultationLog

    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        """The same each time, late."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: ConsultRequest) -> ConsultAnswer:
        answered = request.ts + (7 if int(request.decision_id[2:], 16) % 3 == 0 else 3) * NANOS
        self.log.record(
            Consultation(
                consultation_id=consultation_id(request.decision_id, 0),
                decision_id=request.decision_id,
                run_id=request.signal.run_id,
                world=request.signal.world,
                purpose=request.purpose,
                propensity=request.propensity,
                attempt=0,
                provider="slow",
                model="slow",
                prompt_version=request.prompt.version,
                fingerprint=request.fingerprint,
                request=b"{}",
                answer=SAID.encode(),
                text=SAID,
                cause=None,
                detail="",
                tokens=None,
                cost_usd=Decimal(0),
                ts=request.ts,
                ts_known=answered,
            )
        )
        return ConsultAnswer(request.decision_id, SAID, answered)


@contextmanager
def slow(store: Store, identity: RunIdentity) -> Iterator[BrainParts]:
    brain = SlowBrain(ConsultationLog(store))
    yield BrainParts(brain, lambda: 0.0, lambda: True, lambda requests: None, 6 * NANOS, ASK_ALL)


def a_run(
    folder: Path, brain: object = slow, drive: Callable[[DecisionCycle, Events], object] = replay
) -> Record:
    return record_of(
        folder,
        opening(BUNDLED[1], SECONDS),
        instrument_of(BUNDLED[1]),
        parameters=ASKING,
        brain=brain,  # type: ignore[arg-type]
        drive=drive,
    )


class HandTime:
    """A clock that moves on by a frame whenever it is asked."""

    now_ns = 0

    def now(self) -> int:
        """A little later than the last time."""
        self.now_ns += NANOS // 3
        return self.now_ns


def live(cycle: DecisionCycle, events: Events) -> None:
    """The live loop, in frames that have nothing to do with the tape's messages."""
    play(cycle, events, speed=1.0, clock=HandTime(), stop=Stop(), each_frame=lambda share: None)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Record]:
    folder = tmp_path_factory.mktemp("later")
    return folder / "home", a_run(folder)


def decisions(record: Record) -> list[dict[str, object]]:
    return [json.loads(line) for line in record["decisions"].splitlines()]


def test_some_answers_are_acted_on_and_some_come_too_late(lived: tuple[Path, Record]) -> None:
    asked = [one for one in decisions(lived[1]) if "brain: " in str(one["reason"])]
    assert {Action.ENTER.value, Action.SKIP.value, Action.ABSTAIN.value} <= {one["action"] for one in asked}
    assert any("too late: " in str(one["reason"]) for one in asked)
    assert any(one["route"] == Route.LLM.value and one["action"] == Action.ENTER.value for one in asked)
    assert any("late: " in str(one["reason"]) and one["route"] == Route.ABSTAIN.value for one in asked)


def test_played_twice_it_leaves_the_same_bytes(lived: tuple[Path, Record], tmp_path: Path) -> None:
    assert a_run(tmp_path) == lived[1]


def test_the_live_loop_leaves_the_same_bytes(
    lived: tuple[Path, Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.live.sleep", lambda seconds: None)
    assert a_run(tmp_path, drive=live) == lived[1]


def test_every_decision_is_taken_again_to_the_identical_result(lived: tuple[Path, Record]) -> None:
    table = METADATA.tables["decision"].c
    settings = load_settings(keeper_home=lived[0])
    with Store.open(lived[0], read_only=True) as store:
        names = [row["decision_id"] for row in store.read(select(table.decision_id))]
        found = [retake(store, settings, name, {}) for name in names]
        outdated = [one for one in found if "price moved" in one.was.reason and ";" not in one.was.reason]
        patient = [
            retake(store, settings, one.was.decision_id, {"stale_move_bps": 1_000.0}) for one in outdated
        ]
    assert [one.differences for one in found if one.differences] == []
    asked = [one for one in found if one.bundle.heard]
    assert len(asked) >= 10
    assert all(one.was.ts > one.bundle.heard["ts_asked"] for one in asked if one.bundle.heard)
    assert patient
    assert not [one for one in patient if "price moved" in one.now.reason]
    assert any(one.now.action is Action.ENTER for one in patient)


def test_a_replay_from_the_record_hears_each_answer_when_it_came(
    lived: tuple[Path, Record], tmp_path: Path
) -> None:
    with Store.open(lived[0], read_only=True) as remembered:
        parts = recorded_parts(remembered, load_settings(keeper_home=lived[0]), 0, run_id="run_0000000000")
    assert parts is not None
    assert a_run(tmp_path, lambda store, identity: nullcontext(parts)) == lived[1]


def test_what_happened_lately_is_the_same_when_it_is_looked_up_again(lived: tuple[Path, Record]) -> None:
    """Answers that are waited for are where things are written later than they are dated."""
    with Store.open(lived[0], read_only=True) as store:
        names = {one.decision_id for one in ConsultationLog(store).all_until()}
        sealed = {name: (read_heard(store, name) or {})["lately"] for name in names}
        again = {name: dict(lately(store, tell(store, name).signal)) for name in names}
    assert len(names) >= 10
    assert again == sealed
    assert any(figures["left_open"] > 0 and figures["followed"] > 0 for figures in sealed.values())
