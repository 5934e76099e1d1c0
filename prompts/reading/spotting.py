"""The parts of a question that say something, in order: what, of which, how measured, narrowed, split.

Slots: ``q`` what is asked; ``agg``, ``per`` how it is summed up; ``sup``, ``order``, ``single`` which of an
order; ``ent`` a sort of thing; ``m`` a measure, ``g`` made or lost, ``rate`` a share by name; a column of
an entity, or ``act`` and ``brain``, what narrows; ``dim`` a way to split, ``by``, ``each`` that it is
split; ``neg``, ``only`` what is denied; ``join``, ``cmp``, ``than``, ``better``, ``tail``, ``once`` how
things and numbers are compared; ``unit``, ``num``; ``t`` a time; ``verb``, ``of`` what parts a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from memory.tally import Times
from prompts.reading.lexicon import Lexicon, Meanings, Slots, extended, lexicon
from prompts.reading.moments import MARK, Clock, cut_moments
from prompts.reading.senses import sense
from prompts.reading.words import bare, plain, tokens
from prompts.vietnamese import is_vietnamese

_NUMBER = re.compile(r"[-−+]?\d+(?:\.\d+)?")
_WORDS_OF_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10,
    "hai": 2, "ba": 3, "bốn": 4, "bon": 4, "năm": 5, "nam": 5, "sáu": 6, "sau": 6, "bảy": 7, "bay": 7,
    "tám": 8,
    "chín": 9, "mười": 10, "chục": 10, "dozen": 12, "zero": 0, "hundred": 100,
}  # fmt: skip
_COINS = {"bitcoin": "btc", "ethereum": "eth", "ether": "eth", "chainlink": "link", "algorand": "algo",
          "avalanche": "avax", "vechain": "vet", "solana": "sol", "cardano": "ada", "dogecoin": "doge",
          "ripple": "xrp", "polkadot": "dot", "litecoin": "ltc", "cosmos": "atom",
          "filecoin": "fil"}  # fmt: skip
_KNOWN_COINS = frozenset((*_COINS, *_COINS.values()))
QUOTES = ("usdt", "usdc", "usd", "busd", "fdusd")
_SHOUTED = re.compile(r"\b[A-Z][A-Z0-9]+\b")
_ID = re.compile(r"\b[dlyo]_[0-9a-z]{3,}\b")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the record before a question is read.

    Attributes:
        symbols: Symbols in it.
        parameters: Names of parameters that were changed, or may be.
        providers: Who was asked.
        models: Which models of theirs.
        features: What strategies look at.
        clock: What there is to know of time.
    """

    symbols: tuple[str, ...]
    parameters: tuple[str, ...]
    providers: tuple[str, ...]
    models: tuple[str, ...]
    features: tuple[str, ...]
    clock: Clock


@dataclass(slots=True)
class Spot:
    """Words that say something.

    Attributes:
        at: Which word of the question it begins at.
        text: The words.
        slots: What they say; empty for nothing.
        is_negative: Whether it is denied.
        is_used: Whether the reading accounts for it.
    """

    at: int
    text: str
    slots: Slots
    is_negative: bool = False
    is_used: bool = False

    def has(self, slot: str, value: str | None = None) -> bool:
        """Whether it says something of ``slot``."""
        return any(name == slot and value in (None, said) for name, said in self.slots)

    def get(self, slot: str) -> str:
        """What it says of ``slot``; empty where nothing."""
        return next((said for name, said in self.slots if name == slot), "")


@dataclass(slots=True)
class Spotted:
    """A question as its parts, the words that say nothing known, and the times it names."""

    spots: list[Spot]
    strange: list[str]
    times: tuple[Times, ...]
    corrections: list[str] = field(default_factory=list)
    is_vietnamese: bool = False
    has_id: bool = False


