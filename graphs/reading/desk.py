"""A question answered by its parts, and how that answer stands to the one of the other rules."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from graphs.answers import Answer
from graphs.reading.answering import answer_form
from graphs.reading.reader import surroundings
from graphs.reading.telling import understood
from memory.entities import ENTITIES
from memory.store import Store
from prompts.reading.forms import Form, What
from prompts.reading.parts import Unread
from prompts.reading.reader import read_form
from prompts.reading.tongue import Tongue
from prompts.vietnamese import is_vietnamese
from tools.domain.errors import BadUsage, NotInRecord

SAME = 1e-6  # relative


def form_of(store: Store, question: str, now: int) -> Form | None:
    """What the parts of ``question`` ask; None where they ask nothing that is certain."""
    try:
        form = read_form(question, surroundings(store, now))
    except (Unread, NotInRecord, BadUsage):
        return None
    return form if columns_asked(form) <= set(ENTITIES[form.entity].columns) else None


def by_parts(store: Store, question: str, form: Form | None) -> Answer | None:
    """The answer to ``form``, which may read all the rows it is about; None where there is none."""
    if form is None:
        return None
    try:
        text, numbers, citations = answer_form(store, form, Tongue(is_vietnamese(question)))
    except (Unread, NotInRecord, BadUsage):
        return None
    return Answer(question, form, understood(form), text, numbers, citations)


def columns_asked(form: Form) -> set[str]:
    """Every column that ``form`` names; what is asked for may have others."""
    conditions = [*form.where, *form.part, *(one for side in form.sides for one in side.where)]
    named = {one.column for one in conditions} | {one.column for one in (*form.bounds, *form.part_bounds)}
    having = "" if form.having is None else form.having.measure
    return (named | {form.measure, form.attribute, form.time_column, having}) - {""}


def agree(one: Answer, other: Answer) -> bool:
    """Whether two answers come down to the same: a name, else a number, else the same first decision."""
    form = other.query
    if isinstance(form, Form) and form.what in (What.NAMES, What.GROUPS):
        return form.having is None and form.entity != "call"
    names = (one.numbers.get("name"), other.numbers.get("name"))
    if None not in names:
        return names[0] == names[1]
    first, second = (_number(each.numbers.get("value", each.numbers.get("n"))) for each in (one, other))
    if first is not None and second is not None:
        return abs(first - second) <= SAME * max(1.0, abs(first), abs(second))
    return bool(one.citations) and one.citations[:1] == other.citations[:1]


def outranks(form: Form, other: Answer) -> bool:
    """Whether what the parts ask heeds what the other rules have no place for.

    That is what is denied, what must hold of groups, and a name where the other has none.
    """
    is_denied = any(each.is_not for each in (*form.where, *form.part)) or any(
        each.is_not for each in form.times
    )
    is_of_groups = form.having is not None
    is_named = form.what in (What.LEADER, What.COMPARE) and other.numbers.get("name") is None
    is_of_standing = form.entity in ("strategy", "lesson") and form.what is What.FIGURE and bool(form.where)
    is_one = form.what is What.FIGURE and bool(form.times) and bool(getattr(other.query, "sides", ()))
    return is_denied or is_of_groups or is_named or is_of_standing or is_one


def _number(value: object) -> float | None:
    try:
        return None if value is None else float(Decimal(str(value)))
    except InvalidOperation:
        return None
