"""A follow-up as the question before it, with those parts put anew that it names: "and on ETH?"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from prompts.reading.forms import Form
from prompts.reading.parts import Unread
from prompts.reading.shaping import shape
from prompts.reading.spotting import Spot, Spotted, Surroundings, spot

_MEASURED = ("m", "g", "rate")
_NARROWING = ("symbol", "regime", "route", "provider", "model_name", "side", "result", "won", "rule", "t")
_RANKING = ("sup", "order", "dim", "agg", "unit")
_HOLDING = ("join", "verb", "of", "plain", "by", "negend", "than")


def followed(questions: Sequence[str], around: Surroundings, is_following: Callable[[str], bool]) -> Form:
    """The form of the last of ``questions``, which builds on those before it, oldest first.

    Raises:
        Unread: It is no follow-up of parts, or what it makes of the question before is not certain.
        BadUsage: A question names a date or time that does not exist.
    """
    first = max((place for place, one in enumerate(questions) if not is_following(one)), default=-1)
    if first < 0 or first == len(questions) - 1:
        raise Unread("it follows on nothing")
    told = _known(questions[first], around)
    for one in questions[first + 1 :]:
        told = _put_anew(told, _known(one, around))
    return replace(shape(told), corrections=tuple(told.corrections))


def _known(question: str, around: Surroundings) -> Spotted:
    told = spot(question, around)
    if told.strange:
        raise Unread("words that are not known", told.strange)
    return told


def _put_anew(before: Spotted, after: Spotted) -> Spotted:
    """``before`` with the parts that ``after`` names in place of its own of that kind."""
    named = [one for one in after.spots if not _holds_together(one)]
    if not named:
        raise Unread("a follow-up that names nothing")
    spots = list(before.spots)
    is_counted = any(one.has("q", "count") for one in spots)
    is_measured = any(_kind(one) == "m" and not one.has("g") for one in named)
    for one in named:
        kind = _kind(one)
        if not kind:
            raise Unread("a follow-up of another kind", [one.text])
        same = [other for other in spots if _kind(other) == kind and other not in named]
        if not same and kind == "m" and is_measured:
            same = [other for other in spots if other.has("q", "count")]  # measured instead of counted
        is_how = is_measured and kind in ("agg", "unit")
        if not same and kind not in _NARROWING and not one.has("g") and not is_how:
            raise Unread("a follow-up to nothing of its kind", [one.text])
        if kind == "m" and one.has("g") and (is_counted or _says_which(one)):
            same = [other for other in same if other.has("g")]  # it narrows what is counted or measured
        if one.has("g") or one.has("won"):
            spots = [_without_result(other) for other in spots]  # "losing trades", "and winning ones?"
        at = spots.index(same[0]) if same else len(spots)
        spots[at:at] = [one]
        spots = [other for other in spots if other not in same]
    if is_measured or any(one.has("g") and not (is_counted or _says_which(one)) for one in named):
        gone = [one for one in before.spots if one.has("agg") or one.has("q", "share") or one.has("unit")]
        spots = [one for one in spots if one not in gone]
    times = after.times or before.times
    return Spotted(spots, [], times, [*before.corrections, *after.corrections], before.is_vietnamese)


def _says_which(one: Spot) -> bool:
    """Whether it says which ones are meant, as "losing ones" does."""
    return one.has("g") and one.text.endswith(("ing", "able"))


def _without_result(one: Spot) -> Spot:
    """A noun that says how its trades came out without that."""
    if not one.has("ent", "trade") or not one.has("won"):
        return one
    return replace(one, slots=tuple(each for each in one.slots if each[0] != "won"))


def _holds_together(one: Spot) -> bool:
    slot, value = one.slots[0]
    return slot in _HOLDING or (slot == "q" and value in ("which", "amount", "num", "yes"))


def _kind(one: Spot) -> str:
    """What a part may stand in place of; empty where that is not certain."""
    slot = one.slots[0][0]
    if any(one.has(name) for name in _MEASURED):
        return "m"
    if one.has("q", "count") or one.has("q", "share"):
        return "q"
    return slot if len(one.slots) == 1 and slot in (*_NARROWING, *_RANKING) else ""
