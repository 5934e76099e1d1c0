"""From a question in plain words to a typed query; what is not understood is refused, never guessed.

No model takes part. The query holds typed values only, so nothing a person writes ever
becomes part of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from prompts.bounding import cut_bounds
from prompts.composing import compose
from prompts.hearing import Heard, base_of, hear, with_topics
from prompts.numbers import cut_numbers
from prompts.periods import Period, cut_periods
from prompts.phrases import in_words
from prompts.queries import FEW, MOST_LISTED, Ask, Measure, Query, Side, Subject
from prompts.spelling import correct
from prompts.synonyms import in_known_words
from prompts.vietnamese import is_vietnamese, to_english
from tools.domain.clock import iso
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.parameter import SPECS

__all__ = ["FEW", "MOST_LISTED", "Ask", "Measure", "Query", "Side", "Subject", "follows_on", "parse_question"]

LONGEST = 400  # characters of a question
CAN_ASK = (
    "what can be asked: how many (decisions, entries, skips, probes, fills, trades, wins), "
    "why (a decision id, a symbol, a time), the best or worst (trade, symbol, hour, route), "
    "what was learned, what were the last decisions, how did you do"
)
_ID = re.compile(r"\bd_[0-9a-z]+\b")
_MODEL = re.compile(r"\b[a-z][a-z0-9]*[-:.][\w.:-]*\w|gpt|claude|llama|gemini|mistral|qwen|haiku|sonnet|opus")
_ITEM = re.compile(r"\b[yl]_[0-9a-f]{4,}\b")
_PERCENT = re.compile(r"(?<![\d ])\s*%|(?<!\d)\s+%")
_WORD = re.compile(r"[\w./'-]+")
_LEAD = (
    r"(?:and|what about|how about|what of|also|but|only|of those|of these|same for|same|then|ok and|okay and|"
    r"còn|thế còn|vậy còn|và|con|the con|vay con|thế|vậy|rồi|vậy thì|thế thì|còn về|so)\b"
)
_FOLLOWING = re.compile(
    rf"{_LEAD}|(why|how come|how so|tại sao|vì sao|tai sao|vi sao|sao vậy|sao thế|sao vay|sao lại thế)\W*$"
)
_IF_TEXT = """
and what would have has had happened been come of it if we you i taken entered bought in gone then that the
result outcome how did done made make otherwise instead anyway one trade signal ended turned out took buy
nếu vào vô mua thì ra sao thế nào lúc đó lệnh kèo này kia có lãi lời lỗ không ko được bao nhiêu mấy đã giả sử
hồi vậy là hay kết quả bps thật neu vao vo thi nao luc do lenh co lai loi khong duoc nhieu may da gia su vay
"""
_IFS = frozenset(_IF_TEXT.split())
_IF = re.compile(r"(?:nếu|giả sử|neu|gia su|if|had|would have)\b")
_ENDING = re.compile(r"(thì sao|thi sao|then|too|as well|instead)\W*$")
_ORDINALS = {
    name: place
    for place, names in enumerate(
        (("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th")), start=1
    )
    for name in names
}
_ONE = re.compile(
    rf"\b(?:the )?({'|'.join(_ORDINALS)}|last) one\b|#(\d+)\b|\bnumber (\d+)\b"
    rf"|\b(?:the )?({'|'.join(_ORDINALS)})\s*\W*$"
)
_AMONG = re.compile(r"\b(?:of|in|among|amongst|from|within) (?:all )?(?:those|these|them)\b")
_THING = (
    "symbol|coin|pair|market|token|hour|day|weekday|week|rule|route|regime|trade|decision|signal|skip|entry|"
    "order"
)
_PRONOUN = re.compile(rf"\b(?:its|it|the same one|(?:that|this|the same) (?:{_THING}|one)|there)\b(?:'s)?")
_SHOWN = re.compile(r"\b(?:that|this|the same) (?:one|trade|decision|signal|skip|entry)\b")


class NotUnderstood(NotInRecord):
    """The rules cannot read the question; a brain may be asked what it means."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the record before a question is read.

    Attributes:
        symbols: Symbols in it.
        now: What today is, nanoseconds.
        newest: Time of the newest decision.
        oldest: Time of the oldest.
        models: Models that were asked.
    """

    symbols: Sequence[str]
    now: int
    newest: int | None
    oldest: int | None
    models: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words of one question said, before it is known what it asks."""

    heard: Heard
    periods: tuple[Period, ...]
    corrections: tuple[str, ...]


