"""The sentence that asks, where people tell something before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from prompts.reading.words import bare

_END = re.compile(r"(?<=[.!?…])[\s\"')]+(?=\S)|\n+")
_COMMANDS = re.compile(
    r"[:;{}<>]|\b(?:system|assistant|ignore|disregard|instructions?|pretend|prompt|unrestricted|select|drop|insert|"
    r"delete|update|from|table|where)\b"
)
_TALK = re.compile(  # what is told before a question in one sentence with it, and narrows nothing
    r"^(?:(?:thinking|talking|speaking|wondering) (?:about|of)"
    r"|i(?:'ve| have|'m| am| was| just|'d| would| want| need)|out of curiosity"
    r"|for (?:my|our|the) (?:report|records?|notes?|boss|spreadsheet|files?)|quick (?:check|one|question)"
    r"|before i (?:go|sleep|leave|log off)|not sure|sorry|ok(?:ay)?|hey|hi|hello|so|well|right|listen|look"
    r"|(?:mình|tôi|tui|em|anh|minh|toi) (?:đang|muốn|vừa|mới|cần|dang|muon|vua|moi|can)|chào|chao|à|này)\b"
)
_ASKS = re.compile(
    r"(?:[,:;–—]| - ) *(?=(?:(?:and|so|then|but|please|could you(?: please)?|over the whole record,) )*"
    r"(?:what|which|how|when|why|who|tell me|give me|show|list|count|có bao nhiêu|bao nhiêu|co bao nhieu"
    r"|bao nhieu|đồng nào|dong nao|ngày nào|ngay nao|mấy|may)\b)",
    re.IGNORECASE,
)
_NO_END = re.compile(r"\b(?:vs|e\.g|i\.e|approx|no|incl|excl|max|min|avg|etc|resp)\.$", re.IGNORECASE)
_THAT_TIME = re.compile(
    r"\b(?:(?:on|in|during|for) )?(?:that|the same|this) (?:day|date|week|month|hour|night|evening|morning)\b"
    r"|\b(?:hom|ngay|bua|tuan|thang|luc|gio|dem|sang|chieu) (?:do|ay|day)\b"
)
_ALL_TIME = re.compile(
    r"\b(?:ever|so far|overall|altogether|in total|in all|since the (?:very )?(?:start|beginning)"
    r"|from the start|to date|until now|up to now|all time|tu dau|tu truoc|tu do|den gio|toi gio|den nay"
    r"|toi nay"
    r"|tong cong|tat ca)\b"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A text of several sentences.

    Attributes:
        question: The sentence or sentences that ask.
        context: What was told beside them.
        is_of_that_time: Whether the question speaks of the time that the context names.
        is_of_all_time: Whether it speaks of all the time.
        is_marked: Whether a question mark tells which sentence asks.
        is_talk: Whether some of the context stands in one sentence with the question.
    """

    question: str
    context: str
    is_of_that_time: bool
    is_of_all_time: bool
    is_marked: bool
    is_talk: bool


def sentences(text: str) -> list[str]:
    """The sentences of ``text`` in order; an abbreviation ends none."""
    found: list[str] = []
    for piece in _END.split(text):
        if not piece or not piece.strip():
            continue
        if found and _NO_END.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece.strip())
    return found


def without_context(text: str) -> Sequence[Asked]:
    """What may be the question of ``text`` alone, the likeliest first; nothing where it is one sentence."""
    whole = sentences(text)
    pieces = [
        one
        for piece in whole
        for one in (_without_talk(piece) if len(whole) == 1 or piece.endswith("?") else [piece])
    ]
    if len(pieces) < 2:
        return ()
    asking = [place for place, one in enumerate(pieces) if one.rstrip(" \"')").endswith("?")]
    spans = [(place, place + 1) for place in reversed(asking)] if asking else []
    if len(asking) > 1:
        spans.insert(0, (asking[0], asking[-1] + 1))
    if asking and asking[-1] + 1 < len(pieces):
        spans.append((asking[-1], len(pieces)))
    spans.append((len(pieces) - 1, len(pieces)))
    made = []
    for first, last in dict.fromkeys(spans):
        question = " ".join(pieces[first:last])
        folded = bare(question.lower())
        context = " ".join((*pieces[:first], *pieces[last:]))
        if _COMMANDS.search(context.lower()) or not context:
            continue  # what gives commands to a program is no talk beside a question
        is_that, is_all = bool(_THAT_TIME.search(folded)), bool(_ALL_TIME.search(folded))
        made.append(Asked(question, context, is_that, is_all, bool(asking), len(pieces) > len(whole)))
    return made


def _without_talk(sentence: str) -> list[str]:
    """A sentence as the talk before its question, and that; itself where no such talk stands there."""
    found = _ASKS.search(sentence)
    if found is None or not _TALK.search(sentence.lower()):
        return [sentence]
    return [sentence[: found.start()], sentence[found.end() :]]


def of_that_time(question: str) -> str:
    """``question`` without the words that refer to a time named before."""
    folded = bare(question.lower())
    found = _THAT_TIME.search(folded)
    if found is None or len(folded) != len(question):
        return question
    return f"{question[: found.start()]} {question[found.end() :]}".strip()
