"""Phrases that say one thing together, in the words of ``vocabulary``; the table is ``phrases.txt``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from prompts.tables import read_sayings

# What stands in braces in the table.
_SPOKEN: Mapping[str, str] = {
    "{not}": r"(?:not|n't|didn't|don't|didnt|dont|did not|do not|never|haven't|have not|hadn't|hasn't)",
    "{enter}": (
        r"(?:buy|bought|enter|take|trade|act|entered|taken|traded|go in|place (?:any |an )?orders?"
        r"|open (?:a )?(?:position|trade)s?)"
    ),
    "{you}": r"(?:you|we|i|it|keeper|the (?:bot|agent)|my (?:bot|agent))",
    "{llm}": r"(?:llms?|brains?|ai|gpt|chatgpt|claude|openai|anthropic|language models?|api)",
}
# An order to act, not a question: it begins with the deed and asks nothing.
_TO_ACT = re.compile(
    r"^(?:please |now |just |go |ok )*(?:buy|sell|close|exit|enter|short|long|open|cancel|place)\b"
    r"(?! (?:positions?|trades?|orders?|entries|signals?|decisions?|count|rate)\b)"
    r"(?!.*\b(?:how|why|what|which|when|count)\b)"
)


def in_words(text: str) -> str:
    """``text`` (lower case) with every phrase in the words of the vocabulary."""
    text = re.sub(r"\s+", " ", text).strip()
    if _TO_ACT.search(text):
        return "toact"
    for pattern, said in PHRASES:
        if pattern.search(text):
            text = re.sub(r"\s+", " ", pattern.sub(rf" {said} ", text))
    return text


def _compiled(ways: Sequence[str]) -> re.Pattern[str]:
    pattern = "|".join(ways)
    for name, spoken in _SPOKEN.items():
        pattern = pattern.replace(name, spoken)
    return re.compile(rf"(?<![\w'])(?:{pattern})(?![\w'])")


PHRASES: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (_compiled(ways), said) for said, ways in read_sayings("phrases.txt")
)
