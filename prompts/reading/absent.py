"""Topics that people ask a trading program about and of which Keeper keeps nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from prompts.reading.words import bare, plain, settled, tokens
from prompts.vietnamese import is_vietnamese

Key = tuple[str, ...]


def absent_topic(question: str) -> str:
    """The words of ``question`` that name such a topic, as ``absent.txt`` has them; empty where none do.

    A single word is only itself; several may be typed without the marks of Vietnamese.
    """
    told = tokens(plain(question))
    words = tuple(settled(word) for word in told)
    topics, longest = _topics()
    is_local = is_vietnamese(question)  # in which "loan" is half of "hoảng loạn" without its marks
    for at in range(len(words)):
        for length in range(longest, 0, -1):
            typed = words[at : at + length]
            if typed in topics and not (is_local and length == 1 and typed[0].isascii()):
                return " ".join(told[at : at + length])
    return ""


@cache
def _topics() -> tuple[frozenset[Key], int]:
    """The phrases of ``absent.txt`` word by word, and how many words the longest has."""
    text = Path(__file__).with_name("absent.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    phrases = [tokens(plain(one)) for line in lines for one in line.split(",")]
    exact = {tuple(settled(word) for word in one) for one in phrases}
    unmarked = {tuple(bare(word) for word in one) for one in phrases if len(one) > 1}
    return frozenset(exact | unmarked), max(map(len, phrases))
