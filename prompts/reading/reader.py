"""A question in plain words as a form; what is not certain is refused with the words it fails on."""

from __future__ import annotations

from dataclasses import replace

from prompts.reading.forms import Form
from prompts.reading.parts import Unread
from prompts.reading.shaping import shape
from prompts.reading.spotting import Surroundings, spot

LONGEST = 400  # characters of a question


def read_form(question: str, around: Surroundings) -> Form:
    """The form of ``question``.

    Raises:
        Unread: It has none that is certain.
        BadUsage: It names a date or time that does not exist.
    """
    if len(question) > LONGEST:
        raise Unread("too long")
    spotted = spot(question, around)
    if spotted.has_id:
        raise Unread("what has an id is told elsewhere")
    if spotted.strange:
        raise Unread("words that are not known", spotted.strange)
    if not spotted.spots:
        raise Unread("nothing is asked")
    form = shape(spotted)
    return replace(form, corrections=tuple(spotted.corrections))
