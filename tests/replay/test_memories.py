"""A replay starts from nothing or from a frozen memory, never from the agent's, and never from the future."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import orjson
import pytest

from keeper_agent.commands.replay import load_source, replay_source
from keeper_agent.settings import load_settings
from memory.parameters import ParameterStore
from memory.snapshots import Snapshot, freeze, open_snapshot_copy
from memory.store import Store
from scheduler.files import ReplayFiles
from tests.support.replays import EAGER, Record, record_in, record_of
from tests.support.senses import BTCUSDT, BUNDLED, opening
from tools.domain.identity import content_hash
from tools.domain.market import NANOS
from tools.market.events import Events, shift
from tools.market.tardis_writer import write_recording

HOUR, DAY = 3_600 * NANOS, 86_400 * NANOS


def first_market() -> Events:
    return opening(BUNDLED[0], 120)


def second_market() -> Events:
    """A market an hour later."""
    return shift(opening(BUNDLED[0], 150), HOUR)


@pytest.fixture(scope="module")
def once_lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose home remembers the first market; it is not to be changed."""
    folder = tmp_path_factory.mktemp("once") / "lived"
    record_of(folder, first_market(), BTCUSDT, run_id="run_lived")
    return folder


@pytest.fixture
def lived(once_lived: Path, tmp_path: Path) -> Path:
    """The same, to do with as one likes."""
    return copytree(once_lived, tmp_path / "lived")


def continued(snapshot: Snapshot, folder: Path) -> Record:
    """The second market, decided with what ``snapshot`` knew."""
    open_snapshot_copy(snapshot.folder, folder / "home", home=folder)
    record = record_of(folder, second_market(), BTCUSDT)
    assert all(record.values()), "nothing happened that could have differed"
    return record


def recalled(record: Record) -> set[str]:
    return {one for line in record["decisions"].splitlines() for one in orjson.loads(line)["recalled"]}


def tree(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): content_hash(path.read_bytes()) for path in files}


def test_a_frozen_memory_is_recalled(lived: Path, tmp_path: Path) -> None:
    known = {
        orjson.loads(line)["outcome_id"] for line in record_in(lived / "record")["outcomes"].splitlines()
    }
    empty = record_of(tmp_path / "empty", second_market(), BTCUSDT)
    informed = continued(freeze(lived / "home", "then"), tmp_path / "informed")
    assert recalled(informed) & known
    assert not recalled(empty) & known
    assert informed["decisions"] != empty["decisions"]


def test_what_was_learned_after_the_freeze_stays_unknown(lived: Path, tmp_path: Path) -> None:
    then = freeze(lived / "home", "then")
    one = continued(then, tmp_path / "one")
    record_of(lived, shift(second_market(), -NANOS), BTCUSDT, run_id="run_after")
    assert continued(then, tmp_path / "two") == one


def test_what_becomes_known_after_the_tape_changes_nothing_in_it(lived: Path, tmp_path: Path) -> None:
    """A later market with its patterns and a later parameter are planted in the snapshot itself."""
    one = continued(freeze(lived / "home", "honest"), tmp_path / "one")
    record_of(lived, shift(first_market(), DAY), BTCUSDT, run_id="run_future")
    with Store.open(lived / "home") as store:
        ParameterStore(store).change(
            "stop_bps", 500, reason="planted", evidence=["o_1"],
            ts=int(second_market()["ts_init"][-1]) + 1, run_id="run_future", world="recorded",
        )  # fmt: skip
    planted = freeze(lived / "home", "planted")
    assert continued(planted, tmp_path / "two") == one


def test_what_is_known_in_the_middle_of_the_tape_counts_from_then_on(lived: Path, tmp_path: Path) -> None:
    """The plant of the test before does work: it is its time that keeps it out."""
    one = continued(freeze(lived / "home", "honest"), tmp_path / "one")
    known = int(second_market()["ts_init"][0]) + 60 * NANOS
    with Store.open(lived / "home") as store:
        ParameterStore(store).change(
            "stop_bps",
            500,
            reason="planted",
            evidence=["o_1"],
            ts=known,
            run_id="run_lived",
            world="recorded",
        )
    two = continued(freeze(lived / "home", "planted"), tmp_path / "two")
    pairs = list(zip(one["decisions"].splitlines(), two["decisions"].splitlines(), strict=False))
    assert all((a == b) == (orjson.loads(a)["ts"] < known) for a, b in pairs)


def test_a_replay_from_a_name_leaves_the_home_as_it_was(
    lived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(lived / "home", "then")
    monkeypatch.setenv("KEEPER_PARAMETERS", EAGER)
    settings = load_settings(keeper_home=lived / "home")
    tape = write_recording(tmp_path / "tape", second_market(), symbol="BTCUSDT", venue="binance")
    there = tree(lived / "home")
    source = load_source(tape.trades, tape.book, "BTCUSDT", "binance", None)
    records = []
    for memory in (None, "then", str(lived / "home" / "snapshots" / "then")):
        files = ReplayFiles(tmp_path / "out")
        replay_source(settings, source, memory, files, tmp_path / "out")
        files.close()
        records.append(record_in(tmp_path / "out"))
    assert tree(lived / "home") == there
    assert records[0] != records[1]
    assert records[1] == records[2]
