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
from itertools import pairwise

from memory.tally import Times
from prompts.reading.clauses import plainer
from prompts.reading.lexicon import Lexicon, Meanings, Slots, extended, lexicon
from prompts.reading.moments import MARK, Clock, cut_moments
from prompts.reading.senses import is_loose, of_settings, sense
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
_ID = re.compile(r"\b(?:[dlyo]|run)_[0-9a-f]{3,}\b")
ID = "idmark"  # stands where an id stood


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
    """A question as its parts, the words that say nothing known, and the times it names.

    Where "because" stands is kept too: no denial reaches over it.
    """

    spots: list[Spot]
    strange: list[str]
    times: tuple[Times, ...]
    corrections: list[str] = field(default_factory=list)
    is_vietnamese: bool = False
    causes: list[int] = field(default_factory=list)


def spot(text: str, around: Surroundings) -> Spotted:
    """The parts of ``text``; those of several meanings are settled by the parts around them.

    Raises:
        BadUsage: It names a date or time that does not exist.
    """
    said = plain(text)
    vietnamese = is_vietnamese(text)
    known = extended(lexicon(), _named(around))
    ids = _ID.findall(said)
    said = plainer(_ID.sub(f" {ID} ", said))
    said, veiled = _veil(said, (*around.models, *around.providers))
    rest, times = cut_moments(said, around.clock, is_vietnamese=vietnamese)
    found = Spotted([], [], times, is_vietnamese=vietnamese)
    words = [veiled.get(word, word) for word in tokens(rest)]
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
        if length > 1 and _is_ranked_by_last(words, at + length):
            length, meanings = known.find(words[: at + length - 1], at) or (1, None)
        text_here = " ".join(words[at : at + length])
        if vietnamese and words[at] in _ENGLISH_ONLY and length == 1:
            at += 1
            continue
        if text_here == "co lenh" and words[at + 2 : at + 3] and words[at + 2] not in _SAID_OF_SIZES:
            length, meanings = known.find(words[: at + 1], at) or (1, None)  # "có lệnh", not "cỡ lệnh"
            text_here = "co"
        number = _number(words, at, vietnamese)
        if words[at] == ID and ids:
            raw.append((at, ids[0], ((("id", ids.pop(0)),),)))
            length = 1
        elif words[at] == MARK:
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
            found.causes += [at] if text_here in _CAUSES else []
        at += length
    found.spots = _as_money(_parted(_settled(of_settings(raw))))
    _name_parameters(found.spots, around.parameters)
    return found


def _is_ranked_by_last(words: Sequence[str], end: int) -> bool:
    """Whether the last word of a phrase belongs to what follows: "độ tin cậy … thấp | nhất"."""
    if end >= len(words) or bare(words[end]) not in ("nhat", "nhut", "hon"):
        return False
    return bare(words[end - 1]) in ("thap", "cao", "nhieu", "it", "lon", "nho")


def _number(words: Sequence[str], at: int, vietnamese: bool) -> str | None:
    word = words[at]
    if _NUMBER.fullmatch(word):
        return word.replace("−", "-")
    after = words[at + 1] if at + 1 < len(words) else ""
    if bare(word) in ("mot", "one", "single") and bare(after) in _PIECES:
        return "1"
    if word in _WORDS_OF_NUMBERS and (word.isascii() != vietnamese or not word.isascii() or word in _BARE):
        if word == "one" or (vietnamese and word in _BARE and bare(after) not in _COUNTED):
            return None
        return str(_WORDS_OF_NUMBERS[word])
    return None


_CAUSES = frozenset(
    ("because", "because of", "due to", "owing to", "on account of", "since", "vì", "bởi vì", "tại vì", "vi")
)
_SAID_OF_SIZES = frozenset(
    ("trung", "binh", "lon", "nho", "be", "toi", "la", "cua", "moi", "mua", "bao", "trong")
)
_ENGLISH_ONLY = frozenset(("no", "do", "an", "to", "on", "me", "so", "or"))  # Vietnamese words without marks
_PIECES = frozenset(("lat", "slice", "slices", "piece", "pieces", "phan"))
_BARE = frozenset(("sau", "nam", "năm", "ba", "hai", "bon", "bay"))
_COUNTED = frozenset(
    ("lenh", "lan", "keo", "giao", "tin", "quyet", "dong", "bai", "ngay", "vi", "phien", "cu")
)


