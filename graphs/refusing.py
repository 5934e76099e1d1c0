"""Refusals in the language of the question, with the questions that come nearest to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prompts.nearest import nearest_questions
from prompts.questions import NotUnderstood
from prompts.vietnamese import is_vietnamese
from prompts.vietnamese_answers import refused_in_vietnamese
from tools.domain.errors import NotInRecord


@contextmanager
def refusing_in(question: str) -> Iterator[None]:
    """Refuse in the language of ``question``.

    Raises:
        NotInRecord: As it was raised within, with its reason.
    """
    try:
        yield
    except NotInRecord as refused:
        near = _near(question) if isinstance(refused, NotUnderstood) else ""
        if not is_vietnamese(question):
            if not near:
                raise
            raise type(refused)(f"{refused}; nearest to it: {near}") from refused
        told = refused_in_vietnamese(str(refused))
        raise type(refused)(f"{told} Gần nhất: {near}." if near else told) from refused


def _near(question: str) -> str:
    """Questions near to one that was not understood, each in quotation marks."""
    return ", ".join(f'"{one}"' for one in nearest_questions(question))
