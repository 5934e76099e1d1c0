"""Commands of the tutorials: read from their ``console`` blocks, run, and held against what the page shows.

A line that begins with ``$`` is a command; the lines below it are what it prints, where ``…`` is anything, on
a line of its own any lines. An id stands for the one that is printed at its place, and keeps standing for it.
Above a block, ``<!-- ends with N -->`` says with which code its commands end, ``<!-- figures vary -->`` that
its numbers stand for any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PART = re.compile(r"(?:<!-- (?P<told>.*) -->\n)?^```console\n(?P<block>(?:.*\n)*?)^```$", re.MULTILINE)
ENDS = re.compile(r"ends with (\d+)")
VARY = "figures vary"
NUMBER = re.compile(r"(?<![A-Za-z_\d])[-+]?\d[\d,.]*")
A_NUMBER = r"[-+]?\d[\d,.]*"
ANYTHING = "…"
PIECE = re.compile(rf"({ANYTHING}|\b[a-z]+_[0-9a-f]{{6,}})")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a page, what it should print (nothing is asked where that is empty) and end with."""

    command: str
    shown: tuple[str, ...]
    code: int = 0
    do_figures_vary: bool = False


def steps_of(page: Path) -> list[Step]:
    """The commands of a page in order."""
    return [step for part in PART.finditer(page.read_text("utf-8")) for step in _steps(part)]


def _steps(part: re.Match[str]) -> Iterator[Step]:
    told = part["told"] or ""
    ends = ENDS.search(told)
    for piece in re.split(r"^\$ ", part["block"], flags=re.MULTILINE)[1:]:
        command, *shown = piece.rstrip("\n").split("\n")
        yield Step(command, tuple(shown), int(ends[1]) if ends else 0, VARY in told)


def filled(command: str, known: dict[str, str]) -> str:
    """The command with the ids that were printed in place of those that the page shows."""
    return PIECE.sub(lambda found: known.get(found[0], found[0]), command)


def mismatch(step: Step, printed: str, known: dict[str, str]) -> str | None:
    """What of the page was not printed, as a sentence; None where all was. Ids are noted in ``known``."""
    names: dict[str, str] = {}
    pattern = "".join(
        r"(?:.*\n)*?"
        if line == ANYTHING
        else _pattern(line, known, names, step.do_figures_vary) + r"[ \t]*\n"
        for line in step.shown
    )
    found = re.fullmatch(pattern, printed if printed.endswith("\n") else f"{printed}\n")
    if found is None:
        return f"$ {step.command}\nexpected\n" + "\n".join(step.shown) + f"\nwas\n{printed}"
    known.update({name: found[group] for name, group in names.items()})
    return None


def _pattern(line: str, known: dict[str, str], names: dict[str, str], do_figures_vary: bool) -> str:
    """A line as a pattern; ``names`` gets the group of each id that is new."""
    told = ""
    for piece in PIECE.split(line):
        if piece == ANYTHING:
            told += ".*"
        elif not PIECE.fullmatch(piece):
            told += (
                A_NUMBER.join(map(re.escape, NUMBER.split(piece))) if do_figures_vary else re.escape(piece)
            )
        elif piece in known:
            told += re.escape(known[piece])
        elif piece in names:
            told += f"(?P={names[piece]})"
        else:
            names[piece] = f"id{len(names)}"
            head, _, tail = piece.partition("_")
            told += f"(?P<{names[piece]}>{head}_[0-9a-f]{{{len(tail)}}})"
    return told
