"""What a brain said in a run is on the record byte for byte, and a replay gets the identical bytes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select

from graphs.brains.pricing import TYPICAL, ListedTariff
from graphs.explanation import explain
from graphs.looked_back import lately_text
from keeper_agent.brains import BrainParts, open_brain
from keeper_agent.recorded_brains import recorded_parts
from keeper_agent.retaking import retake
from keeper_agent.settings import Settings, load_settings
from memory.bundles import read_heard
from memory.connection import DATABASE
from memory.consultations import AUDIT, DECIDE, Consultation, ConsultationLog
from memory.lately import lately
from memory.lookup import tell
from memory.schema import METADATA
from memory.store import Store
from memory.verify import verify
from scheduler.run import RunIdentity
from tests.support.consulting import KEY, HandClock
from tests.support.providers import GOOD, Scripted, StubProvider, openai_body, stub_provider
from tests.support.replays import EAGER, Record, record_of
from tests.support.senses import BUNDLED, instrument_of, opening
from tools.domain.clock import SystemStopwatch
from tools.domain.trading import Action, Route
from tools.risk.routing import WORTHLESS, why_unasked

SECONDS = 330
ASKING = (
    f"{EAGER},consult_delay_bps=0,audit_share=0.02,ambiguity_z=5,"
    "pattern_min_neighbours=8,default_order_size_usd=500,max_order_size_usd=1000"
)
SAID = json.dumps({**GOOD, "cited_ids": [], "reason": "few neighbours agree"})
INVENTED = json.dumps({**GOOD, "cited_ids": [], "reason": "wins 87654.3 % of the time"})
SCRIPT = [Scripted(openai_body(text)) for text in (INVENTED, SAID)]


@cache
def settings_at(home: Path, url: str = "http://127.0.0.1:9") -> Settings:
    return load_settings(
        keeper_home=home, keeper_brain="openai", openai_api_key=KEY, openai_base_url=f"{url}/v1"
    )


def a_run(folder: Path, brain: object) -> Record:
    return record_of(
        folder,
        opening(BUNDLED[1], SECONDS),
        instrument_of(BUNDLED[1]),
        parameters=ASKING,
        brain=brain,  # type: ignore[arg-type]
    )


@dataclass(frozen=True)
class Lived:
    """A run with a brain, and what its provider was asked."""

    folder: Path
    record: Record
    stub: StubProvider
    consultations: tuple[Consultation, ...]

    @property
    def home(self) -> Path:
        """Its memory."""
        return self.folder / "home"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("consulted")
    with stub_provider(*SCRIPT) as stub:

        def brain(store: Store, identity: RunIdentity) -> AbstractContextManager[BrainParts | None]:
            return open_brain(
                settings_at(folder / "home", stub.url), store, identity, HandClock(), SystemStopwatch()
            )

        record = a_run(folder, brain)
        with Store.open(folder / "home", read_only=True) as store:
            yield Lived(folder, record, stub, ConsultationLog(store).all_until())


def copied(home: Path, folder: Path, *statements: str) -> Path:
    """A copy of ``home`` in which somebody has run ``statements``."""
    copy = folder / "copy"
    copy.mkdir(parents=True, mode=0o700)
    with (
        closing(sqlite3.connect(home / DATABASE)) as there,
        closing(sqlite3.connect(copy / DATABASE)) as here,
    ):
        there.backup(here)
        for statement in statements:
            here.execute(statement)
        here.commit()
    return copy


def decisions(record: Record) -> list[dict[str, object]]:
    return [json.loads(line) for line in record["decisions"].splitlines()]


def test_some_were_asked_and_never_more_than_five_per_cent(lived: Lived) -> None:
    found = decisions(lived.record)
    decided = [one for one in lived.consultations if one.purpose == DECIDE]
    assert len(decided) >= 2
    assert len(lived.consultations) <= 0.05 * len(found)
    assert sum(one["route"] == Route.LLM.value for one in found) == sum(one.cause is None for one in decided)
    assert {one.cause for one in decided} == {None, "false_claim"}


def test_every_byte_that_went_over_the_wire_is_on_the_record(lived: Lived) -> None:
    assert sorted(json.dumps(json.loads(one.request)) for one in lived.consultations) == sorted(
        json.dumps(asked) for asked in lived.stub.asked
    )
    assert {one.answer for one in lived.consultations} <= {openai_body(SAID), openai_body(INVENTED)}


def test_every_decision_is_taken_again_to_the_identical_result_with_nobody_there(lived: Lived) -> None:
    asked_before = len(lived.stub.asked)
    table = METADATA.tables["decision"].c
    with Store.open(lived.home, read_only=True) as store:
        names = [row["decision_id"] for row in store.read(select(table.decision_id))]
        found = [retake(store, settings_at(lived.home), name, {}) for name in names]
    assert [one.differences for one in found if one.differences] == []
    assert any(one.was.route is Route.LLM for one in found)
    assert len(lived.stub.asked) == asked_before


def test_a_whole_replay_from_the_record_leaves_the_same_bytes(lived: Lived, tmp_path: Path) -> None:
    with Store.open(lived.home, read_only=True) as remembered:
        parts = recorded_parts(remembered, settings_at(lived.home), 0, run_id="run_0000000000")
    assert parts is not None
    again = a_run(tmp_path, lambda store, identity: nullcontext(parts))
    assert again == lived.record
    assert any(one["route"] == Route.LLM.value for one in decisions(again))
    unasked = [why_unasked(str(one["reason"])) or "" for one in decisions(again)]
    assert any(why.startswith(WORTHLESS) for why in unasked)


def test_a_replay_that_prices_a_call_at_nothing_leaves_open_what_could_not_pay(
    lived: Lived, tmp_path: Path
) -> None:
    """The planted fault of the test above: the choices are taken from the record, not made anew."""
    with Store.open(lived.home, read_only=True) as remembered:
        parts = recorded_parts(remembered, settings_at(lived.home), 0, run_id="run_0000000000")
    assert parts is not None
    free = replace(parts, chooser=None)
    again = a_run(tmp_path, lambda store, identity: nullcontext(free))
    pairs = zip(decisions(lived.record), decisions(again), strict=True)
    assert any(a["action"] == "skip" and b["action"] == "abstain" for a, b in pairs)


def test_another_run_chooses_by_what_a_call_cost_before_it_began(lived: Lived) -> None:
    settings = settings_at(lived.home)
    counted = [one for one in lived.consultations if one.tokens is not None]
    with Store.open(lived.home, read_only=True) as remembered:
        before = recorded_parts(remembered, settings, 0)
        after = recorded_parts(remembered, settings, counted[-1].ts_known)
        amid = recorded_parts(remembered, settings, counted[0].ts_known)
    assert before is not None
    assert after is not None
    assert amid is not None
    assert before.chooser is None
    assert before.price_usd() == pytest.approx(float(ListedTariff("openai", "gpt-5-mini").cost_usd(TYPICAL)))
    costs = [float(one.cost_usd) for one in counted]
    assert after.price_usd() == pytest.approx(sum(costs) / len(costs))
    assert amid.price_usd() == pytest.approx(costs[0])


def test_what_happened_lately_is_sealed_and_the_same_when_it_is_looked_up_again(lived: Lived) -> None:
    decided = [one.decision_id for one in lived.consultations if one.purpose == DECIDE]
    with Store.open(lived.home, read_only=True) as store:
        sealed = [(name, (read_heard(store, name) or {})["lately"]) for name in decided]
        again = [dict(lately(store, tell(store, name).signal)) for name in decided]
        stories = [explain(store, name) for name in decided]
    assert [figures for _, figures in sealed] == again
    assert any(figures["decisions"] > 30 and figures["followed_lost"] > 0 for figures in again)
    for (_, figures), story in zip(sealed, stories, strict=True):
        assert story["known_then"]["lately"] == figures
        assert any(line == lately_text(story["symbol"], figures) for line in story["story"])
        request = story["known_then"]["consultations"][0]["request"]
        assert "symbol_lately" in request
        assert ("refused_by" in request) == (figures["refused"] > 0)


def test_a_seal_that_was_changed_no_longer_fits_the_answer(lived: Lived, tmp_path: Path) -> None:
    """The negative control of taking again: what was shown is read from the bundle."""
    decided = next(one for one in lived.consultations if one.purpose == DECIDE and one.cause is None)
    copy = copied(
        lived.home, tmp_path, "UPDATE bundle SET heard = json_set(heard, '$.lately.entered', 9876.0)"
    )
    with Store.open(copy, read_only=True) as store:
        after = retake(store, settings_at(copy), decided.decision_id, {})
    assert {one.name for one in after.differences} >= {"reason", "votes"}
    assert "nobody was asked this before" in after.now.reason


def test_what_was_asked_in_the_text_before_is_taken_again_in_it(tmp_path: Path) -> None:
    """A record of an older Keeper: asked with consult-2, and nothing sealed of what happened lately."""

    @contextmanager
    def older(store: Store, identity: RunIdentity) -> Iterator[BrainParts]:
        home = settings_at(tmp_path / "home", stub.url)
        with open_brain(home, store, identity, HandClock(), SystemStopwatch()) as parts:
            assert parts is not None
            yield replace(parts, prompt_version=lambda decision_id: "consult-2")

    with stub_provider(*SCRIPT) as stub:
        record = a_run(tmp_path, older)
    home = copied(
        tmp_path / "home", tmp_path / "older", "UPDATE bundle SET heard = json_remove(heard, '$.lately')"
    )
    with Store.open(home, read_only=True) as store:
        asked = ConsultationLog(store).all_until()
        decided = [one for one in asked if one.purpose == DECIDE]
        found = [retake(store, settings_at(home), one.decision_id, {}) for one in decided]
        parts = recorded_parts(store, settings_at(home), 0, run_id="run_0000000000")
    assert {one.prompt_version for one in asked} == {"consult-2"}
    assert not any(b"symbol_lately" in one.request for one in asked)
    assert any(one.was.route is Route.LLM for one in found)
    assert [one.differences for one in found if one.differences] == []
    assert a_run(tmp_path / "again", lambda store, identity: nullcontext(parts)) == record


def test_a_replay_with_another_answer_would_differ(lived: Lived, tmp_path: Path) -> None:
    """The planted fault of the test above: a record that was changed is noticed."""
    with Store.open(lived.home, read_only=True) as remembered:
        log = ConsultationLog(remembered).all_until()
        decided = next(one for one in log if one.purpose == DECIDE and one.cause is None)
        before = retake(remembered, settings_at(lived.home), decided.decision_id, {})
    copy = copied(lived.home, tmp_path)
    with Store.open(copy) as store:
        table = METADATA.tables["consultation"]
        other = SAID.replace("reduce", "skip")
        store.execute([table.update().values(text=other)])
        after = retake(store, settings_at(copy), decided.decision_id, {})
    assert before.differences == ()
    # The brain's words stay the same: what was entered is skipped, what a limit refused names another cause.
    moved = {"action", "plan"} if before.was.action is Action.ENTER else {"reason"}
    assert {one.name for one in after.differences} >= {"votes", *moved}


def test_the_explanation_shows_who_was_asked_and_what_it_cost(lived: Lived) -> None:
    decided = next(one for one in lived.consultations if one.purpose == DECIDE)
    with Store.open(lived.home, read_only=True) as store:
        found = explain(store, decided.decision_id)
        audits = [one for one in lived.consultations if one.purpose == AUDIT]
        audited = [explain(store, one.decision_id) for one in audits]
    (told,) = found["known_then"]["consultations"]
    assert (told["provider"], told["model"], told["prompt_version"]) == ("openai", "gpt-5-mini", "consult-3")
    assert told["tokens"] == {"input": 1200, "cached": 1024, "output": 60}
    assert float(told["cost_usd"]) > 0
    nodes = {node["id"]: node for node in found["graph"]["nodes"]}
    assert nodes[decided.consultation_id]["kind"] == "consultation"
    assert nodes[decided.consultation_id]["is_later"] is False
    for one, story in zip(audits, audited, strict=True):
        assert story["known_then"]["consultations"] == []
        assert story["known_then"]["route"] != "llm"
        node = next(n for n in story["graph"]["nodes"] if n["id"] == one.consultation_id)
        assert node["is_later"] is True


def test_memory_with_consultations_is_whole(lived: Lived) -> None:
    assert verify(lived.home).faults == ()
