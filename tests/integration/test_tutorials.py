"""The tutorials, from an empty home on: every command of every page, and what the page says it prints."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.support.commands import Here, Said, command
from tests.support.sources import ROOT
from tests.support.tutorials import Step, filled, mismatch, steps_of

PAGES = ("first-run", "ask", "explain", "backup", "dashboard", "reports")
TUTORIALS = ROOT / "docs" / "tutorials"
PORT = "8790"  # on the pages; here a free one stands in for it
PATIENCE_S = 60.0
BEHIND = " &"
ASSIGNS = re.compile(r"(?:export )?([A-Z_]+)=(.*)")


class Reader:
    """Somebody who does what the pages say, in a folder of his own."""

    def __init__(self, here: Here, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._here, self._folder, self._monkeypatch = here, folder, monkeypatch
        self._known: dict[str, str] = {}
        self._behind: list[subprocess.Popen[str]] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = str(free.getsockname()[1])

    def follow(self, step: Step) -> None:
        """Do one step; it prints what is shown and ends as is said."""
        words = filled(step.command, self._known).replace(PORT, self._port)
        if words.endswith(BEHIND):
            said = Said(0, self._start(words.removesuffix(BEHIND), len(step.shown)), "")
        else:
            said = self._said(words)
        assert said.code == step.code, f"$ {step.command}\n{said.out}{said.err}"
        if step.shown:
            printed = (said.out + said.err).replace(self._port, PORT)
            assert (wrong := mismatch(step, printed, self._known)) is None, wrong

    def _said(self, words: str) -> Said:
        assigned = ASSIGNS.fullmatch(words)
        if assigned is not None:
            value = self._shell(f'{words}; printf %s "${assigned[1]}"').out
            self._monkeypatch.setenv(assigned[1], value)
            return Said(0, "", "")
        if words.startswith("keeper "):
            return self._here(*shlex.split(words)[1:])
        if words == "kill %1":
            ended = self._behind.pop(0)
            ended.terminate()
            return Said(ended.wait(PATIENCE_S), "", "")
        return self._shell(words)

    def _shell(self, words: str) -> Said:
        done = subprocess.run(
            ["bash", "-c", words],  # noqa: S607 (whichever shell the reader has)
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def _start(self, words: str, lines: int) -> str:
        """Start what goes on behind; what it first says, so many lines."""
        out = self._folder / "behind.out"
        with out.open("w") as file:
            self._behind.append(
                subprocess.Popen(
                    command(*shlex.split(words)[1:]), cwd=self._folder, stdout=file, stderr=file, text=True
                )
            )
        until = monotonic() + PATIENCE_S
        while out.read_text().count("\n") < lines:
            assert monotonic() < until, out.read_text()
            assert self._behind[-1].poll() is None, out.read_text()
            sleep(0.05)
        return out.read_text()

    def leave(self) -> None:
        """End what goes on behind."""
        for process in self._behind:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reader")


@pytest.fixture
def reader(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Reader]:
    for name in [name for name in os.environ if name.startswith(("KEEPER_", "TELEGRAM_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    kernels = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))  # else they are compiled anew
    monkeypatch.setenv("XDG_CACHE_HOME", kernels)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(folder)
    with ExitStack() as leaving:
        found = Reader(Here(monkeypatch, capsys), folder, monkeypatch)
        leaving.callback(found.leave)
        yield found


def test_every_page_does_what_it_says(reader: Reader) -> None:
    if shutil.which("curl") is None:
        pytest.skip("the page on dashboards uses curl, which is not installed")
    for page in PAGES:
        steps = steps_of(TUTORIALS / f"{page}.md")
        assert steps, page
        for step in steps:
            reader.follow(step)


def test_every_page_is_followed_and_linked() -> None:
    assert {path.stem for path in TUTORIALS.glob("*.md")} == set(PAGES)
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    assert all(f"tutorials/{page}.md" in index for page in PAGES)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (("159 decisions.",), "158 decisions.\n"),
        (("159 decisions.",), "159 decisions.\nand more\n"),
        (("won …", "…", "end"), "won 3\nend of it\n"),
        (("n = 3 (worth 2.5)",), "n = three (worth 2.5)\n"),
        (("d_0123456789 then d_0123456789",), "d_aaaaaaaaaa then d_bbbbbbbbbb\n"),
    ],
)
def test_what_is_not_printed_is_found(shown: tuple[str, ...], printed: str) -> None:
    for do_figures_vary in (False, True):
        is_figure = do_figures_vary and shown == ("159 decisions.",) and printed == "158 decisions.\n"
        wrong = mismatch(Step("keeper x", shown, 0, do_figures_vary), printed, {})
        assert (wrong is None) == is_figure


def test_an_id_keeps_standing_for_what_was_printed() -> None:
    known: dict[str, str] = {}
    step = Step("keeper ask x", ("worst: d_0123456789…", "…"), 0)
    assert mismatch(step, "worst: d_fedcba98765432 on BTCUSDT\nmore\nand more\n", known) is None
    assert filled("keeper explain d_0123456789", known) == "keeper explain d_fedcba9876"