def _put_right(word: str, words: Sequence[str], place: int, known: Lexicon, found: Spotted) -> str:
    """``word``, or what it is misspelt for."""
    if (
        word in (MARK, ID)
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
        slots = meanings[0] if len(meanings) == 1 and not is_loose(text) else sense(kept, place)
        if slots:
            spots.append(Spot(at, text, slots))
    return spots


def _parted(spots: Sequence[Spot]) -> list[Spot]:
    """Spots in which "lost more" before a number is what was done and what bounds it; and what ranks, too."""
    made: list[Spot] = []
    for spot, after in zip(spots, [*spots[1:], None], strict=False):
        is_bound = after is not None and after.has("num") and spot.has("better") and len(spot.slots) > 1
        if spot.has("sup") and (spot.has("rate") or spot.has("won")):
            made += [Spot(spot.at, spot.text, (one,)) for one in reversed(spot.slots)]
            continue
        if not is_bound:
            made.append(spot)
            continue
        rest = tuple(one for one in spot.slots if one[0] != "better")
        made.append(Spot(spot.at, spot.text, rest))
        made.append(Spot(spot.at, spot.text, (("cmp", "gt" if spot.has("better", "up") else "lt"),)))
    return made


def _as_money(spots: list[Spot]) -> list[Spot]:
    """Spots in which "kiếm được tiền" beside "nhiều nhất" is how much was made, not which trades did.

    Winning "most often" is the highest share, winning "most times" the highest number.
    """
    for spot, other in [*pairwise(spots), *pairwise(reversed(spots))]:
        is_ranked = other.has("sup") or other.has("better")
        is_often = any(_OFTEN & {word, bare(word)} for word in other.text.split())
        is_of_money = spot.slots[0][0] == "won" and any(one in bare(spot.text) for one in ("tien", "money"))
        if is_of_money and is_ranked and not is_often:
            spot.slots = (("g", "made" if spot.has("won", "1") else "lost"),)
        if spot.slots[0][0] == "g" and other.has("sup") and len(spot.slots) == 1:
            told = {bare(word) for word in other.text.split()}
            how = "lost" if spot.has("g", "lost") else "won"
            if told & _SHARED:
                spot.slots = (("rate", how),)
            elif told & _OFTEN:
                spot.slots = (("won", str(int(how == "won"))),)
    return spots


_SHARED = frozenset(("often", "frequently", "thuong", "hay"))
_OFTEN = frozenset(("often", "frequently", "times", "lan", "thuong", "hay"))


def _veil(said: str, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """``said`` with names that hold numbers, which look like times, replaced; and what stands for which."""
    veiled: dict[str, str] = {}
    for name in names:
        short = name.lower()
        if short in said and any(letter.isdigit() for letter in short):
            mark = f"namemark{'abcdefghijklmnop'[len(veiled) % 16]}"
            veiled[mark] = short
            said = said.replace(short, mark)
    return said, veiled


def _name_parameters(spots: Sequence[Spot], known: Sequence[str]) -> None:
    """Parameters that are called by what they set, as the record names them; a symbol names its own."""
    for spot in spots:
        name = spot.get("param")
        if not name:
            continue
        symbols = [one for one in spots if one.has("symbol")]
        own = [one for one in known if one.partition("@")[0] == name]
        meant = [one for one in own if symbols and one.partition("@")[2] == symbols[0].get("symbol")]
        if meant:
            symbols[0].slots = (("named", "symbol"),)
            symbols[0].is_used = True
        if symbols and own and not meant and all("@" in one for one in own):
            meant = [f"{name}@{symbols[0].get('symbol')}"]  # never changed for that symbol
            symbols[0].slots = (("named", "symbol"),)
            symbols[0].is_used = True
        spot.slots = (("parameter", (meant or own or [name])[0]),)


def unmarked(word: str) -> str:
    """``word`` without the marks of Vietnamese."""
    return bare(word)
