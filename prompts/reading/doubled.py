"""Two questions in one sentence, of which an answer to either alone would be half an answer."""

from __future__ import annotations

import re

_ASKS = r"(?:how (?:many|much|long|often)|what|which|who|when|where|why|how)\b"
_FIRST = re.compile(rf"\s*(?:and |so |please )?({_ASKS})", re.IGNORECASE)
_SECOND = re.compile(rf"(?:\s*[,;]\s*(?:and|but)?|\s+(?:and|but))\s+(?=({_ASKS}))", re.IGNORECASE)
LEAST_WORDS = 3  # of a question that stands for itself; "and why?" belongs to what is before it


def two_questions(question: str) -> tuple[str, str] | None:
    """The two questions that ``question`` joins, where each asks something else; None for a single one.

    >>> two_questions("How many decisions today, and what was your best trade?")
    ('How many decisions today?', 'what was your best trade?')
    >>> two_questions("How many did you skip and how many did you take?")
    >>> two_questions("Which symbol lost most, and why?")
    """
    opening = _FIRST.match(question)
    if opening is None:
        return None
    for joint in _SECOND.finditer(question, opening.end()):
        first, second = question[: joint.start()].strip(), question[joint.end() :].strip()
        asks_else = joint[1].casefold() != opening[1].casefold()
        if asks_else and min(len(first.split()), len(second.split())) >= LEAST_WORDS:
            return f"{first}?", second
    return None
