"""The words and phrases that say something, from ``lexicon.txt``, and how a text is looked up in them.

A phrase is found as it is written, else by the stems of English, else without the marks of Vietnamese;
a mark that was typed must be the phrase's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from prompts.reading.words import bare, distance, plain, settled, stem, tokens
from prompts.spelling import OTHER_WORDS

LONGEST = 9  # words of a phrase
NOTHING_LEAST = 5  # letters of a word that may be misspelt for one that says nothing
SOFT = ("verb", "of", "join", "plain", "by", "than", "each", "negend", "only", "act", "neg")
LEAST = 4  # letters of a word that may be misspelt
SHORT = (
    "how",
    "many",
    "much",
    "what",
    "which",
    "when",
    "trade",
    "fees",
    "wins",
)  # so may these, of three letters
Slots = tuple[tuple[str, str], ...]
Meanings = tuple[Slots, ...]  # one, or several between which the words around decide
Key = tuple[str, ...]


@dataclass(slots=True)
class Lexicon:
    """Phrases by their words."""

    exact: dict[Key, Meanings] = field(default_factory=dict)
    stems: dict[Key, Meanings] = field(default_factory=dict)
    bares: dict[Key, list[tuple[Key, Slots]]] = field(default_factory=dict)
    words: dict[str, None] = field(default_factory=dict)

    def find(self, words: Sequence[str], at: int) -> tuple[int, Meanings] | None:
        """The longest phrase that begins at a place, and how many words it has."""
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            typed = tuple(words[at : at + length])
            found = self._phrase(typed)
            if found is not None:
                return length, found
        return None

    def _phrase(self, typed: Key) -> Meanings | None:
        exact = self.exact.get(tuple(settled(word) for word in typed))
        if exact is not None:
            return exact
        stemmed = self.stems.get(tuple(stem(word) for word in typed))
        if stemmed is not None:
            return stemmed
        fitting = [
            slots
            for phrase, slots in self.bares.get(tuple(bare(word) for word in typed), ())
            if all(_fits(one, other) for one, other in zip(typed, phrase, strict=True))
            and (typed == phrase or _is_bare(typed) or _is_marked_alike(typed, phrase))
        ]
        return tuple(dict.fromkeys(fitting)) or None

    def corrected(self, word: str) -> str | None:
        """The one word of a phrase that ``word`` may be misspelt for; None for none or more."""
        if len(word) == LEAST - 1:
            close = [one for one in SHORT if one != word and distance(word, one, 1) == 1]
            return close[0] if len(close) == 1 else None
        if len(word) < LEAST or not word.isalpha() or word in OTHER_WORDS or word in self.words:
            return None
        limit = 2 if len(word) >= 8 else 1
        near: dict[int, list[str]] = {}
        for known in self.words:
            if len(known) >= LEAST and known[0] == word[0]:
                near.setdefault(distance(word, known, limit), []).append(known)
        for edits in range(1, limit + 1):
            if found := near.get(edits):
                found = [one for one in found if not (one[-1] == "s" and one[:-1] in found)] or found
                meant = {self._phrase((one,)) for one in found}
                says = any(slot not in SOFT for each in meant for slots in each or () for slot, _ in slots)
                is_said = len(word) > NOTHING_LEAST or says or found[0] in SHORT
                return found[0] if len(meant) == 1 and is_said else None
        return None


def _is_bare(typed: Key) -> bool:
    return all(word.isascii() for word in typed)


def _is_marked_alike(typed: Key, phrase: Key) -> bool:
    """Whether what stands without a mark beside marked words has none in the phrase either."""
    return all(one == other for one, other in zip(typed, phrase, strict=True) if one.isascii())


def _fits(typed: str, phrase: str) -> bool:
    """Whether a typed word has no mark that the phrase's has not."""
    return typed.isascii() or settled(typed) == settled(phrase) or bare(typed) != bare(phrase)


def entries(name: str = "lexicon.txt") -> Iterator[tuple[Slots, str]]:
    """What is said, and a phrase that says it, line by line."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        meaning, _, phrases = line.partition(" = ")
        slots = tuple((slot, value) for slot, _, value in (one.partition(":") for one in meaning.split()))
        yield from ((() if meaning == "-" else slots, phrase.strip()) for phrase in phrases.split(","))


@cache
def lexicon() -> Lexicon:
    """The phrases of both languages; a phrase may have several meanings."""
    made = Lexicon()
    for slots, phrase in entries():
        add(made, phrase, slots)
    return made


def extended(base: Lexicon, more: Mapping[str, Slots]) -> Lexicon:
    """``base`` with further phrases, which come before it."""
    made = Lexicon(dict(base.exact), dict(base.stems), dict(base.bares), dict(base.words))
    for phrase, slots in more.items():
        key = tuple(settled(word) for word in tokens(plain(phrase)))
        if key:
            made.exact[key] = (slots,)
    return made


def add(made: Lexicon, phrase: str, slots: Slots) -> None:
    """Put a phrase into ``made``."""
    words = tokens(plain(phrase))
    if not words:
        return
    _join(made.exact, tuple(settled(word) for word in words), slots)
    if all(word.isascii() for word in words):
        _join(made.stems, tuple(stem(word) for word in words), slots)
    made.bares.setdefault(tuple(bare(word) for word in words), []).append((tuple(words), slots))
    plain_words = [word for word in words if word.isascii() and word.isalpha()]
    made.words.update(dict.fromkeys(plain_words))
    made.words.update(
        dict.fromkeys(f"{word}s" for word in plain_words if len(word) >= LEAST and word[-1] != "s")
    )


def _join(table: dict[Key, Meanings], key: Key, slots: Slots) -> None:
    table[key] = tuple(dict.fromkeys((*table.get(key, ()), slots)))
