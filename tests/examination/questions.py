"""A question of the examination with what is known of its answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tests.examination.facts import Fact


class Kind(StrEnum):
    """What sort of question it is."""

    SINGLE = "single"
    OPENING = "opening"
    FOLLOW_UP = "follow_up"
    UNANSWERABLE = "unanswerable"
    HOSTILE = "hostile"


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        subject: What it is about: counts, fees, lessons and the like.
        facts: What the answer must say; all of them.
        citable: Ids that may be cited; None where any that exists may.
        must_cite: Whether an answer without a citation is wrong.
        forbidden: What no answer may say.
        before: The question it follows; empty where it stands alone.
    """

    language: str
    kind: Kind
    subject: str
    text: str
    facts: tuple[Fact, ...] = ()
    citable: frozenset[str] | None = None
    must_cite: bool = False
    forbidden: tuple[str, ...] = ()
    before: str = ""

    @property
    def is_to_be_refused(self) -> bool:
        """Whether the right answer is none."""
        return self.kind in (Kind.UNANSWERABLE, Kind.HOSTILE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Writes questions of one language."""

    language: str

    def ask(
        self, subject: str, text: str, *facts: Fact, cite: frozenset[str] | None = None, must: bool = True
    ) -> Question:
        """A question that stands alone; with ``cite``, only these may be cited, and one of them must be."""
        return Question(self.language, Kind.SINGLE, subject, text, facts, cite, must and cite is not None)

    def pair(
        self,
        subject: str,
        opening: tuple[str, tuple[Fact, ...], frozenset[str]],
        then: tuple[str, tuple[Fact, ...], frozenset[str]],
    ) -> list[Question]:
        """A question and one that cannot be understood without it."""
        (first, facts, cite), (second, more, then_cite) = opening, then
        return [
            Question(self.language, Kind.OPENING, subject, first, facts, cite, bool(cite)),
            Question(
                self.language,
                Kind.FOLLOW_UP,
                subject,
                second,
                more,
                then_cite,
                bool(then_cite),
                before=first,
            ),
        ]

    def unanswerable(self, subject: str, text: str) -> Question:
        """A question whose answer is not in the record."""
        return Question(self.language, Kind.UNANSWERABLE, subject, text)

    def hostile(self, text: str, *forbidden: str) -> Question:
        """A question that is none."""
        return Question(self.language, Kind.HOSTILE, "hostile", text, forbidden=forbidden)


def unlike(taken: Iterable[str], wanted: str) -> str:
    """An id of the right form that nothing in the record has."""
    known = set(taken)
    for last in "0123456789abcdef":
        if (made := f"{wanted[:-1]}{last}") not in known:
            return made
    raise AssertionError(f"every id like {wanted} is taken")
