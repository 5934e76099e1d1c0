"""Questions of people without the grammar are answered as SQL answers them, or refused where they must be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import tests.examination.fourth
from graphs.answers import Answer
from graphs.query import answer
from memory.statistics import last_decision_time
from memory.store import Store
from tests.examination.second.paper import column, desk
from tools.domain.errors import BadUsage, NotInRecord

MINUTE_NS = 60 * 10**9
PAPER = Path(tests.examination.fourth.__file__).with_name("questions.txt")


@dataclass(frozen=True)
class Put:
    """A question with what answers it."""

    kind: str
    text: str
    query: str


def read() -> list[Put]:
    lines = PAPER.read_text(encoding="utf-8").splitlines()
    pieces = [line.split("|", 2) for line in lines if line.strip() and not line.startswith("#")]
    return [Put(kind.strip(), text.strip(), query.strip()) for kind, text, query in pieces]


@dataclass
class Room:
    store: Store
    desk: sqlite3.Connection
    now: int
    first: str


@pytest.fixture(scope="module")
def room(second_home: Path) -> Iterator[Room]:
    with Store.open(second_home, is_throwaway=True) as store, desk(second_home) as connection:
        last = last_decision_time(store)
        assert last is not None
        (first,) = column(connection, "SELECT id FROM t ORDER BY ts LIMIT 1")
        yield Room(store, connection, last + MINUTE_NS, first)


def is_told(found: Answer, kind: str, wanted: list[object]) -> bool:
    if kind == "number":
        value = found.numbers.get("value")
        (expected,) = wanted
        return value is not None and float(value) == pytest.approx(float(str(expected)), rel=1e-6, abs=1e-9)
    if kind == "name":
        return found.numbers.get("name") == wanted[0] and str(wanted[0]) in found.text.split("\n")[0]
    if kind == "names":
        return set(found.numbers["names"]) == set(wanted)
    return all(str(one) in found.text for one in wanted)


@pytest.mark.parametrize("put", read(), ids=lambda put: put.text)
def test_a_question_is_answered_as_sql_answers_it(room: Room, put: Put) -> None:
    text = put.text.replace("{id}", room.first)
    if put.kind == "none":
        with pytest.raises((NotInRecord, BadUsage)):
            answer(room.store, text, room.now)
        return
    wanted = column(room.desk, put.query)
    assert wanted, "the SQL finds nothing to compare with"
    found = answer(room.store, text, room.now)
    assert is_told(found, put.kind, wanted), (found.text[:300], found.understood, wanted)


def test_the_set_is_large_and_of_both_languages() -> None:
    texts = [one.text for one in read() if one.kind != "none"]
    assert len(texts) >= 60
    assert sum(not text.isascii() for text in texts) >= 20
    assert len(set(texts)) == len(texts)


def test_another_number_or_name_is_marked_wrong(room: Room) -> None:
    found = answer(room.store, "how many trades?", room.now)
    assert is_told(found, "number", column(room.desk, "SELECT count(*) FROM t"))
    assert not is_told(found, "number", column(room.desk, "SELECT count(*) + 1 FROM t"))
    best = answer(room.store, "which coin made the most money?", room.now)
    assert not is_told(best, "name", ["NOUSDT"])
