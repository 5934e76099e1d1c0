"""Where output goes: results on stdout, everything else on stderr, colour only for people."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import orjson
import platformdirs
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from keeper_agent.veil import veiled

LONG_S = 5.0  # what takes longer than this is explained
COMPILING = (
    "compiling the kernels: a minute or more at the first run, never again (keeper compile does it alone)"
)
BLANKS = re.compile(r"[ \t]+$", re.MULTILINE)


class Output(Console):
    """Stdout for people; a pipe or file gets no blanks at the ends of lines, where tables pad them."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as a console does."""
        if self.is_terminal:
            super().print(*objects, **options)
            return
        with self.capture() as held:
            super().print(*objects, **options)
        self.file.write(BLANKS.sub("", held.get()))
        self.file.flush()


OUT = Output(highlight=False)
ERR = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(
        orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n"
    )


def say(text: str) -> None:
    """One line to the person at the terminal, on stderr."""
    ERR.print(text)


def fail(message: str) -> None:
    """One clear line of error on stderr."""
    ERR.print(Text.assemble(("keeper:", "bold red"), f" {veiled(message)}"), soft_wrap=True)


@contextmanager
def telling_why(text: str, after_s: float = LONG_S) -> Iterator[None]:
    """Say ``text`` to the person if what is within takes longer than ``after_s``."""
    timer = Timer(after_s, say, (text,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def own_words(command: str, home: Path) -> str:
    """``command`` as this person would have to type it: with the program's path and the home where needed."""
    found, running = shutil.which("keeper"), Path(sys.argv[0])
    is_on_path = found is not None and Path(found).resolve() == running.resolve()
    program = "keeper" if is_on_path or running.name != "keeper" else _near(running)
    is_default = home == Path(platformdirs.user_data_dir("keeper"))
    return f"{program} {command}" + ("" if is_default else f" --home {_near(home)}")


def _near(path: Path) -> str:
    """``path`` relative to here where it lies below, else as it is."""
    whole = path if path.is_absolute() else Path.cwd() / path
    return str(whole.relative_to(Path.cwd())) if whole.is_relative_to(Path.cwd()) else str(path)


@contextmanager
def progress(label: str, total: int) -> Iterator[Progress]:
    """A progress bar on stderr, shown only where a person looks.

    Its one task has id 0 and counts to ``total``.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        bar.add_task(label, total=total)
        yield bar
