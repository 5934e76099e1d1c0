"""Counts and shares that the database works out alone, so that a million rows need not be read for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from graphs.answers import MOST_CITED
from graphs.reading.figures import UNKNOWN, Figure, columns_of, share_of, told_names
from graphs.selecting import time_group
from memory.entities import ENTITIES
from memory.store import Store
from memory.tally import HOUR_NS, Condition, Selection, TallyRow, Value, counts, is_decided_there, tally
from prompts.reading.forms import TIME_GROUPS, Form, Statistic, What

_PLAIN = ("text", "flag", "whole")
_CITED = 3 * MOST_CITED + 1  # rows from which citations are taken
_SPLIT = (What.GROUPS, What.LEADER, What.NAMES)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows there are.

    Attributes:
        n: All of them.
        figure: The count, or the share of the part.
        groups: The same of each group, by name; empty where nothing is split.
        values: What each name stands for; of groups of times there is none.
        newest: The newest of those that count, oldest first, to be cited.
    """

    n: int
    figure: Figure
    groups: Mapping[str, Figure]
    values: Mapping[str, Value]
    newest: list[TallyRow]


def counted(store: Store, form: Form) -> Counted | None:
    """What ``form`` counts; None where its rows must be read."""
    whole = _selection(form)
    if not _is_plain(form) or not is_decided_there(whole):
        return None
    part = replace(whole, where=(*whole.where, *form.part))
    all_rows, values = _by_name(store, whole, form)
    some_rows = _by_name(store, part, form)[0] if form.part else all_rows
    figures = {name: _figure(some_rows.get(name, 0), n, form) for name, n in all_rows.items()}
    n, n_part = sum(all_rows.values()), sum(some_rows.values())
    newest = tally(store, part if form.what is What.FIGURE and n_part else whole, _CITED)
    is_split = form.what in _SPLIT
    return Counted(n, _figure(n_part, n, form), figures if is_split else {}, values, newest)


def newest_in(store: Store, form: Form, *values: Value) -> list[TallyRow]:
    """The newest rows of the groups of ``values``, oldest first, to be cited."""
    bounds = tuple(int(one) if isinstance(one, bool) else one for one in values)
    known = tuple(one for one in bounds if isinstance(one, str | int))  # what is unknown is not ranked
    inside = replace(form, where=(*form.where, Condition(form.group, known)))
    return tally(store, _selection(inside), _CITED)


def _by_name(store: Store, wanted: Selection, form: Form) -> tuple[dict[str, int], dict[str, Value]]:
    """How many rows of each group there are, and what its name stands for; without groups under one name."""
    is_of_times = form.group in TIME_GROUPS
    group = "" if form.what not in _SPLIT else form.time_column if is_of_times else form.group
    found: dict[str, int] = {}
    values: dict[str, Value] = {}
    for value, count in counts(store, wanted, group):
        name = _time_name(value, form.group) if is_of_times else told_names(value, form.group)[0]
        found[name] = found.get(name, 0) + count
        values[name] = value
    return found, {} if is_of_times else values


def _figure(part: int, whole: int, form: Form) -> Figure:
    return share_of(part, whole) if form.statistic is Statistic.SHARE else Figure(part, whole)


def _is_plain(form: Form) -> bool:
    """Whether nothing but rows is counted, all of them, by what the database can tell apart.

    A share of winners as one figure is not: its rows' break-even stands beside it.
    """
    if form.statistic not in (Statistic.COUNT, Statistic.SHARE) or form.measure:
        return False
    if form.part_bounds or form.newest or form.sides:
        return False
    if form.what is What.FIGURE:
        is_share = form.statistic is Statistic.SHARE
        return all(one.column != "won" for one in form.part) if is_share else not form.part
    if form.what not in _SPLIT:
        return form.what is What.COMPARE
    if form.group in TIME_GROUPS:
        return form.what is What.GROUPS
    columns = ENTITIES[form.entity].columns
    return form.group in columns and columns[form.group].kind in _PLAIN


def _selection(form: Form) -> Selection:
    return Selection(form.entity, columns_of(form), form.where, form.bounds, form.times, form.time_column)


def _time_name(hours: Value, group: str) -> str:
    name = None if hours is None else time_group(int(str(hours)) * HOUR_NS, group)
    return name or UNKNOWN
