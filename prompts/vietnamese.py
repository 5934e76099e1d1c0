"""A question in Vietnamese, phrase by phrase into the English words that are understood.

It goes through the same parser afterwards: what is not understood there is refused there. Text
without accents, or with some of them, is read too, as people often type it; where two words then
look alike the one that says less is taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

from prompts.tables import read_meanings
from prompts.vietnamese_times import time_changes
from prompts.vocabulary import FILLERS, WORDS

_MARKS = re.compile(r"[ăâđêôơưàáạảãằắặẳẵầấậẩẫèéẹẻẽềếệểễìíịỉĩòóọỏõồốộổỗờớợởỡùúụủũừứựửữỳýỵỷỹ]")
_ASKED = (
    "losing trades|winning trades|trades lost|trades won|trades|decisions|signals|entries|positions|orders|"
    "trade|skip|probes"
)
_ORDERED = re.compile(rf"\b(\d+) +((?:{_ASKED}) +)?(best|worst|last|first|highest|lowest|longest|shortest)\b")
_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")
_SPLIT = re.compile(r"\b(nhiều|nhieu|ít|cao|thấp|thap)((?: \w+){1,3}?)( nhất| nhat)\b")  # "nhiều lệnh nhất"
_WHY = re.compile(r"^\s*sao (?!(?:rồi|roi)\b)")  # what a question begins with is a why
# "may" is English too, so that without its accent it is read as a count only before what is counted.
_HOW_MANY = re.compile(
    r"\bmay(?= (?:lenh|keo|tin hieu|giao dich|quyet dinh|bai hoc|chien luoc|tham so)\b"
    r"| (?:ngay|lan|cai|vu|luot|bps|coin|con)\b)"
)
_MOST_WORDS = 7  # of a phrase
_NOT = frozenset(["không", "khong", "ko", "hông", "hong", "chưa", "chua", "chẳng", "chang", "chả"])
# What may stand behind the "không" of a yes-or-no question; before anything else it denies.
_CLOSING = frozenset(
    [
        "vậy",
        "vay",
        "thế",
        "the",
        "hả",
        "ha",
        "nhỉ",
        "nhi",
        "ta",
        "ạ",
        "a",
        "bạn",
        "ban",
        "à",
        "đó",
        "do",
        "nè",
        "ne",
        "em",
        "anh",
        "bot",
        "keeper",
        "ơi",
        "oi",
        "luôn",
        "ko",
        "không",
    ]
)
_NOT_TIMES = ("thắng", "tôi ")  # which without accents look like a month and an evening


def is_vietnamese(text: str) -> bool:
    """Whether ``text`` has letters or phrases that only Vietnamese has."""
    lower = unicodedata.normalize("NFC", text).lower()
    if _MARKS.search(lower):
        return True
    words = re.findall(r"\w+", lower)
    singles = [word for word in words if word in _by_bare() and not _is_english(word)]
    pairs = [f"{one} {two}" for one, two in pairwise(words) if one.isalpha() and two.isalpha()]
    is_paired = any(pair in _by_bare() or time_changes(pair) for pair in pairs)
    return is_paired or (bool(singles) and len(singles) >= min(2, max(1, len(words) - 1)))


def to_english(text: str) -> str:
    """``text`` with every known phrase in English words; what is not known stays as it is."""
    lower = _WHY.sub("tại sao ", unicodedata.normalize("NFC", text).lower())
    lower = _HOW_MANY.sub("mấy", _SPLIT.sub(r"\2 \1\3", lower))
    rest = "".join(_read(piece) for piece in re.split(r"(«[^»]*»)", _with_times(lower)))
    rest = re.sub(r"\s+", " ", rest).strip()
    is_placed = re.search(r"\b(?:placed|unfilled|fills)\b", rest) is not None
    rest = rest.replace("orderish", "orders" if is_placed else "trades")
    if re.search(r"\blast\b(?! (?:\d|run|week|month|year|quarter|night|\w+day))", rest) and not re.search(
        r"\d+ (?:\w+ )?last", rest
    ):
        rest += " lastone"
    rest = re.sub(r"\bbetter (?=[-+]?\d)", "more than ", rest)
    rest = re.sub(r"\babove(?= *(?:$|[?.!,]))", "better", rest)  # "which is higher?" bounds nothing
    rest = re.sub(r"\bbelow(?= *(?:$|[?.!,]))", "worse", rest)
    rest = re.sub(r"^(\d+) which (symbol|hour|day|trade)\b", r"which \1 \2s", rest)
    rest = re.sub(r"\bon (?=[-+]?\d+(?:\.\d+)? ?bps)", "above ", rest)
    return _ORDERED.sub(lambda found: f"{found.group(3)} {found.group(1)} {found.group(2) or ''}", rest)


def _with_times(text: str) -> str:
    """``text`` with days and times in English between marks."""
    for start, end, said in sorted(time_changes(without_marks(text)), reverse=True):
        if not any(word in f"{text[start:end]} " for word in _NOT_TIMES):
            text = f"{text[:start]} «{said}» {text[end:]}"
    return text


def _read(piece: str) -> str:
    """A piece of text phrase by phrase, the longest first; one between marks is English already."""
    if piece.startswith("«"):
        return piece[1:-1]
    tokens = _TOKEN.findall(piece)
    told, at = [], 0
    while at < len(tokens):
        said, length = _phrase_at(tokens, at)
        if said == "" and length == 1 and tokens[at] in _NOT and _denies(tokens[at + length :]):
            said = "not"  # else "không thắng" would count what won
        told.append(f" {said} " if said is not None else tokens[at])
        at += length
    return "".join(told)


def _denies(later: Sequence[str]) -> bool:
    """Whether a "không" before the tokens ``later`` denies them, and is not the end of a question."""
    return any(token[0].isalnum() and token not in _CLOSING for token in later)


def _phrase_at(tokens: list[str], at: int) -> tuple[str | None, int]:
    """What the longest phrase at a place says, and how many tokens it is; None where there is none.

    Accents that were typed must be the phrase's own; only where none fits are they overlooked.
    """
    if not tokens[at][0].isalpha():
        return None, 1
    spans = range(min(2 * _MOST_WORDS - 1, len(tokens) - at), 0, -1)
    typed = {
        n: "".join(" " if part.isspace() else part for part in tokens[at : at + n]) for n in spans if n % 2
    }
    known = {n: _by_bare().get(without_marks(text), ()) for n, text in typed.items()}
    for n, phrases in known.items():
        if n == 1 and _is_english(typed[n]):
            continue
        if typed[n] in phrases:
            return _MEANINGS[typed[n]], n
        fitting = [phrase for phrase in phrases if _fits(typed[n], phrase)]
        if fitting:
            return _least(fitting), n
    for n, phrases in known.items():
        if phrases and n > 1:  # of one word too little is left: rain without its accents buys
            return _least(phrases), n
    return None, 1


def _fits(typed: str, phrase: str) -> bool:
    """Whether every letter typed is the phrase's, or is it without its accents."""
    if len(typed) != len(phrase):
        return False
    return all(one in (other, without_marks(other)) for one, other in zip(typed, phrase, strict=True))


def _least(phrases: Sequence[str]) -> str:
    """Of phrases that look alike the meaning of the one that says less."""
    return min((_MEANINGS[phrase] for phrase in phrases), key=len)


def _is_english(word: str) -> bool:
    return word in WORDS or word in FILLERS


def without_marks(text: str) -> str:
    """``text`` without the accents of Vietnamese."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


_NUMBERS: Mapping[str, str] = {
    word: str(number)
    for number, word in enumerate(("hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"), start=2)
}
_MEANINGS: Mapping[str, str] = {**_NUMBERS, **read_meanings("vietnamese.txt")}


@cache
def _by_bare() -> Mapping[str, tuple[str, ...]]:
    """The phrases by what they look like without accents."""
    found: dict[str, list[str]] = {}
    for phrase in _MEANINGS:
        found.setdefault(without_marks(phrase), []).append(phrase)
    return {bare: tuple(phrases) for bare, phrases in found.items()}
