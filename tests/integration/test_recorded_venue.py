"""``keeper venue --tape``: a recording shown by a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import Here
from tests.support.recorded import cut

VENUE = (sys.executable, "-m", "keeper_agent.cli", "venue")


def test_the_venue_says_where_it_is_and_stays_when_the_tape_is_over(tmp_path: Path) -> None:
    cut(tmp_path, microseconds=500_000)
    words = [*VENUE, "--tape", str(tmp_path), "--speed", "50"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert (told["symbols"], told["tape"]["is_over"]) == (["BTCUSDT"], False)
        over = json.loads(process.stdout.readline())["tape"]
        assert over["is_over"]
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=900) == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--tape", "nowhere"), "--tape: nowhere: expected a folder with recordings, it is missing"),
        (("--hold",), "--speed and --hold are for a --tape, there is none"),
        (("--tape", "nowhere", "--truth-out", "x"), "--truth-out is for a scenario"),
        (("--tape", "nowhere", "--speed", "fast"), "--speed expects a positive number or max, was fast"),
    ],
)
def test_a_wrong_word_is_one_line_and_exit_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    complaint: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    found = Here(monkeypatch, capsys)("venue", *words)
    found.fails_in_one_line(2, complaint)
    assert found.err.strip().count("\n") == 0
