"""Tables of phrases, kept as text beside the code so that a person can read and mend them."""

from __future__ import annotations

from pathlib import Path

NOTHING = "-"  # what a phrase says that says nothing
_FOLDER = Path(__file__).parent


def read_sayings(name: str) -> list[tuple[str, list[str]]]:
    """What is said, and below it the ways to say it, in order.

    Raises:
        ValueError: A way to say something stands below nothing.
    """
    found: list[tuple[str, list[str]]] = []
    for line in _lines(name):
        if not line.startswith(" "):
            found.append(("" if line == NOTHING else line, []))
        elif found:
            found[-1][1].append(line.strip())
        else:
            raise ValueError(f"{name} begins with a way to say nothing: {line.strip()!r}")
    return found


def read_meanings(name: str) -> dict[str, str]:
    """Phrases with what each of them means.

    Raises:
        ValueError: A line is no phrase with its meaning, or a phrase has two.
    """
    found: dict[str, str] = {}
    for line in _lines(name):
        phrase, equals, meaning = line.partition(" = ")
        if not equals or found.get(phrase, meaning) != meaning:
            raise ValueError(f"{name}: expected one meaning of each phrase, was {line!r}")
        found[phrase] = "" if meaning == NOTHING else meaning
    return found


def read_lines(name: str) -> list[str]:
    """Every line that is no comment."""
    return _lines(name)


def _lines(name: str) -> list[str]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
