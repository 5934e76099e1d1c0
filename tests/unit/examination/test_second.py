"""The second set: its record, its keys, and the marks it gives, each shown to fail where it must."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.examination.asking import Reply
from tests.examination.facts import Count
from tests.examination.ledger import Ledger
from tests.examination.questions import Kind, Question
from tests.examination.record import DATABASE
from tests.examination.scorer import Mark, score
from tests.examination.second.__main__ import main
from tests.examination.second.paper import (
    KINDS,
    Date,
    Either,
    Headline,
    Rotten,
    column,
    desk,
    entries,
    questions,
)
from tests.examination.second.sitting import examine, in_seconds, strictly

MADE_UP = "d_00aa11bb22cc33dd44ee55ff"


def test_every_answer_is_still_what_it_was_when_its_question_was_written(second_home: Path) -> None:
    asked = questions(second_home)
    assert Counter(one.language for one in asked) == {"en": 30, "vi": 30}
    assert Counter(one.kind for one in asked) == {
        Kind.SINGLE: 42,
        Kind.OPENING: 5,
        Kind.FOLLOW_UP: 5,
        Kind.UNANSWERABLE: 8,
    }
    assert len({one.text for one in asked}) == 60
    assert all(bool(one.facts) is not one.is_to_be_refused for one in asked)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM outcome WHERE symbol = 'FILUSDT' AND kind = 'taken'",
        "UPDATE outcome SET net_quote = '0.01' WHERE kind = 'taken' AND result = 'stop'",
        "UPDATE consultation SET cost_usd = '0.5'",
        "DELETE FROM parameter WHERE version = 6",
    ],
)
def test_a_record_that_changed_is_told(second_home: Path, tmp_path: Path, damage: str) -> None:
    shutil.copy(second_home / DATABASE, tmp_path / DATABASE)
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute(damage)
    connection.close()
    with pytest.raises(Rotten, match="expected"):
        questions(tmp_path)


def test_a_follow_up_comes_right_after_what_it_follows() -> None:
    asked = entries()
    after = [(one, two) for one, two in pairwise(asked) if two["kind"] == "follow_up"]
    assert len(after) == 5
    assert all(two["before"] == one["text"] and one["kind"] == "opening" for one, two in after)


def test_the_views_hold_each_row_once_and_its_money_is_that_of_its_fills(second_home: Path) -> None:
    with desk(second_home) as connection:
        rows = column(connection, "SELECT count(*) FROM d UNION ALL SELECT count(*) FROM decision")
        trips = column(
            connection, "SELECT count(*) FROM t UNION ALL SELECT sum(action = 'enter') FROM decision"
        )
        apart = connection.execute(
            "SELECT max(abs(t.net - flow)), max(abs(t.fees - paid)), count(*) FROM t JOIN "
            "(SELECT decision_id, sum(-side * price * 1e-8 * size * 1e-8 - fee) AS flow, sum(fee) AS paid "
            "FROM f GROUP BY decision_id) ON decision_id = t.id"
        ).fetchone()
    assert rows[0] == rows[1] > 1_400
    assert trips[0] == trips[1] == apart[2] > 500
    assert apart[0] < 1e-9 > apart[1]


def test_no_symbol_has_two_decisions_at_a_time_that_a_question_names(second_home: Path) -> None:
    query = "SELECT count(*) FROM (SELECT 1 FROM d GROUP BY symbol, day, hour HAVING count(*) > 1)"
    with desk(second_home) as connection:
        assert column(connection, query) == [0]


def test_the_desk_cannot_write(second_home: Path) -> None:
    with desk(second_home) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM decision")


def test_a_figure_below_the_first_line_is_no_count() -> None:
    assert Headline(Count(12)).holds("12 trades:\n  n = 5")
    assert not Headline(Count(5)).holds("12 trades:\n  n = 5")


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("changed at 2033-10-01T23:55:00.000Z", True),
        ("on 1 October", True),
        ("on Oct 1, late", True),
        ("ngày 1 tháng 10", True),
        ("on 11 October", False),
        ("on Oct 12", False),
        ("at 2033-10-11", False),
    ],
)
def test_a_date_is_told_in_any_usual_way_and_no_other_date_is_it(text: str, is_named: bool) -> None:
    assert Date("2033-10-01").holds(text) is is_named


def test_either_amount_will_do_and_no_third() -> None:
    fact = Either((-10.69, -0.0534719))
    assert fact.holds("net -10.69 bps")
    assert fact.holds("it lost 0.05347 USDT")
    assert not fact.holds("net -3.92 bps, -0.0107")


def test_the_first_of_several_names_is_the_answer() -> None:
    fact = KINDS["first"](["FILUSDT", "ADAUSDT"])
    assert fact.holds("FILUSDT is ahead of ADAUSDT")
    assert not fact.holds("ADAUSDT is ahead of FILUSDT")
    assert not fact.holds("Best of both:\nFILUSDT")


def test_a_text_that_names_what_is_not_there_is_wrong(second_home: Path) -> None:
    question = Question("en", Kind.SINGLE, "count", "how many trades?", facts=(Count(2),))
    ledger = Ledger(second_home)
    with desk(second_home) as connection:
        known = column(connection, "SELECT decision_id FROM decision ORDER BY ts LIMIT 5")
    for name, mark in ((known[0], Mark.RIGHT), (MADE_UP, Mark.WRONG)):
        reply = Reply(0, {"answer": f"2 trades: {name}", "numbers": {"n": 2}}, "")
        assert strictly(score(question, reply, ledger), known).mark is mark


def test_minutes_and_seconds_are_one_figure() -> None:
    reply = Reply(0, {"answer": "held 2 min 48 s (168.1 s), n = 52"}, "")
    assert in_seconds(reply).answer == "held 168 s (168.1 s), n = 52"
    assert in_seconds(Reply(6, {}, "no")).document == {}


Change = Callable[[dict[str, Any]], None]


def _plant_count(entry: dict[str, Any]) -> None:
    entry["facts"] = [{"fact": "count", "sql": "SELECT 21", "found": [21]}]


def _plant_citable(entry: dict[str, Any]) -> None:
    entry["citable"] = "SELECT id FROM t WHERE day = '2033-10-06'"


@pytest.mark.parametrize(
    ("change", "mark"),
    [(lambda entry: None, Mark.RIGHT), (_plant_count, Mark.WRONG), (_plant_citable, Mark.WRONG)],
)
def test_the_real_command_is_right_by_a_right_key_only(
    second_home: Path, tmp_path: Path, change: Change, mark: Mark
) -> None:
    entry = next(one for one in entries() if one["text"] == "number of losing trades last tuesday")
    change(entry)
    (tmp_path / "one.json").write_bytes(orjson.dumps({"questions": [entry]}))
    (found,) = examine(second_home, tmp_path / "one.json")
    assert found.mark is mark, found.why


def test_no_file_of_questions_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main([str(tmp_path / "none.json")])
    assert leaving.value.code == 2
    assert "expected a file of questions" in capsys.readouterr().err
