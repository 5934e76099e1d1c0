"""What a brain said in a run is on the record byte for byte, and a replay gets the identical bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from graphs.explanation import explain
from keeper_agent.brains import BrainParts, open_brain, recorded_parts
from keeper_agent.retaking import retake
from keeper_agent.settings import Settings, load_settings
from memory.consultations import AUDIT, DECIDE, Consultation, ConsultationLog
from memory.schema import METADATA
from memory.store import Store
from memory.verify import verify
from scheduler.run import RunIdentity
from tests.support.consulting import KEY, HandClock
from tests.support.providers import GOOD, Scripted, StubProvider, openai_body, stub_provider
from tests.support.replays import EAGER, Record, record_of
from tests.support.senses import BUNDLED, instrument_of, opening
from tools.domain.clock import SystemStopwatch
from tools.domain.trading import Route
from tools.risk.escalation import Purpose, RecordedChoices
from tools.risk.routing import WORTHLESS, why_unasked

SECONDS = 330
ASKING = (
    f"{EAGER},consult_delay_bps=0,audit_share=0.02,ambiguity_z=5,"
    "pattern_min_neighbours=4,default_order_size_usd=500,max_order_size_usd=1000"
)
SAID = json.dumps({**GOOD, "cited_ids": [], "reason": "few neighbours agree"})
INVENTED = json.dumps({**GOOD, "cited_ids": [], "reason": "wins 87654.3 % of the time"})


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
    script = [Scripted(openai_body(text)) for text in (INVENTED, SAID)]
    with stub_provider(*script) as stub:

        def brain(store: Store, identity: RunIdentity) -> AbstractContextManager[BrainParts | None]:
            return open_brain(
                settings_at(folder / "home", stub.url), store, identity, HandClock(), SystemStopwatch()
            )

        record = a_run(folder, brain)
        with Store.open(folder / "home", read_only=True) as store:
            yield Lived(folder, record, stub, ConsultationLog(store).all_until())


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
    sent = {one.decision_id: (Purpose(one.purpose), one.propensity) for one in lived.consultations}
    with Store.open(lived.home, read_only=True) as remembered:
        parts = recorded_parts(remembered, settings_at(lived.home))
    assert parts is not None
    reasons = {
        one["decision_id"]: why
        for one in decisions(lived.record)
        if (why := why_unasked(one["reason"])) is not None
    }

    @contextmanager
    def recorded(store: Store, identity: RunIdentity) -> Iterator[BrainParts]:
        yield replace(parts, chooser=RecordedChoices(sent, reasons=reasons))

    again = decisions(a_run(tmp_path, recorded))
    assert again == decisions(lived.record)
    assert any(one["route"] == Route.LLM.value for one in again)
    assert any(why.startswith(WORTHLESS) for why in reasons.values())


def test_a_replay_with_another_answer_would_differ(lived: Lived, tmp_path: Path) -> None:
    """The planted fault of the test above: a record that was changed is noticed."""
    with Store.open(lived.home, read_only=True) as remembered:
        log = ConsultationLog(remembered).all_until()
        decided = next(one for one in log if one.purpose == DECIDE and one.cause is None)
        before = retake(remembered, settings_at(lived.home), decided.decision_id, {})
    copy = tmp_path / "home"
    copy.mkdir()
    for file in lived.home.glob("keeper.sqlite*"):
        (copy / file.name).write_bytes(file.read_bytes())
    with Store.open(copy) as store:
        table = METADATA.tables["consultation"]
        other = SAID.replace("reduce", "skip")
        store.execute([table.update().values(text=other)])
        after = retake(store, settings_at(copy), decided.decision_id, {})
    assert before.differences == ()
    # Whether action and plan change as well depends on what a limit would have refused anyway.
    assert {one.name for one in after.differences} >= {"reason", "votes"}


def test_the_explanation_shows_who_was_asked_and_what_it_cost(lived: Lived) -> None:
    decided = next(one for one in lived.consultations if one.purpose == DECIDE)
    with Store.open(lived.home, read_only=True) as store:
        found = explain(store, decided.decision_id)
        audits = [one for one in lived.consultations if one.purpose == AUDIT]
        audited = [explain(store, one.decision_id) for one in audits]
    (told,) = found["known_then"]["consultations"]
    assert (told["provider"], told["model"], told["prompt_version"]) == ("openai", "gpt-5-mini", "consult-2")
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
