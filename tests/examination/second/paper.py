"""Questions as data: each with the SQL that answers it, and what it found when the question was written."""

from __future__ import annotations

import calendar
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.examination.facts import Amount, Count, Fact, First, FirstHour, Says, Share, Span
from tests.examination.questions import Kind, Question
from tests.examination.record import DATABASE

HERE = Path(__file__).parent
QUESTIONS = HERE / "questions.json"
VIEWS = HERE / "views.sql"
MONTHS = tuple(calendar.month_name)


class Rotten(ValueError):
    """A question whose SQL no longer finds what it found when it was written."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A fact that the first line must say: figures further down answer other questions."""

    fact: Fact

    def holds(self, text: str) -> bool:
        """Whether the first line says it."""
        return self.fact.holds(text.strip().partition("\n")[0])


@dataclass(frozen=True, slots=True)
class Date:
    """A date, in any of the usual ways to write it."""

    day: str

    def holds(self, text: str) -> bool:
        """Whether it is named."""
        year, month, day = (int(part) for part in self.day.split("-"))
        name = MONTHS[month]
        ways = [f"{day} {name[:3]}", f"{name[:3]} {day}", f"{name} {day}", f"{day:02d}/{month:02d}/{year}"]
        ways += [f"{day} {name}", f"{name[:3]} {day:02d}", f"{day}/{month}", f"ngày {day} tháng {month}"]
        return self.day in text or any(re.search(rf"\b{re.escape(one)}\b", text) for one in ways)


@dataclass(frozen=True, slots=True)
class Either:
    """One of several amounts, where two people may mean different ones: in quote or in basis points."""

    values: tuple[float, ...]

    def holds(self, text: str) -> bool:
        """Whether one of them is told."""
        return any(Amount(value).holds(text) for value in self.values)


Found = list[Any]
KINDS: dict[str, Callable[[Found], Fact]] = {
    "count": lambda found: Headline(Count(int(found[0]))),
    "number": lambda found: Count(int(found[0])),
    "amount": lambda found: Amount(float(found[0])),
    "either": lambda found: Either(tuple(float(one) for one in found)),
    "share": lambda found: Share(float(found[0])),
    "span": lambda found: Span(float(found[0])),
    "says": lambda found: Says(tuple(str(one) for one in found)),
    "first": lambda found: Headline(First(str(found[0]), tuple(str(one) for one in found))),
    "hour": lambda found: FirstHour(int(found[0])),
    "date": lambda found: Date(str(found[0])),
}


@contextmanager
def desk(home: Path) -> Iterator[sqlite3.Connection]:
    """The record read only, with the views that the questions' SQL reads."""
    connection = sqlite3.connect(f"file:{home / DATABASE}?mode=ro", uri=True)
    try:
        connection.executescript(VIEWS.read_text())
        yield connection
    finally:
        connection.close()


def entries(path: Path = QUESTIONS) -> list[dict[str, Any]]:
    """The questions as they are written down."""
    found: list[dict[str, Any]] = orjson.loads(path.read_bytes())["questions"]
    return found


def questions(home: Path, path: Path = QUESTIONS) -> list[Question]:
    """Every question, with its answer worked out anew from the record in ``home``.

    Raises:
        Rotten: An answer is another one than when its question was written.
    """
    with desk(home) as connection:
        return [_question(connection, entry) for entry in entries(path)]


def column(connection: sqlite3.Connection, query: str) -> Found:
    """All values a query finds, row after row."""
    return [value for row in connection.execute(query) for value in row]


def _question(connection: sqlite3.Connection, entry: dict[str, Any]) -> Question:
    cited = entry.get("citable")
    return Question(
        language=entry["language"],
        kind=Kind(entry["kind"]),
        subject=entry["subject"],
        text=entry["text"],
        facts=tuple(_fact(connection, fact, entry["text"]) for fact in entry["facts"]),
        citable=None if cited is None else _citable(connection, cited),
        must_cite=cited is not None,
        before=entry.get("before", ""),
    )


def _fact(connection: sqlite3.Connection, fact: dict[str, Any], text: str) -> Fact:
    found = column(connection, fact["sql"])
    if not is_same(found, fact["found"]):
        raise Rotten(f"{text!r}: expected {fact['found']}, found {found}")
    return KINDS[fact["fact"]](found)


def is_same(found: Found, kept: Found) -> bool:
    """Whether two findings agree, sums of decimals within their rounding."""
    return len(found) == len(kept) and all(
        abs(one - other) <= 1e-9 * max(1.0, abs(other)) if isinstance(one, float) else one == other
        for one, other in zip(found, kept, strict=True)
    )


def _citable(connection: sqlite3.Connection, query: str) -> frozenset[str]:
    """What may be cited for the decisions a query finds: themselves, their signals and their outcomes."""
    around = (
        f"SELECT decision_id, signal_id FROM decision WHERE decision_id IN ({query}) "  # noqa: S608 (our own)
        f"UNION ALL SELECT outcome_id, decision_id FROM outcome WHERE decision_id IN ({query})"
    )
    return frozenset(str(one) for one in column(connection, around))
