"""``keeper venue`` and ``keeper run --world venue``: real processes, sockets and the unmodified client."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest

from tests.support.commands import Here, keeper

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


def test_two_sessions_in_one_home_decide_end_flat_and_meet_no_trade_they_know(tmp_path: Path) -> None:
    """Every world counts its trades from its own start: memory tells trades apart by their number."""
    words = ("run", "--world", "venue", "--minutes", "0.5", "--json")
    home = tmp_path / "home"
    busy = (
        "mm_min_trades=2,mm_min_confidence=0,mm_refresh_rate_min=0.1,entry_zone=1,signal_min_confidence=0,"
        "signal_spacing_s=1,probe_share=0.5,hold_timeout_s=5,abort_confidence=0,tape_window_s=120,entry_ticks_ahead=100"
        ",entry_least_bps=0,exit_lead_s=0"
    )
    for _ in range(2):
        said = keeper(*words, home=home, timeout=1_800, KEEPER_PARAMETERS=busy, KEEPER_SEED="16")
        assert said.code == 0, said.err
        assert "Traceback" not in said.err
        summary = said.json
        assert (summary["world"], summary["left_open"]) == ("venue", [])
        assert summary["fills"] > 0
        ended = json.loads((home / "status.json").read_bytes())
        assert (ended["run_id"], ended["positions"], ended["orders"]) == (summary["run_id"], [], [])
        assert {row["doing"] for row in ended["symbols"]} == {"watching"}
        assert ended["run"]["round_trips"] == summary["round_trips"] > 0
    assert ended["metrics"]["last_24h"]["round_trips"] > summary["round_trips"], "of both sessions"
    lines = [json.loads(line) for line in (home / "logs" / "keeper.log").read_text().splitlines()]
    assert [
        len({one["run_id"] for one in lines if one["event"] == f"run {end}"}) for end in ("began", "ended")
    ] == [2, 2]
    told = keeper("parity", "--json", home=home).json
    assert [run["not_played"] for run in told["runs"]] == [{}, {}], "what was seen was not kept"
    assert told["compared"]["decision"] > 0
    assert {"data": 0}.items() <= {row["cause"]: row["decision"] for row in told["causes"]}.items()
    assert told["unexplained"] == 0
    verified = keeper("memory", "verify", home=home)
    assert verified.code == 0, verified.err
