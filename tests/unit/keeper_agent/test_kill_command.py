"""``keeper kill`` and ``keeper resume``: one file, whatever else is broken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson

from tests.support.sources import ROOT


def keeper(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "keeper_agent.cli", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_kill_and_resume_with_a_broken_database_and_broken_settings(tmp_path: Path) -> None:
    """INV-07: the switch depends on nothing that may be broken when it is needed."""
    (tmp_path / "keeper.sqlite").write_text("not a database")
    broken = {"KEEPER_SPEED": "fast", "KEEPER_HOME": str(tmp_path)}
    said = keeper("kill", "--reason", "losing money", "--json", **broken)
    assert (said.returncode, said.stderr) == (0, "")
    assert orjson.loads(said.stdout) == {
        "killed": True,
        "file": str(tmp_path / "kill"),
        "reason": "losing money",
        "heard": False,
    }
    assert (tmp_path / "kill").exists()
    assert keeper("resume", **broken).stdout.startswith("entries are allowed again")
    assert not (tmp_path / "kill").exists()
    again = keeper("resume", "--home", str(tmp_path))
    assert (again.returncode, again.stdout.startswith("the kill switch was not set")) == (0, True)
