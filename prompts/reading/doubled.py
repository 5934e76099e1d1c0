"""Two questions in one sentence, of which an answer to either alone would be half an answer."""

from __future__ import annotations

import re

_ASKS = r"(?:how (?:many|much|long|often)|what|which|who|when|where|why|how)\b"
_FIRST = re.compile(rf"\s*(?:and |so |please )?({_ASKS})", re.IGNORECASE)
_SECOND = re.compile(rf"(?:\s*[,;]\s*(?:and|but)?|\s+(?:and|but))\s+(?=({_ASKS}))", re.IGNORECASE)
_BARE = re.compile(rf"{_ASKS}|\b(?:and|but|or)\b", re.IGNORECASE)
LEAST_WORDS = 3  # beside what it asks by; "when and why?" and "what was it?" belong to what is before them


def two_questions(question: str) -> tuple[str, str] | None:
    """The two questions that ``question`` joins, where each asks something else; None for a single one.

    >>> two_questions("How many decisions today, and what was your best trade?")
    ('How many decisions today?', 'what was your best trade?')
    >>> two_questions("How many did you skip and how many did you take?")
    >>> two_questions("Which settings were changed, when and why?")
    """
    opening = _FIRST.match(question)
    if opening is None:
        return None
    for joint in _SECOND.finditer(question, opening.end()):
        first, second = question[: joint.start()].strip(), question[joint.end() :].strip()
        asks_else = joint[1].casefold() != opening[1].casefold()
        if asks_else and len(_BARE.sub(" ", second).split()) >= LEAST_WORDS:
            return f"{first}?", second
    return None