def parse_question(
    text: str,
    *,
    symbols: Sequence[str],
    now: int,
    newest: int | None,
    before: Sequence[str] = (),
    oldest: int | None = None,
    is_referring: bool = False,
    models: Sequence[str] = (),
) -> Query:
    """The query that ``text`` asks.

    Args:
        text: The question.
        symbols: Symbols in the record.
        now: What today is, nanoseconds.
        newest: Time of the newest decision in the record.
        before: Questions asked before, oldest first: what they said holds for a question that
            follows on from them (see ``follows_on``), or that alone asks nothing, unless it says otherwise.
        oldest: Time of the oldest decision.
        is_referring: Whether what was asked before has been answered by a name that ``text`` now
            holds; of the questions before only their period, world and run hold then.
        models: Models that were asked.

    Raises:
        BadUsage: There is no question, or it names a date or time that does not exist.
        NotInRecord: It names a symbol or a time that is not in the record.
        NotUnderstood: It was not understood.
    """
    before = [one for one in before if shown_place(one) is None]
    known = Known(symbols, now, newest, oldest, models)
    if is_referring:
        return replace(_composed([*before, text], known, kept=_KEPT), is_follow_up=True)
    if not (before and follows_on(text)):
        try:
            return _composed([text], known)
        except NotUnderstood:
            if not before:
                raise
    return replace(_composed([*before, text], known), is_follow_up=True)


def follows_on(text: str) -> bool:
    """Whether a question makes sense only after another: "and on ETH?", "why?", "how many of those?"."""
    lower = text.strip().lower()
    english = to_english(lower) if is_vietnamese(lower) else lower
    if _IF.search(lower) and set(re.findall(r"\w+", lower)) <= _IFS:
        return True  # "what if we had taken it?" names nothing
    return bool(_FOLLOWING.match(lower) or _ENDING.search(lower) or _AMONG.search(english))


def refers_back(text: str) -> bool:
    """Whether a pronoun stands for what was answered: "its win rate?", "how long was that trade held?"."""
    lower = text.strip().lower()
    return _PRONOUN.search(to_english(lower) if is_vietnamese(lower) else lower) is not None


def referred(text: str, name: str) -> str:
    """``text`` in English with ``name`` in place of the pronoun."""
    lower = text.strip().lower()
    english = to_english(lower) if is_vietnamese(lower) else lower
    return f"{_PRONOUN.sub(' ', english, count=1)} {name}"


def shown_place(text: str) -> int | None:
    """Which of what was just shown is meant: 2 for "the second one", -1 for the last; None for none."""
    lower = text.strip().lower()
    english = to_english(lower) if is_vietnamese(lower) else lower
    found = _ONE.search(english)
    if found is None:
        return 1 if _SHOWN.search(english) else None
    name = found[1] or found[4]
    number = found[2] or found[3]
    return int(number) if number else -1 if name == "last" else _ORDINALS[name]


_KEPT = ("world", "run", "kind", "probe")


def _composed(texts: Sequence[str], known: Known, kept: Sequence[str] | None = None) -> Query:
    """The query of several questions after each other; of all but the last only the slots ``kept`` hold."""
    whole, periods, corrections = Heard(), (), ()  # type: tuple[Heard, tuple[Period, ...], tuple[str, ...]]
    for number, text in enumerate(texts):
        anchor = periods[0] if periods else None
        one = _hear(text, known, anchor, is_later=number > 0)
        is_last = number == len(texts) - 1
        if is_last and kept is not None:
            whole = whole.of(kept)
        whole, corrections = whole.then(one.heard), one.corrections
        periods = one.periods or periods
    _require_past(periods, known.now)
    return compose(with_topics(whole), periods, corrections, CAN_ASK, NotUnderstood)


