"""A question in plain words as a form; what is not certain is refused with the words it fails on."""

from __future__ import annotations

from dataclasses import replace

from prompts.reading.forms import Form
from prompts.reading.parts import PLACES, Unread
from prompts.reading.sentences import Asked, of_that_time, without_context
from prompts.reading.shaping import shape
from prompts.reading.spotting import Spotted, Surroundings, spot
from tools.domain.errors import BadUsage, NotInRecord

LONGEST = 400  # characters of a question
_NARROWING = ("action", "result", "won", "sup", "m", "g", "rate", "rule", "neg", "only", "cmp", *PLACES)
_SAYING = ("ent", "action", "result", "won", "dim", "sup", "m", "rate", "q")


def read_form(question: str, around: Surroundings) -> Form:
    """The form of ``question``; of several sentences that of the one that asks, if the others narrow nothing.

    Raises:
        Unread: It has none that is certain.
        BadUsage: It names a date or time that does not exist.
    """
    if len(question) > LONGEST:
        raise Unread("too long")
    try:
        return _read(question, around)
    except Unread as unread:
        for asked in without_context(question):
            try:
                return _read_beside(asked, around)
            except Unread:
                continue
        raise unread


def _read(question: str, around: Surroundings) -> Form:
    spotted = spot(question, around)
    return _shaped(spotted)


def _shaped(spotted: Spotted) -> Form:
    if spotted.strange:
        raise Unread("words that are not known", spotted.strange)
    if not spotted.spots:
        raise Unread("nothing is asked")
    return replace(shape(spotted), corrections=tuple(spotted.corrections))


def _read_beside(asked: Asked, around: Surroundings) -> Form:
    """The form of the sentence that asks; the time it refers to is that of the sentences beside it.

    Raises:
        Unread: The others name what the question may mean to be narrowed by.
    """
    try:
        told = spot(asked.context, around)
    except (BadUsage, NotInRecord):
        raise Unread("what is told beside the question is not clear", [asked.context]) from None
    if asked.is_of_that_time and len(told.times) == 1:
        form = _read(of_that_time(asked.question), around)
        if form.times or form.sides:
            raise Unread("two times")
        return replace(form, times=told.times)
    form = _read(asked.question, around)
    named = {one.get("symbol") for one in told.spots if one.has("symbol")}
    known = {str(value) for one in form.where for value in one.values if one.column == "symbol"}
    if named - known:
        raise Unread("whether it is asked of what is told beside it is not clear", sorted(named - known))
    if told.times and not (form.times or asked.is_of_all_time):
        raise Unread("whether it is asked of the time told beside it is not clear")
    if not asked.is_marked and any(one.has(slot) for one in told.spots for slot in _SAYING):
        raise Unread("which of the sentences asks is not clear")
    if asked.is_talk and any(one.has(slot) for one in told.spots for slot in _NARROWING):
        raise Unread("whether what is told before the question narrows it is not clear")
    if any(one.has("id") for one in told.spots):
        raise Unread("whether it is asked of what is told beside it is not clear")
    return form
