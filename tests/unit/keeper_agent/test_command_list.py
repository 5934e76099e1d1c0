"""``keeper --help``: every command stands in one section, with a sentence that is not cut."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from keeper_agent.cli import app
from keeper_agent.command_list import SECTIONS, WHOLE, Commands

GROUP = typer.main.get_command(app)


def listed(*names: str) -> str:
    made = typer.Typer(cls=Commands, rich_markup_mode=None)
    for name in ("unseen", *names):
        made.command(name, help=f"Do {name}.")(lambda: None)
    return CliRunner().invoke(made, ["--help"]).output


def test_every_command_is_in_exactly_one_section() -> None:
    assert isinstance(GROUP, Commands)
    named = [name for names in SECTIONS.values() for name in names]
    assert sorted(named) == sorted(GROUP.commands)


@pytest.mark.parametrize("name", sorted(name for names in SECTIONS.values() for name in names))
def test_a_sentence_is_whole(name: str) -> None:
    assert isinstance(GROUP, Commands)
    told = GROUP.commands[name].get_short_help_str(WHOLE)
    assert told.endswith(".")
    assert not told.endswith(("...", "e.g."))


def test_what_is_in_no_section_is_still_listed() -> None:
    told = listed("run", "sing")
    assert told.index("Trade:") < told.index("run") < told.index("Others:") < told.index("sing")
    assert "Trade" not in listed("sing")


@pytest.mark.parametrize(("word", "code"), [("--version", 0), ("sing", 2)])
def test_the_package_is_the_command(word: str, code: int) -> None:
    command = [sys.executable, "-m", "keeper_agent", word]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == code
    assert (ended.stdout or ended.stderr).startswith("keeper")
