"""A question answered by its parts, and how that answer stands to the one of the other rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from graphs.answers import Answer
from graphs.reading.accounting import overlooked
from graphs.reading.answering import answer_form
from graphs.reading.reader import surroundings
from graphs.reading.telling import understood
from memory.entities import ENTITIES
from memory.lookup import find_decision
from memory.store import Store
from prompts.queries import Ask, Query
from prompts.questions import follows_on, refers_back
from prompts.reading.following import followed
from prompts.reading.forms import TIME_GROUPS, Form, Statistic, What
from prompts.reading.parts import Unread
from prompts.reading.reader import read_form
from prompts.reading.spotting import spot
from prompts.reading.tongue import Tongue
from prompts.vietnamese import is_vietnamese
from tools.domain.errors import BadUsage, NotInRecord

SAME = 1e-6  # relative
_FIRST = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*_)")


def form_of(store: Store, question: str, now: int, before: Sequence[str] = ()) -> Form | None:
    """What the parts of ``question`` ask; None where they ask nothing that is certain.

    Args:
        store: The record.
        question: In plain words.
        now: What today is, nanoseconds.
        before: Questions that it builds on, oldest first.
    """
    around = surroundings(store, now)
    if around.clock.newest is None:
        return None
    try:
        form = followed((*before, question), around, _is_following) if before else read_form(question, around)
    except (Unread, NotInRecord, BadUsage):
        return None
    try:
        form = _of_whole_ids(store, form)
    except (NotInRecord, BadUsage):
        return None
    return form if columns_asked(form) <= set(ENTITIES[form.entity].columns) else None


def _is_following(question: str) -> bool:
    return follows_on(question) or refers_back(question)


def _of_whole_ids(store: Store, form: Form) -> Form:
    """The form with the whole ids of the decisions of which it names the beginnings."""
    where = []
    for one in form.where:
        if one.column == "id" and form.entity not in ("lesson", "change", "strategy", "run"):
            names = tuple(find_decision(store, str(value)).decision_id for value in one.values)
            where.append(replace(one, values=names))
        else:
            where.append(one)
    return replace(form, where=tuple(where))


def by_parts(store: Store, question: str, form: Form | None) -> Answer | None:
    """The answer to ``form``, which may read all the rows it is about; None where there is none."""
    if form is None:
        return None
    try:
        text, numbers, citations = answer_form(store, form, Tongue(is_vietnamese(question)))
    except (Unread, NotInRecord, BadUsage):
        return None
    return Answer(question, form, understood(form), text, numbers, citations)


def unaccounted(store: Store, question: str, found: Answer, now: int) -> list[str]:
    """The parts of ``question`` that an answer of the other rules has nothing of."""
    if not isinstance(found.query, Query):
        return []
    try:
        return overlooked(spot(question, surroundings(store, now)), found.query)
    except (NotInRecord, BadUsage):
        return []


def columns_asked(form: Form) -> set[str]:
    """Every column that ``form`` names; what is asked for may have others."""
    conditions = [*form.where, *form.part, *(one for side in form.sides for one in side.where)]
    named = {one.column for one in conditions} | {one.column for one in (*form.bounds, *form.part_bounds)}
    having = "" if form.having is None else form.having.measure
    return (named | {form.measure, form.attribute, form.time_column, having}) - {"", *TIME_GROUPS}


def agree(one: Answer, other: Answer) -> bool:
    """Whether two answers come down to the same: a name, else a number, else the same first decision."""
    form = other.query
    if isinstance(form, Form) and form.is_gap:
        return False
    is_figure = isinstance(form, Form) and form.what is What.FIGURE
    is_table = getattr(one.query, "ask", None) is Ask.LIST or getattr(one.query, "group", None) is not None
    if is_figure and is_table and form.statistic is not Statistic.DISTINCT:
        return False
    if isinstance(form, Form) and form.what is What.RECORD and getattr(one.query, "group", None) is not None:
        return False
    if isinstance(form, Form) and form.what is What.GROUPS:
        return form.entity != "call" and getattr(one.query, "group", None) == form.group
    if isinstance(form, Form) and form.what is What.NAMES:
        return _names(one) == _names(other)
    names = (one.numbers.get("name"), other.numbers.get("name"))
    first, second = (_number(each.numbers.get("value", each.numbers.get("n"))) for each in (one, other))
    if isinstance(form, Form) and form.what is What.COMPARE and any(side.times for side in form.sides):
        return _is_close(first, second)
    if None not in names:
        is_same = names[0] == names[1]
        is_far = isinstance(form, Form) and form.what is What.LEADER and None not in (first, second)
        if isinstance(form, Form) and form.what is What.LEADER and form.limit > 1:
            return False  # the rules tell more than so many
        if isinstance(form, Form) and form.what is What.COMPARE and form.measure in ("net", "net_bps"):
            return is_same and not all(side.query.won is False for side in getattr(one.query, "sides", ()))
        return is_same and not (is_far and not _is_close(first, second))
    if first is None and second is not None and isinstance(form, Form) and form.what is What.FIGURE:
        return False
    if first is not None and second is not None:
        return _is_close(first, second) and (not _is_count(form) or _begins(one, second))
    return bool(one.citations) and one.citations[:1] == other.citations[:1]


def outranks(form: Form, other: Answer) -> bool:
    """Whether what the parts ask is heeded where the other rules answer something else.

    It is not where the question is put loosely ("how did you do"), of which the rules tell more, and
    where both name one row of many, unless the rules rank groups or do not heed what is denied.
    """
    is_denied = any(each.is_not for each in (*form.where, *form.part)) or any(
        each.is_not for each in form.times
    )
    if is_denied:
        return True
    if form.is_loose or (form.entity == "change" and form.what is What.NAMES and _is_plain(form)):
        return False
    if form.what is What.RECORD and form.entity in ("trade", "decision"):
        return getattr(other.query, "group", None) is not None
    return True


def _is_plain(form: Form) -> bool:
    """Whether nothing narrows what is asked for."""
    return not (form.where or form.bounds or form.times or form.having)


def _is_close(first: float | None, second: float | None) -> bool:
    if first is None or second is None:
        return False
    return abs(first - second) <= SAME * max(1.0, abs(first), abs(second))


def _is_count(form: object) -> bool:
    return isinstance(form, Form) and form.what is What.FIGURE and form.statistic is Statistic.COUNT


def _begins(answer: Answer, value: float) -> bool:
    """Whether the first number of an answer is what was asked for."""
    found = _FIRST.search(answer.text)
    return found is not None and _is_close(float(found[0]), value)


def _names(answer: Answer) -> set[str]:
    """The groups that an answer names."""
    told = answer.numbers.get("names", answer.numbers.get("by", ()))
    return {str(one) for one in told} if isinstance(told, list | tuple | dict) else set()


def _number(value: object) -> float | None:
    try:
        return None if value is None else float(Decimal(str(value)))
    except InvalidOperation:
        return None
