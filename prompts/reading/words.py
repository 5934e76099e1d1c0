"""Words as they are compared: without capitals, endings of English and the place of Vietnamese tones."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TOKEN = re.compile(r"(?<![\w.])[-−+]?\d+(?:[.,]\d+)*|[^\W\d_][\w'@]*(?:[-./:&][\w@]+)*|<=|>=|[<>%]")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_Y = re.compile(r"(?<=[hklmst])y(?=$)")
_ENDINGS = (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"))
_HOW = "nhiều|nhieu|ít|cao|thấp|thap|lớn|lon|nặng|nang"
_SPOKEN = (
    (re.compile("[\u2019`\u00b4]"), "'"),
    (re.compile(r"\bp ?& ?l\b"), "pnl"),
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\b(did|do|does|was|were|is|are|has|have|had|would|could|should)n'?t\b"), r"\1 not"),
    (re.compile(r"\b(what|how|which|who|where|when|that|it|there)'s\b"), r"\1 is"),
    (re.compile(r"\b(i|we|you|they)'(m|re|ve|d|ll)\b"), r"\1"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"(\w)'s\b"), r"\1"),
    (re.compile(r"(\w)s'(?=\s|$)"), r"\1s"),
    (re.compile(r"\$ ?(\d+(?:\.\d+)?)"), r"\1 usd"),
    (re.compile(r"(?<=\d)(bps?|usdt?|giây|giay|phút|phut|s|sec|secs|min|mins|u|đô|lần|lan|%)\b"), r" \1"),
    (re.compile(r"(?<=\d)%"), " %"),
    (re.compile(r"\b(\d+),(\d{1,2}|\d{4,})\b"), r"\1.\2"),
    (
        re.compile(rf"\b({_HOW})((?: (?!nhất|nhat|hơn|hon)\w+){{1,4}}?) (nhất|nhat|nhứt|hơn|hon)\b"),
        r"\2 \1 \3",
    ),
    (re.compile(r"\bit((?: (?!nhat|nhut|hon)\w+){1,5}?) (nhat|nhut|hon)\b"), r"\1 it \2"),
)


def plain(text: str) -> str:
    """``text`` in lower case with contractions spelt out."""
    told = unicodedata.normalize("NFC", text).lower()
    for pattern, made in _SPOKEN:
        told = pattern.sub(made, told)
    return told


def tokens(text: str) -> list[str]:
    """Words, numbers and comparison signs of ``text``, which is ``plain``."""
    return TOKEN.findall(text)


@lru_cache(maxsize=20_000)
def settled(word: str) -> str:
    """A word whose tone stands behind it: ``hủy`` and ``huỷ`` are one, and so are ``tỷ`` and ``tỉ``."""
    if word.isascii():
        return word
    letters: list[str] = []
    tones: list[str] = []
    for letter in unicodedata.normalize("NFD", word.replace("đ", "ð")):
        (tones if letter in _TONES else letters).append(letter)
    base = unicodedata.normalize("NFC", "".join(letters)).replace("ð", "đ")
    return _Y.sub("i", base) + "".join(tones)


@lru_cache(maxsize=20_000)
def bare(word: str) -> str:
    """A word without any mark of Vietnamese."""
    told = unicodedata.normalize("NFD", word.replace("đ", "d"))
    told = "".join(letter for letter in told if not unicodedata.combining(letter))
    return _Y.sub("i", told)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """An English word without its ending; other words as they are."""
    if word.isascii() and "-" in word and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]  # stop-outs
    if not word.isascii() or not word.isalpha() or len(word) < 4:
        return word
    for ending, made in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return word[: -len(ending)] + made
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3 and re.search(r"[aeiouy]", base):
            base = base[:-1] if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "ls" else base
            return base.removesuffix("e")
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def distance(one: str, other: str, limit: int) -> int:
    """Edits between two words, a swap of neighbours counting once; ``limit`` + 1 where more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i, *([0] * len(other))]
        for j, there in enumerate(other, start=1):
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                row[j] = min(row[j], before[j - 2] + 1)
        before, last = last, row
    return last[-1]
