"""Marks a reply: right, wrong, or an honest "I do not know"; and looks behind everything it says.

Right is an answer that says every fact, cites only what the question is about, cites something where
decisions are asked for, and states no number that neither its own computed result nor a row it
names can back. What has no answer must be refused as not in the record; not to have understood is
not to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.examination.asking import Reply
from tests.examination.figures import DATE, ID, STAMP, figures, is_backed
from tests.examination.ledger import Ledger, numbers_in
from tests.examination.questions import Kind, Question

ANSWERED, NOT_IN_RECORD = 0, 6
NOT_UNDERSTOOD = re.compile(r"did not understand|không hiểu|chưa hiểu", re.IGNORECASE)
COMMON = (95.0,)  # the level of an interval


class Mark(StrEnum):
    """What a reply is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "does not know"


@dataclass(frozen=True, slots=True)
class Score:
    """A marked reply.

    Attributes:
        cited: Ids it cites or names.
        dead: Those of them that nothing in the record has.
        invented: Numbers and times nothing backs.
        why: What was wrong; empty where it is right.
    """

    question: Question
    reply: Reply
    mark: Mark
    cited: tuple[str, ...]
    dead: tuple[str, ...]
    invented: tuple[str, ...]
    why: str


def score(question: Question, reply: Reply, ledger: Ledger) -> Score:
    """Mark ``reply`` to ``question``."""
    cited = citations(reply)
    dead = tuple(one for one in cited if not ledger.has(one))
    invented = tuple(inventions(question, reply, ledger))
    mark, why = _mark(question, reply, cited, (*(f"dead citation {one}" for one in dead), *invented))
    return Score(question, reply, mark, cited, dead, invented, why)


def citations(reply: Reply) -> tuple[str, ...]:
    """Ids that a reply cites, in its list or in its text."""
    listed = [str(one) for one in reply.document.get("citations", [])]
    return tuple(dict.fromkeys([*listed, *ID.findall(reply.answer)]))


def inventions(question: Question, reply: Reply, ledger: Ledger) -> Iterator[str]:
    """Numbers and times in the answer that no computed result and no named row can back."""
    text = reply.answer
    names = [*citations(reply), *ledger.named(text)]
    backing = [*COMMON, *(one.value for one in figures(question.text)), *_computed(question, reply)]
    for name in dict.fromkeys(names):
        backing += ledger.values(name)
    yield from (f"number {one.value:g}" for one in figures(text) if not is_backed(one, backing))
    known = {stamp for name in names for stamp in ledger.stamps(name)}
    known |= set(STAMP.findall(str(reply.document.get("query", ""))))
    yield from (f"time {one}" for one in STAMP.findall(text) if not _is_known(one, known))
    computed = f"{question.text} {reply.document.get('query', '')} {reply.document.get('numbers', '')}"
    dates = DATE.findall(STAMP.sub(" ", text))
    yield from (f"date {one}" for one in dates if not ledger.has(one) and one not in computed)


def _computed(question: Question, reply: Reply) -> Iterator[float]:
    yield from numbers_in(reply.document.get("numbers", {}))
    yield from numbers_in(reply.document.get("query", {}))
    yield from (float(part) for day in DATE.findall(question.text) for part in day.split("-"))
    yield float(len(reply.document.get("citations", [])))


def _is_known(stamp: str, known: set[str]) -> bool:
    is_bound = re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:00(:00(\.0+)?)?Z?", stamp) is not None
    plain = stamp.replace(" ", "T").rstrip("Z")
    return is_bound or any(one.startswith(plain) for one in known)


def _mark(question: Question, reply: Reply, cited: Sequence[str], faults: Sequence[str]) -> tuple[Mark, str]:
    if not reply.is_intact:
        return Mark.WRONG, "the record was changed by a question"
    if reply.code not in (ANSWERED, NOT_IN_RECORD) or "Traceback" in reply.error:
        return Mark.WRONG, f"ended with {reply.code}: {reply.error[-200:]}"
    if spoken := [word for word in question.forbidden if word in reply.answer]:
        return Mark.WRONG, f"said {spoken[0]!r}"
    if faults:
        return Mark.WRONG, "; ".join(faults)
    if reply.code == NOT_IN_RECORD:
        return _refused(question, reply)
    return _answered(question, reply, cited)


def _refused(question: Question, reply: Reply) -> tuple[Mark, str]:
    is_understood = NOT_UNDERSTOOD.search(reply.error) is None
    if question.kind is Kind.HOSTILE or (question.kind is Kind.UNANSWERABLE and is_understood):
        return Mark.RIGHT, ""
    return Mark.UNKNOWN, reply.error[:200]


def _answered(question: Question, reply: Reply, cited: Sequence[str]) -> tuple[Mark, str]:
    if question.is_to_be_refused:
        return (Mark.RIGHT, "") if question.forbidden else (Mark.WRONG, "answered what has no answer")
    missing = [str(fact)[:120] for fact in question.facts if not fact.holds(reply.answer)]
    if missing:
        return Mark.WRONG, f"does not say {'; '.join(missing)}"
    if question.must_cite and not cited:
        return Mark.WRONG, "cites nothing"
    astray = (
        [] if question.citable is None else [one for one in cited if not _is_about(one, question.citable)]
    )
    return (Mark.WRONG, f"cites {astray[0]}, which is not about it") if astray else (Mark.RIGHT, "")


def _is_about(name: str, citable: frozenset[str]) -> bool:
    """Lessons, strategies and runs may stand beside the decisions that are asked about."""
    return name in citable or not name.startswith(("d_", "o_", "s_"))