def _hear(text: str, known: Known, anchor: Period | None, *, is_later: bool) -> Understood:
    """The words of one question and the periods it names."""
    if not text.strip() or len(text) > LONGEST:
        raise BadUsage(f"expected a question of 1 to {LONGEST} characters, was {len(text.strip())}")
    shouted = frozenset(word.lower() for word in re.findall(r"\b[A-Z0-9]{2,}\b", text) if not text.isupper())
    rest = _without_lead(text) if is_later else text.lower()
    rest = to_english(rest) if is_vietnamese(text) else rest
    heard = Heard()
    for name in _ID.findall(rest):
        heard.add("decision", name)
    for name in _ITEM.findall(rest):
        heard.add("item", name)
        heard.add("subject", "strategies" if name.startswith("y_") else "lessons")
    rest = _ITEM.sub(" ", rest)
    rest = _joined(_ID.sub(" ", rest.replace("’", "'")), known.symbols)
    rest = _models(rest, heard, known.models)
    one = _read(rest, heard, known, anchor, shouted)
    if one.heard.strange:
        rest = in_known_words(rest, one.heard.strange)
        one = _read(rest, heard, known, anchor, shouted)
    if one.heard.strange:
        rest, corrections = correct(rest, one.heard.strange)
        again = _read(rest, heard, known, anchor, shouted)
        one = Understood(again.heard, again.periods, corrections)
    if one.heard.strange:
        words = ", ".join(f'"{word}"' for word in one.heard.strange)
        names = ", ".join(known.symbols) or "none"
        raise NotUnderstood(
            f"not in the record, or said in words I do not know: did not understand {words}; {CAN_ASK}; "
            f"symbols in the record: {names}"
        )
    return one


def _read(
    text: str, named: Heard, known: Known, anchor: Period | None, shouted: frozenset[str]
) -> Understood:
    """The words and periods of ``text``, in English and in lower case, beside what was ``named`` before."""
    heard = Heard({slot: list(values) for slot, values in named.said.items()})
    try:
        rest, periods = cut_periods(text, known.now, known.newest, oldest=known.oldest, anchor=anchor)
    except ValueError as error:
        raise BadUsage(f"expected a date like 2024-08-08 or a time like 23:58: {error}") from None
    rest = _PERCENT.sub(" percentage ", cut_numbers(rest, heard))
    rest = cut_bounds(in_words(_parameters(rest, heard)), heard)
    for word in _WORD.findall(rest):
        hear(word.strip(".'-/"), heard, known.symbols, shouted)
    return Understood(heard, periods, ())


def _without_lead(text: str) -> str:
    """A follow-up without the words that only say it is one."""
    lower = text.strip().lower()
    lead = re.match(rf"(?:{_LEAD}\W*)+", lower)
    rest = lower[lead.end() :] if lead else lower
    return _ENDING.sub(" ", rest) or lower


def _joined(text: str, symbols: Sequence[str]) -> str:
    """Symbols written apart, "btc usdt" or "btc / usdt", as one word."""
    for symbol in symbols:
        base = base_of(symbol).lower()
        quote = re.sub(r"[-_/]", "", symbol).lower().removeprefix(base)
        if quote:
            text = re.sub(rf"\b{re.escape(base)} ?[/_-]? ?{re.escape(quote)}\b", symbol.lower(), text)
    return text


_PARAMETER_UNITS = re.compile(r"_(?:s|ms|bps|usd|hz|z)$")
_SPOKEN = {
    spoken: name
    for name in SPECS
    if " " in (spoken := _PARAMETER_UNITS.sub("", name).replace("_", " ")) and spoken != "large trade"
} | {"stop distance": "stop_bps", "take profit distance": "take_profit_buffer_bps", "stop width": "stop_bps"}
_SPOKEN_PATTERN = re.compile(rf"\b({'|'.join(sorted(map(re.escape, _SPOKEN), key=len, reverse=True))})\b")


def _parameters(text: str, heard: Heard) -> str:
    """``text`` without the parameters it names in spoken words, such as "take profit buffer"."""
    for found in _SPOKEN_PATTERN.finditer(text):
        heard.add("parameter", _SPOKEN[found[1]])
    return _SPOKEN_PATTERN.sub(" ", text)


def may_name_model(text: str) -> bool:
    """Whether a word looks like the name of a model, so that it is worth while to look which were asked."""
    return _MODEL.search(text.lower()) is not None


def _models(text: str, heard: Heard, models: Sequence[str]) -> str:
    """``text`` with a word for a brain in place of each of ``models`` it names."""
    for name in sorted(models, key=len, reverse=True):
        spoken = re.escape(name.lower()).replace(r"\-", "[- ]?")
        pattern = re.compile(rf"(?<![\w-]){spoken}(?![\w-])")
        if pattern.search(text):
            heard.add("model", name)
            text = pattern.sub(" brain ", text)
    return text


def _require_past(periods: Sequence[Period], now: int) -> None:
    """Refuse what has not happened: the record knows nothing of it."""
    for period in periods:
        if period.ts_from is not None and period.ts_from > now:
            raise NotInRecord(
                f"not in the record: {iso(period.ts_from)} has not come yet; the record holds the past only"
            )