def spot(text: str, around: Surroundings) -> Spotted:
    """The parts of ``text``; those of several meanings are settled by the parts around them.

    Raises:
        BadUsage: It names a date or time that does not exist.
    """
    said = plain(text)
    vietnamese = is_vietnamese(text)
    known = extended(lexicon(), _named(around))
    rest, times = cut_moments(_ID.sub(" ", said), around.clock, is_vietnamese=vietnamese)
    found = Spotted([], [], times, is_vietnamese=vietnamese, has_id=_ID.search(said) is not None)
    words = tokens(rest)
    shouted = frozenset(one.lower() for one in _SHOUTED.findall(text)) if not text.isupper() else frozenset()
    words = [
        word if word in shouted or word in _KNOWN_COINS else _put_right(word, words, place, known, found)
        for place, word in enumerate(words)
    ]
    raw: list[tuple[int, str, Meanings]] = []
    at = 0
    n_times = 0
    while at < len(words):
        length, meanings = known.find(words, at) or (1, None)
        text_here = " ".join(words[at : at + length])
        number = _number(words, at, vietnamese)
        if words[at] == MARK:
            raw.append((at, MARK, ((("t", str(n_times)),),)))
            n_times += 1
            length = 1
        elif number is not None and (meanings is None or length == 1):
            raw.append((at, words[at], ((("num", number),),)))
            length = 1
        elif meanings is None:
            found.strange.append(words[at])
        else:
            raw.append((at, text_here, meanings))
        at += length
    found.spots = _settled(raw)
    return found


def _number(words: Sequence[str], at: int, vietnamese: bool) -> str | None:
    word = words[at]
    if _NUMBER.fullmatch(word):
        return word.replace("−", "-")
    if word in _WORDS_OF_NUMBERS and (
        word.isascii() != vietnamese or not word.isascii() or word not in _BARE
    ):
        after = words[at + 1] if at + 1 < len(words) else ""
        if word == "one" or (vietnamese and word in _BARE and bare(after) not in _COUNTED):
            return None
        return str(_WORDS_OF_NUMBERS[word])
    return None


_BARE = frozenset(("sau", "nam", "năm", "ba", "hai", "bon", "bay"))
_COUNTED = frozenset(
    ("lenh", "lan", "keo", "giao", "tin", "quyet", "dong", "bai", "ngay", "vi", "phien", "cu")
)


def _put_right(word: str, words: Sequence[str], place: int, known: Lexicon, found: Spotted) -> str:
    """``word``, or what it is misspelt for."""
    if (
        word == MARK
        or _NUMBER.fullmatch(word)
        or word in _WORDS_OF_NUMBERS
        or word in ("<", ">", "<=", ">=", "%")
    ):
        return word
    if known.find([word], 0) is not None or _begins_phrase(word, words, place, known):
        return word
    meant = known.corrected(word) if word.isascii() else None
    if meant is None:
        return word
    found.corrections.append(f"{word} → {meant}")
    return meant


def _begins_phrase(word: str, words: Sequence[str], place: int, known: Lexicon) -> bool:
    """Whether ``word`` is part of a phrase that stands here, though it says nothing alone."""
    for start in range(max(0, place - 8), place + 1):
        told = known.find(words, start)
        if told is not None and start + told[0] > place:
            return True
    return False


def _named(around: Surroundings) -> Mapping[str, Slots]:
    """Names of the record as phrases."""
    named: dict[str, Slots] = {}
    for symbol in around.symbols:
        base = symbol.lower()
        for quote in QUOTES:
            base = base.removesuffix(quote) or base
        slots: Slots = (("symbol", symbol),)
        coins = [coin for coin, short in _COINS.items() if short == base]
        spelt = [f"{base}{mid}{symbol.lower().removeprefix(base)}" for mid in ("", "/", "-", " ")]
        named |= dict.fromkeys((base, symbol.lower(), *spelt, *coins), slots)
    for name in around.parameters:
        short = name.partition("@")[0]
        told = {name.lower(), short.lower()}
        for unit in ("_bps", "_s", "_usd"):
            told |= {
                one.removesuffix(unit).replace("_", " ")
                for one in tuple(told)
                if "@" not in one and "_" in one
            }
        exact = [one for one in around.parameters if one == name]
        for one in told:
            if " " in one or "_" in one or "@" in one:
                named.setdefault(one, (("parameter", exact[0]),))
    for provider in around.providers:
        named[provider.lower()] = (("provider", provider),)
    for model in around.models:
        named[model.lower()] = (("model_name", model),)
        first = model.lower().split("-")[0]
        named.setdefault(first, (("model_name", model),))
    return named


def _settled(raw: Sequence[tuple[int, str, Meanings]]) -> list[Spot]:
    """Spots of one meaning each; what says nothing is left out."""
    kept = [(at, text, meanings) for at, text, meanings in raw if meanings != ((),)]
    spots = []
    for place, (at, text, meanings) in enumerate(kept):
        slots = meanings[0] if len(meanings) == 1 else sense(kept, place)
        if slots:
            spots.append(Spot(at, text, slots))
    return spots


def unmarked(word: str) -> str:
    """``word`` without the marks of Vietnamese."""
    return bare(word)
