"""Each command's ``--json`` is one document on stdout and nothing else; people's words go elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.support.commands import ROOT, Here, command, environment, keeper
from tests.support.placed import STANDING_SETTING
from tests.support.tapes import write_market
from tools.domain.market import NANOS
from tools.features.names import FEATURES
from tools.market.tapes import TapeFiles

HEAVY = (
    "ccxt",
    "numpy",
    "numba",
    "langgraph",
    "chromadb",
    "sqlmodel",
    "sqlalchemy",
    "pyarrow",
    "xgboost",
    "matplotlib",
)


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> TapeFiles:
    return write_market(tmp_path_factory.mktemp("tapes"), seconds=45)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(
        "KEEPER_PARAMETERS", f"hold_timeout_s=10,entry_timeout_s=5,probe_share=0.5,{STANDING_SETTING}"
    )
    return Here(monkeypatch, capsys)


def files(tape: TapeFiles) -> tuple[str | Path, ...]:
    return "--trades", tape.trades, "--book", tape.book, "--symbol", "BTCUSDT"


def test_every_command_speaks_json_and_nothing_else_on_stdout(
    here: Here, tape: TapeFiles, tmp_path: Path
) -> None:
    run = here("run", "--tape", tape.book.parent, "--speed", "10000", "--json").json
    assert {"run_id", "decisions", "routes", "net_pnl_quote", "expectancy_bps_interval"} <= run.keys()
    frozen = here("memory", "freeze", "then", "--json").json
    assert (Path(frozen["snapshot"]) / "manifest.json").is_file()
    replay = ("replay", *files(tape), "--venue", "binance", "--json")
    assert here(*replay, "--memory", "then", "--out", tmp_path / "out").json["events"] > 1_000
    assert here("memory", "verify", "--json").json["whole"] is True
    assert here("memory", "rebuild", "--json").json["whole"] is True
    assert here("doctor", "--json").json["healthy"] is True
    assert here("compile", "--json").json["compile_s"] >= 0
    reflected = here("reflect", "--json").json
    assert Path(reflected["report"]).is_file()
    asked = here("ask", "how many signals did you skip?", "--json").json
    assert asked["answer"]
    decision = (tmp_path / "out" / "decisions.jsonl").read_text().split('"decision_id":"')[1][:12]
    explained = here("explain", decision, "--home", tmp_path / "out" / "memory", "--json").json
    assert decision in str(explained)


def test_people_are_told_the_same_without_json(here: Here, tape: TapeFiles, tmp_path: Path) -> None:
    said = here("replay", *files(tape), "--venue", "binance", "--out", tmp_path / "out")
    assert said.code == 0
    assert "Replay of binance BTCUSDT" in said.out
    assert re.search(r"decisions +\d+", said.out)
    assert here("doctor").code == 0


def test_what_a_replay_remembers_is_whole_and_another_replay_may_start_from_it(
    here: Here, tape: TapeFiles, tmp_path: Path
) -> None:
    replay = ("replay", *files(tape), "--venue", "binance", "--json")
    first = here(*replay, "--out", tmp_path / "out").json
    left = tmp_path / "out" / "memory"
    said = here("memory", "verify", "--home", left)
    assert (said.code, said.err) == (0, "")
    assert "none yet" in said.out
    again = here(*replay, "--memory", left).json
    assert again["run_id"] != first["run_id"]
    assert here(*replay, "--memory", left).json["run_id"] == again["run_id"]
    here(*replay, "--memory", tmp_path).fails_in_one_line(6, f"none at {tmp_path}")


def test_memory_is_whole_after_each_of_two_runs(here: Here, tape: TapeFiles) -> None:
    before = 0
    for _ in range(2):
        assert here("run", "--tape", tape.book.parent, "--speed", "10000", "--json").code == 0
        found = here("memory", "verify", "--json").json
        assert found["whole"] is True
        assert found["library"] == "checked"
        assert found["patterns"] == found["counts"]["pattern"] > before
        before = found["patterns"]


def test_sense_writes_a_row_a_step_with_every_feature(here: Here, tape: TapeFiles, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "senses.parquet"
    summary = here("sense", *files(tape), "--every", "500ms", "--out", out, "--json").json
    table = pq.read_table(out)
    assert table.column_names == ["ts", "symbol", *FEATURES]
    assert table.num_rows == summary["rows"] > 80
    stamps = table["ts"].to_pylist()
    assert all(b - a == NANOS // 2 for a, b in pairwise(stamps))
    assert stamps[0] % (NANOS // 2) == 0
    assert set(table["symbol"].to_pylist()) == {"BTCUSDT"}
    assert {type(value) for value in table["mm_detected"].to_pylist()} <= {bool, type(None)}
    assert not any(value != value for name in FEATURES for value in table[name].to_pylist()), "NaN, not null"


def test_a_process_keeps_stdout_for_the_document(tape: TapeFiles, tmp_path: Path) -> None:
    words = ("run", "--tape", tape.book.parent, "--speed", "10000", "--json")
    said = keeper(*words, home=tmp_path / "home")
    assert said.code == 0, said.err
    assert said.json["decisions"] > 0
    assert "paper mode" in said.err


@pytest.mark.parametrize("words", [("doctor", "--json"), ("doctor",), ("--help",)])
def test_a_reader_that_leaves_early_gets_no_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command(*words), env=environment(tmp_path / "home"), cwd=tmp_path, text=True, check=False,
            stdout=writing, stderr=subprocess.PIPE,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_help_is_there_at_once(tmp_path: Path) -> None:
    program = (
        "import sys\nsys.argv = ['keeper', '--help']\nfrom keeper_agent.cli import main\n"
        f"try: main()\nfinally: print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0
    assert "Exit codes" in done.stdout
    assert done.stderr.splitlines()[-1] == "[]", "help imports what it does not need"


def test_every_exit_code_is_in_the_help(here: Here) -> None:
    said = " ".join(here("--help").out.split())
    for code in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70, 130):
        assert re.search(rf"[ :]{code} [a-z]", said), code
