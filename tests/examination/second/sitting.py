"""One sitting of the second set: a record, its questions, a score each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.examination.asking import Reply, ask_here, own_home
from tests.examination.ledger import Ledger
from tests.examination.questions import Question
from tests.examination.scorer import Mark, Score, score
from tests.examination.second.paper import QUESTIONS, column, desk, questions
from tests.examination.sitting import conversations
from tools.domain.clock import SystemClock

ID = re.compile(r"\b(?:[dsolcy]|run)_[0-9a-f]{6,}\b")
MINUTES = re.compile(r"\b(\d+) ?(?:min|m|phút) (\d+) ?(?:s|giây)\b")
IDS = """
SELECT decision_id FROM decision UNION SELECT signal_id FROM signal UNION SELECT outcome_id FROM outcome
UNION SELECT lesson_id FROM lesson UNION SELECT strategy_id FROM strategy UNION SELECT run_id FROM run
UNION SELECT consultation_id FROM consultation
"""


def examine(home: Path, path: Path = QUESTIONS) -> list[Score]:
    """Put every question over the record in ``home``, each conversation to a copy of its own."""
    asked, ledger = questions(home, path), Ledger(home)
    with desk(home) as connection:
        known = column(connection, IDS)
        last = column(connection, "SELECT max(ts) FROM decision")[0]
    if SystemClock().now() >= last:
        raise ValueError("expected a record that lies in the future, or the dates asked for are others")
    scores: list[Score] = []
    for talk in conversations(asked):
        scores += _talk(home, talk, ledger, known)
    return scores


def _talk(home: Path, talk: list[Question], ledger: Ledger, known: list[str]) -> Iterator[Score]:
    with own_home(home) as copy:
        for question in talk:
            reply = in_seconds(ask_here(question.text, copy))
            yield strictly(score(question, reply, ledger), known)


def in_seconds(reply: Reply) -> Reply:
    """The reply with "2 min 48 s" as "168 s": its parts are no numbers of their own."""
    text = MINUTES.sub(lambda found: f"{60 * int(found[1]) + int(found[2])} s", reply.answer)
    return replace(reply, document={**reply.document, "answer": text}) if text else reply


def strictly(given: Score, known: list[str]) -> Score:
    """The score, wrong where the text names an id that is no beginning of one in the record."""
    named = set(ID.findall(given.reply.answer))
    dead = [one for one in sorted(named) if not any(full.startswith(one) for full in known)]
    if not dead:
        return given
    why = f"names {dead[0]}, which the record does not have"
    return replace(given, mark=Mark.WRONG, dead=(*given.dead, *dead), why=why)
