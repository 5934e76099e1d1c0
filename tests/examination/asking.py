"""Puts a question to the real ``keeper ask --json``, in this process or as a process of its own."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from keeper_agent.cli import main
from tests.examination.record import DATABASE

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """What the command ended with.

    Attributes:
        document: The JSON on stdout; empty where there was none.
        is_intact: Whether the database holds the same bytes as before.
    """

    code: int
    document: dict[str, Any]
    error: str
    is_intact: bool = True

    @property
    def answer(self) -> str:
        """The text a person reads."""
        return str(self.document.get("answer", ""))


@contextmanager
def own_home(home: Path) -> Iterator[Path]:
    """A copy of the record, so that no conversation leaks into the next."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        copy.mkdir(mode=0o700)
        shutil.copy(home / DATABASE, copy / DATABASE)
        yield copy


def ask_here(question: str, home: Path) -> Reply:
    """Ask in this process."""
    before = (home / DATABASE).read_bytes()
    out, err, words = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["keeper", "ask", "--json", "--home", str(home), "--", question]
    code = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    finally:
        sys.argv = words
    return _reply(code, out.getvalue(), err.getvalue(), (home / DATABASE).read_bytes() == before)


def ask_apart(question: str, home: Path) -> Reply:
    """Ask by a process of its own."""
    before = (home / DATABASE).read_bytes()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "keeper_agent.cli", "ask", "--json", "--home", str(home), "--", question],
        env=kept | {"KEEPER_HOME": str(home), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return _reply(done.returncode, done.stdout, done.stderr, (home / DATABASE).read_bytes() == before)


def _reply(code: int, out: str, err: str, is_intact: bool) -> Reply:
    document = orjson.loads(out) if out.strip() else {}
    return Reply(code, document, err.strip(), is_intact)
