"""Words that mean what a word of the vocabulary means: by a thesaurus, or as another form of it.

Only words that were not understood are looked at, so that no word that says something already is
given another meaning. The table is ``synonyms.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from prompts.spelling import OTHER_WORDS
from prompts.tables import read_sayings
from prompts.vocabulary import WORDS

_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
_ENDINGS = ("ings", "ing", "ies", "ied", "es", "ed", "s", "d")
_LEAST = 4  # letters of a stem; a shorter one is that of too many words


def in_known_words(text: str, strange: Collection[str]) -> str:
    """``text`` (lower case) with every word of ``strange`` that means a known one replaced by it."""
    return _WORD.sub(lambda found: _known(found[0]) if found[0] in strange else found[0], text)


def _known(word: str) -> str:
    if word in _synonyms():
        return _synonyms()[word]
    if word in OTHER_WORDS:
        return word
    forms = [form for form in _forms(word) if form in WORDS]
    is_plain = len({WORDS[form] for form in forms}) == 1
    return forms[0] if is_plain else word


def _forms(word: str) -> Iterator[str]:
    """Other forms of the verb or noun ``word``."""
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _LEAST:
            continue
        stem = f"{stem}y" if ending in ("ies", "ied") else stem
        single = stem[:-1] if stem[-1] == stem[-2] else stem
        yield from (base + tail for base in (stem, single) for tail in ("", "e", "s", "ed", "ing"))


@cache
def _synonyms() -> Mapping[str, str]:
    """Every word of the table with the words it stands for.

    Raises:
        ValueError: A word stands for two things, or is understood already.
    """
    found: dict[str, str] = {}
    for meaning, lines in read_sayings("synonyms.txt"):
        for word in " ".join(lines).split():
            if word in WORDS or found.get(word, meaning) != meaning:
                raise ValueError(f"synonyms.txt: {word!r} has a meaning already")
            found[word] = meaning
    return found
