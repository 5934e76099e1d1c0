"""``keeper venue`` and ``keeper run --world venue``: real processes, sockets and the unmodified client."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest

from keeper_agent.heart import HEART_FILE
from memory.connection import DATABASE
from tests.support.commands import Here, Said

KEEPER = (sys.executable, "-m", "keeper_agent.cli")


def test_the_venue_says_where_it_is_and_leaves_a_whole_truth(tmp_path: Path) -> None:
    words = ("venue", "--scenario", "T2", "--coins", "1", "--truth-out", str(tmp_path))
    with subprocess.Popen([*KEEPER, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["symbols"] == ["BTCUSDT", "ORBUSDT"]
        assert told["binance"].startswith("http://127.0.0.1:")
        assert told["mexc"].startswith("http://127.0.0.1:")
        assert told["mexc"] != told["binance"]
        with urlopen(f"{told['futures']}/fapi/v1/exchangeInfo") as answer:  # noqa: S310 (our own child)
            listed = json.load(answer)["symbols"]
        assert [one["contractType"] for one in listed] == ["PERPETUAL"] * 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=900) == 0
    assert pq.read_table(tmp_path / "orders.parquet").num_rows > 100  # type: ignore[no-untyped-call]


def test_a_wrong_word_is_one_line_and_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Here(monkeypatch, capsys)("venue", "--scenario", "T9")
    found.fails_in_one_line(2, "tier must be one of")


def test_a_venue_that_is_a_child_ends_with_its_parents_input() -> None:
    words = [*KEEPER, "venue", "--child", "--coins", "1"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        process.stdin.close()
        assert process.wait(timeout=900) == 0


def fills_in(home: Path) -> int:
    """How many are on disk; none while the database is still being made."""
    try:
        with closing(sqlite3.connect(f"file:{home / DATABASE}?mode=ro", uri=True)) as tables:
            return int(tables.execute("SELECT COUNT(*) FROM fill").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def lived(words: Sequence[str], home: Path, surroundings: Mapping[str, str]) -> Said:
    """A session of half a minute, and then until it has had a fill: a busy machine may take longer."""
    before, said, told = fills_in(home), home.parent / "said", home.parent / "told"
    with said.open("w") as out, told.open("w") as err:
        process = subprocess.Popen([*KEEPER, *words], stdout=out, stderr=err, env=dict(surroundings))
        try:
            deadline, began = time.monotonic() + 1_800, None
            while began is None or time.monotonic() < began + 30 or fills_in(home) == before:
                assert process.poll() is None, told.read_text()
                assert time.monotonic() < deadline, f"no fill within 1,800 s: {told.read_text()}"
                if began is None and (home / HEART_FILE).exists():
                    began = time.monotonic()
                time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            process.wait(900)
        finally:
            process.kill()
            process.wait()
    (home / HEART_FILE).unlink()
    return Said(process.returncode, said.read_text(), told.read_text())


def test_two_sessions_in_one_home_decide_end_flat_and_meet_no_trade_they_know(tmp_path: Path) -> None:
    """Every world counts its trades from its own start: memory tells trades apart by their number."""
    home = tmp_path / "home"
    words = ("run", "--world", "venue", "--minutes", "60", "--home", str(home), "--json")
    busy = (
        "mm_min_trades=2,mm_min_confidence=0,mm_refresh_rate_min=0.1,entry_zone=1,signal_min_confidence=0,"
        "signal_spacing_s=1,probe_share=0.5,hold_timeout_s=5,abort_confidence=0,tape_window_s=120,entry_ticks_ahead=100"
    )
    environment = {**os.environ, "KEEPER_PARAMETERS": busy, "KEEPER_SEED": "16"}
    for _ in range(2):
        found = lived(words, home, environment)
        assert found.code == 0, found.err
        assert "Traceback" not in found.err
        summary = found.json
        assert (summary["world"], summary["left_open"]) == ("venue", [])
        assert summary["fills"] > 0
    lines = [json.loads(line) for line in (home / "logs" / "keeper.log").read_text().splitlines()]
    assert [
        len({one["run_id"] for one in lines if one["event"] == f"run {end}"}) for end in ("began", "ended")
    ] == [2, 2]
    told = json.loads(
        subprocess.run(
            [*KEEPER, "parity", "--json", "--home", str(home)], capture_output=True, text=True, check=True
        ).stdout
    )
    assert [run["not_played"] for run in told["runs"]] == [{}, {}], "what was seen was not kept"
    assert told["compared"]["decision"] > 0
    assert {"data": 0}.items() <= {row["cause"]: row["decision"] for row in told["causes"]}.items()
    assert told["unexplained"] == 0
    verified = subprocess.run(
        [*KEEPER, "memory", "verify", "--home", str(home)], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stderr
