"""One sitting of the examination: a record, sixty questions, a score each, and the sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.examination.asking import Reply, ask_apart, ask_here, own_home
from tests.examination.english import english
from tests.examination.ledger import Ledger
from tests.examination.questions import Kind, Question
from tests.examination.record import Record
from tests.examination.scorer import Mark, Score, score
from tests.examination.vietnamese import vietnamese
from tools.domain.clock import SystemClock

Z95 = 1.959963984540054
APART = 8  # every so manieth conversation is held by processes of their own

Ask = Callable[[str, Path], Reply]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of some questions were answered how.

    Attributes:
        low: Lower end of the share right, Wilson, 95 %.
        high: Its upper end.
    """

    n: int
    right: int
    wrong: int
    unknown: int
    low: float
    high: float


def questions(record: Record) -> list[Question]:
    """All sixty, in the order they are asked."""
    return [*english(record), *vietnamese(record)]


def conversations(asked: Sequence[Question]) -> Iterator[list[Question]]:
    """Questions that belong together: one that follows another comes right after it."""
    held: list[Question] = []
    for question in asked:
        if held and question.kind is not Kind.FOLLOW_UP:
            yield held
            held = []
        held.append(question)
    if held:
        yield held


def examine(home: Path) -> list[Score]:
    """Put every question over the record in ``home``, each conversation to a copy of its own."""
    record, ledger = Record(home), Ledger(home)
    if SystemClock().now() >= record.decisions[-1].ts:
        raise ValueError("expected a record that lies in the future, or the dates asked for are others")
    scores = []
    for number, talk in enumerate(conversations(questions(record))):
        ask: Ask = ask_apart if number % APART == 0 else ask_here
        with own_home(home) as copy:
            scores += [score(question, ask(question.text, copy), ledger) for question in talk]
    return scores


def tally(scores: Iterable[Score]) -> Tally:
    """Sums over some scores."""
    marks = [one.mark for one in scores]
    n, right = len(marks), marks.count(Mark.RIGHT)
    low, high = wilson(right, n)
    return Tally(n, right, marks.count(Mark.WRONG), marks.count(Mark.UNKNOWN), low, high)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a share. Source: Wilson (1927), Probable inference."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = successes / n, Z95 * Z95
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * ((share * (1 - share) + z2 / (4 * n)) / n) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


def groups(scores: Sequence[Score]) -> dict[str, Tally]:
    """Sums over all, by language, and by kind."""
    names = {"all": list(scores)}
    for one in scores:
        names.setdefault(one.question.language, []).append(one)
        names.setdefault(one.question.kind.value, []).append(one)
    return {name: tally(members) for name, members in names.items()}


def as_data(seed: int, scores: Sequence[Score]) -> dict[str, Any]:
    """The result as one document."""
    cited = sum(len(one.cited) for one in scores)
    dead = sum(len(one.dead) for one in scores)
    return {
        "seed": seed,
        "n": len(scores),
        "groups": {
            name: {
                "n": one.n,
                "right": one.right,
                "wrong": one.wrong,
                "does_not_know": one.unknown,
                "share_right": one.right / one.n,
                "low": one.low,
                "high": one.high,
            }
            for name, one in groups(scores).items()
        },
        "citations": {"n": cited, "resolved": cited - dead},
        "invented_numbers": sum(len(one.invented) for one in scores),
        "failures": [_failure(one) for one in scores if one.mark is not Mark.RIGHT],
    }


def _failure(one: Score) -> dict[str, Any]:
    return {
        "language": one.question.language,
        "kind": one.question.kind.value,
        "subject": one.question.subject,
        "question": one.question.text,
        "before": one.question.before,
        "mark": one.mark.value,
        "why": one.why,
        "invented": list(one.invented),
        "answer": one.reply.answer or one.reply.error,
    }
