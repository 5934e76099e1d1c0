"""One recording has one record: another process, hash seed, folder or file format changes no byte of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphs.decision import DecisionGraph
from tests.support.commands import keeper
from tests.support.replays import EAGER, record_in, record_of
from tests.support.senses import BTCUSDT, BUNDLED, opening
from tools.market.tapes import TapeFiles
from tools.market.tardis import read_recording
from tools.market.tardis_writer import write_recording

SECONDS = 90


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> TapeFiles:
    folder = tmp_path_factory.mktemp("tape")
    return write_recording(folder, opening(BUNDLED[0], SECONDS), symbol="BTCUSDT", venue="binance")


def replayed(tape: TapeFiles, folder: Path, cwd: Path, **extra: str) -> dict[str, bytes]:
    cwd.mkdir(exist_ok=True)
    words = ("--trades", tape.trades, "--book", tape.book, "--symbol", "BTCUSDT", "--venue", "binance")
    said = keeper(
        "replay", *words, "--out", folder, "--json", home=folder.parent / "home", cwd=cwd,
        KEEPER_PARAMETERS=EAGER, **extra,
    )  # fmt: skip
    assert said.code == 0, said.err
    return record_in(folder)


@pytest.fixture(scope="module")
def once(tape: TapeFiles, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """The folder a forked process worked in, and what it left."""
    folder = tmp_path_factory.mktemp("once")
    return folder, replayed(tape, folder / "out", folder / "here")


def test_two_processes_leave_the_same_bytes(
    tape: TapeFiles, once: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    two = replayed(tape, tmp_path / "two", tmp_path / "there", PYTHONHASHSEED="4242", TZ="Asia/Tokyo")
    assert once[1] == two
    assert all(two.values()), "nothing happened that could have differed"


def test_a_replay_needs_and_makes_no_home(once: tuple[Path, dict[str, bytes]]) -> None:
    folder, _ = once
    assert not (folder / "home").exists()
    assert list((folder / "here").iterdir()) == []


def test_every_file_format_gives_the_same_record(tape: TapeFiles, tmp_path: Path) -> None:
    records, events = [], opening(BUNDLED[0], SECONDS)
    for suffix in ("csv.gz", "csv", "parquet"):
        files = write_recording(tmp_path / suffix, events, symbol="BTCUSDT", venue="binance", suffix=suffix)
        read = read_recording(files.trades, files.book, BTCUSDT).events
        assert np.array_equal(read, events)
        records.append(record_of(tmp_path / f"record of {suffix}", read, BTCUSDT))
    assert records[0] == records[1] == records[2]


def test_the_framework_around_the_nodes_changes_no_byte(tmp_path: Path) -> None:
    events, instrument = opening(BUNDLED[0], SECONDS), BTCUSDT
    plain = record_of(tmp_path / "plain", events, instrument)
    assert plain == record_of(tmp_path / "graph", events, instrument, decider=DecisionGraph)
    assert all(plain.values()), "nothing happened that could have differed"


def test_another_seed_draws_other_probes(
    tape: TapeFiles, once: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    one, two = once[1], replayed(tape, tmp_path / "two", tmp_path / "here", KEEPER_SEED="1")
    assert one["decisions"].count(b"\n") == two["decisions"].count(b"\n")
    assert one["orders"].count(b"\n") != two["orders"].count(b"\n")
