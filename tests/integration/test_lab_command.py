"""``keeper lab`` as a user has it: a session or pairs of them, JSON, one line where words are wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.support.commands import ROOT, Here


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path / "home"))
    return Here(monkeypatch, capsys)


def test_a_session_is_one_document_and_the_same_again(here: Here, tmp_path: Path) -> None:
    words = ("lab", "--seed", "3", "--coins", "1", "--minutes", "1.5", "--explore", "--json")
    first, again = here(*words), here(*words)
    assert (first.code, first.err) == (0, "")
    found = first.json
    assert found["decisions"] > 10
    assert (found["scenario"], found["seed"], found["left_open"]) == ("T2", 3, [])
    assert (found["exploration"], found["entries_at"]) == (0.5, "inside")
    assert found["digest"] == again.json["digest"]
    assert not (tmp_path / "home").exists()


def test_a_session_is_shown_to_people(here: Here) -> None:
    said = here("lab", "--coins", "1", "--minutes", "0.5")
    assert said.code == 0, said.err
    assert "Laboratory: T2, seed 7" in said.out
    assert "virtual seconds in" in said.out
    assert "explores" not in said.out


def test_what_was_kept_can_be_verified_explained_and_learned_from(here: Here, tmp_path: Path) -> None:
    words = ("lab", "--seed", "3", "--coins", "1", "--minutes", "1.5", "--explore", "--json")
    out = tmp_path / "out"
    first = here(*words, "--out", out).json
    assert here("memory", "verify", "--home", out).code == 0
    assert first["decision"] in here("explain", first["decision"], "--home", out).out
    orders = pq.read_table(out / "truth" / "orders.parquet")  # type: ignore[no-untyped-call]
    assert "keeper" in orders["agent"].to_pylist()
    later = here(*words, "--memory", out).json
    assert later["run_id"] != first["run_id"]
    assert later["decisions"] > 10
    here(*words, "--out", out).fails_in_one_line(3, "without a memory")
    here("lab", "--pairs", "1", "--out", out).fails_in_one_line(2, "--out")


def test_pairs_say_what_the_change_did(here: Here) -> None:
    words = ("lab", "--coins", "1", "--minutes", "0.5", "--pairs", "2", "--workers", "1", "--explore")
    same = here(*words, "--change", "signal_spacing_s=3", "--json").json
    assert same["change"] == "signal_spacing_s=3"
    assert {one["mean"] for one in same["differences"].values()} == {0.0}
    shown = here(*words)
    assert shown.code == 0
    assert "2 pairs: without Keeper" in shown.out
    assert "too few" in shown.out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--scenario", "T9"), "tier must be one of"),
        (("--minutes", "0"), "--minutes expects"),
        (("--minutes", "nan"), "--minutes expects"),
        (("--coins", "0"), "1 to 5 thin coins"),
        (("--seed", "-1"), "--seed expects"),
        (("--pairs", "-1"), "--pairs expects"),
        (("--pairs", "1", "--workers", "0"), "--workers expects"),
        (("--change", "stop_bps=30"), "give --pairs"),
        (("--pairs", "1", "--change", "stop_bps"), "expects name=value"),
        (("--pairs", "1", "--change", "stop_bps=0"), "stop_bps must be between"),
        (("--pairs", "1", "--change", "luck=1"), "unknown parameter 'luck'"),
    ],
)
def test_wrong_words_are_one_line(here: Here, words: tuple[str, ...], complaint: str) -> None:
    here("lab", *words).fails_in_one_line(2, complaint)


def test_the_words_alone_load_neither_laboratory_nor_venue() -> None:
    heavy = "[name for name in sys.modules if name.split('.')[0] in ('venue', 'numba', 'scheduler')]"
    script = f"import sys, keeper_agent.cli; print({heavy})"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
