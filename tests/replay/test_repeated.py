"""``keeper replay --repeat``: a run that asked a brain comes out the same, decision by decision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from memory.consultations import ConsultationLog
from memory.schema import METADATA
from memory.store import Store
from tests.replay.test_consulted import ASKING, SCRIPT
from tests.support.commands import Here, keeper
from tests.support.consulting import KEY
from tests.support.providers import stub_provider
from tests.support.senses import BUNDLED, instrument_of, opening
from tools.market.tapes import TapeFiles
from tools.market.tardis_writer import write_recording
from tools.risk.routing import WORTHLESS

SECONDS = 390
# An answer can never pay for itself, and none is audited: nobody is asked, and that is why it is settled.
DEAR = f"{ASKING},audit_share=0".replace("default_order_size_usd=500", "default_order_size_usd=2")


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> TapeFiles:
    instrument = instrument_of(BUNDLED[1])
    folder = tmp_path_factory.mktemp("tape")
    return write_recording(
        folder, opening(BUNDLED[1], SECONDS), symbol=instrument.symbol, venue=instrument.venue, suffix="csv"
    )


@dataclass(frozen=True)
class Ran:
    """A run that has ended, and the words for its recording."""

    run_id: str
    home: Path
    words: tuple[str | Path, ...]


def a_run(home: Path, tape: TapeFiles, parameters: str) -> Ran:
    with stub_provider(*SCRIPT) as stub:
        asking = {"KEEPER_BRAIN": "openai", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{stub.url}/v1"}
        words = ("run", "--tape", tape.book.parent, "--speed", "10000", "--json")
        said = keeper(*words, home=home, timeout=900, KEEPER_PARAMETERS=parameters, **asking)
        assert said.code == 0, said.err
        assert bool(stub.asked) == (parameters == ASKING)
    files = ("--trades", tape.trades, "--book", tape.book, "--symbol", tape.symbol, "--venue", tape.venue)
    return Ran(said.json["run_id"], home, files)


@pytest.fixture(scope="module")
def asked(tape: TapeFiles, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return a_run(tmp_path_factory.mktemp("asked") / "home", tape, ASKING)


@pytest.fixture
def here(
    asked: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    """A command line in that run's home, with nobody there to ask."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEEPER_HOME", str(asked.home))
    monkeypatch.setenv("KEEPER_PARAMETERS", ASKING)
    return Here(monkeypatch, capsys)


def repeated(here: Here, ran: Ran) -> None:
    """Repeat ``ran``; every decision must come out the same."""
    told = here("replay", *ran.words, "--repeat", ran.run_id, "--json").json["repeated"]
    with Store.open(ran.home, read_only=True) as store:
        rows = store.read(select(METADATA.tables["decision"].c.reason))
    assert told == {
        "run_id": ran.run_id,
        "decisions": len(rows),
        "same": len(rows),
        "only_here": 0,
        "first_difference": None,
    }
    assert len(rows) > 100
    assert sum(WORTHLESS in row["reason"] for row in rows) > 10, "there was something that was not worth it"


def test_every_decision_of_a_run_that_asked_comes_out_the_same(here: Here, asked: Ran) -> None:
    repeated(here, asked)
    with Store.open(asked.home, read_only=True) as store:
        told = ConsultationLog(store).of_run(asked.run_id)
    assert min(told.decided, told.answered) > 0


def test_so_does_that_of_a_run_that_never_asked_because_it_could_not_pay(
    here: Here, tape: TapeFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dear = a_run(tmp_path / "home", tape, DEAR)
    monkeypatch.setenv("KEEPER_HOME", str(dear.home))
    monkeypatch.setenv("KEEPER_PARAMETERS", DEAR)
    repeated(here, dear)


def test_what_differs_is_told(here: Here, asked: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the decisions are really taken anew, and really compared."""
    monkeypatch.setenv("KEEPER_PARAMETERS", f"{ASKING},probe_share=0.1")
    said = here("replay", *asked.words, "--repeat", asked.run_id[:12], "--json")
    told = said.json["repeated"]
    assert told["same"] < told["decisions"]
    assert told["first_difference"]["is_missing"] or told["first_difference"]["columns"]
    assert "came out the same; d_" in " ".join(said.err.split())


def test_a_run_that_is_none_of_these_recordings_is_refused(here: Here, asked: Ran, tmp_path: Path) -> None:
    here("replay", *asked.words, "--repeat", "run_none").fails_in_one_line(6)
    instrument = instrument_of(BUNDLED[1])
    other = write_recording(
        tmp_path / "other", opening(BUNDLED[1], 60), symbol=instrument.symbol, venue=instrument.venue
    )
    words = ("--trades", other.trades, "--book", other.book, *asked.words[4:])
    here("replay", *words, "--repeat", asked.run_id).fails_in_one_line(3, "another recording")
