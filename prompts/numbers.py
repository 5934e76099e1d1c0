"""Numbers in a question that say how many to show, which place, or a bound on results."""

from __future__ import annotations

import re

from prompts.hearing import Heard
from prompts.vocabulary import NUMBERS, PLACES

_ORDER = (
    "last|latest|newest|recent|top|best|worst|first|biggest|largest|smallest|longest|shortest|lowest|highest|"
    "bottom|oldest|previous|past"
)
_N = rf"\d+|{'|'.join(NUMBERS)}"
_LIMIT = re.compile(rf"\b({_ORDER}) ({_N})\b(?! ?(?:bps|%|usdt?))")
_WHICH = re.compile(
    rf"\b(which|what) ({_N}) (?=(?:days?|hours?|weeks?|symbols?|coins?|pairs?|trades?|signals?)\b)"
)
_TURNED = re.compile(rf"\b({_N}) (?:most )?(?=(?:{_ORDER})\b)")
_PLACE = re.compile(
    rf"\b({'|'.join(list(PLACES)[1:])})[- ]"
    r"(best|worst|biggest|largest|highest|lowest|longest|shortest|last|most)\b"
)
_ALONE = re.compile(
    r"\b(?:last|latest|first|newest|previous|oldest|earliest|recent)(?: \w+){0,2}? "
    r"(?:trade|decision|entry|skip|probe|buy|purchase|loss|win|loser|winner|signal|position|abstention|enter|"
    r"bought|skipped|traded|lose|time)\b"
)
_NTH = re.compile(
    r"\b([1-9]|10)(?:st|nd|rd|th)[- ](?=(?:best|worst|biggest|largest|highest|lowest|longest)\b)"
)
_RANKED = re.compile(
    r"\b(?:best|worst|biggest|largest|most profitable|longest) (?:single )?(?:trade|round trip|position)s?\b"
)
_MORE = r"(?:more|greater|bigger|larger|higher|better) than|above|over|at least|exceeding|>=?"
_LESS = r"(?:less|fewer|smaller|lower|worse) than|below|under|at most|<=?"
_BOUND = re.compile(rf"(?P<side>{_MORE}|{_LESS}) ?(?P<number>[-+]?\d+(?:\.\d+)?) ?(?:bps?|basis points?)\b")
_LOSING = re.compile(r"\b(lost|lose|loses|losing|loss|losses)\b")


def cut_numbers(text: str, heard: Heard) -> str:
    """``text`` without the numbers that were understood, which are noted in ``heard``."""
    if _RANKED.search(text):
        heard.add("ranked", True)
    text = _cut_bounds(text, heard)
    text = _NTH.sub(lambda found: list(PLACES)[int(found[1]) - 1] + " ", text)
    for found in _PLACE.finditer(text):
        heard.add("place", PLACES[found[1]])
    text = _PLACE.sub(r"\2", text)
    for found in _LIMIT.finditer(text):
        heard.add("limit", NUMBERS.get(found[2]) or int(found[2]))
    text = _LIMIT.sub(r"\1", text)
    for found in _WHICH.finditer(text):
        heard.add("limit", NUMBERS.get(found[2]) or int(found[2]))
    text = _WHICH.sub(r"\1 ", text)
    if _ALONE.search(text) and not heard.has("limit"):
        heard.add("alone", True)
    for found in _TURNED.finditer(text):
        heard.add("limit", NUMBERS.get(found[1]) or int(found[1]))
    return _TURNED.sub("", text)


def _cut_bounds(text: str, heard: Heard) -> str:
    """Bounds on results: "lost more than 10 bps" is a result below -10, "above 5 bps" one above 5."""
    is_losing = bool(_LOSING.search(text))
    for found in _BOUND.finditer(text):
        number = float(found["number"])
        is_above = re.fullmatch(_MORE, found["side"]) is not None
        if is_losing and number >= 0:
            number, is_above = -number, not is_above
        heard.add("above" if is_above else "below", number)
        heard.add("bounded", True)
    return _BOUND.sub(" ", text)
