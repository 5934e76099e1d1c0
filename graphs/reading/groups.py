"""Answers on groups: tables, the first of them, those for which something holds, and comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from graphs.answers import MOST_CITED, Told
from graphs.reading.citing import cited, require, share_numbers
from graphs.reading.counted import counted, newest_in
from graphs.reading.figures import (
    Figure,
    figure,
    grouped,
    names_of,
    ordered,
    rows_of,
    told_names,
)
from graphs.reading.telling import (
    as_number,
    joined,
    numbers_beside,
    share_told,
    told,
    unit_of,
)
from memory.entities import ENTITIES
from memory.store import Store
from memory.tally import TallyRow
from prompts.reading.forms import TIME_GROUPS, Form, Statistic, What
from prompts.reading.tongue import Tongue
from tools.domain.clock import day_of
from tools.domain.errors import NotInRecord

MOST_GROUPS = 31
_LISTS = ("rule", "limit", "feature", "objecting", "favouring")  # of which a row may have none


def distinct(store: Store, form: Form, tongue: Tongue) -> Told:
    """How many groups there are, and which."""
    names, found, meant = _names(store, form)
    numbers = {"n": len(names), "value": len(names), "names": names, "groups": len(found)}
    head = f"{len(names)} {tongue.group(form.group, len(names))}"
    more = _more(names, tongue)
    text = f"{head}: {joined(names[:MOST_GROUPS])}{more}." if names else f"{head}."
    return text, numbers, cited(store, form, meant)


def _more(names: Sequence[str], tongue: Tongue) -> str:
    left = len(names) - MOST_GROUPS
    return f" {tongue.say('and more').format(left)}" if left > 0 else ""


def _names(store: Store, form: Form) -> tuple[list[str], Mapping[str, Figure], Sequence[TallyRow]]:
    """The groups for which what must hold holds, the figures of all, and rows of those groups."""
    having = form.having
    statistic, measure = (Statistic.COUNT, "") if having is None else (having.statistic, having.measure)
    quick = counted(store, replace(form, what=What.NAMES, statistic=statistic, measure=measure))
    if quick is None:
        rows = rows_of(store, form)
        found = {
            name: figure(those, form, statistic, measure)
            for name, those in grouped(rows, form, form.group).items()
        }
    else:
        rows, found = [], dict(quick.groups)
    found.pop("unavailable", None)
    if form.group in _LISTS:
        found.pop("none", None)
    names = [
        name
        for name, one in found.items()
        if having is None or (one.value is not None and having.bound.admits(one.value))
    ]
    if quick is not None:
        rows = newest_in(store, form, *(quick.values[name] for name in names))
    return sorted(names), found, [row for row in rows if set(names) & set(_groups_of(row, form))]


def groups(store: Store, form: Form, tongue: Tongue) -> Told:
    """One line a group: times in their order, others from the highest."""
    quick = counted(store, form)
    rows = rows_of(store, form) if quick is None else quick.newest
    require(rows, form)
    n = len(rows) if quick is None else quick.n
    found = _figures(rows, form) if quick is None else dict(quick.groups)
    if form.group in _LISTS and len(found) > 1:
        found.pop("none", None)
    names = sorted(found) if form.group in TIME_GROUPS else ordered(found, best=True)
    what = _measured(form, tongue)
    of = f"{n} {tongue.noun(form.entity, n)}"
    head = f"{what.capitalize()} {tongue.say('by')} {tongue.group(form.group, 1)}, {of}:"
    lines = [f"  {_group_line(name, found[name], form, tongue)}" for name in names]
    first = ordered(found, best=True)[0]
    numbers = {
        "n": n,
        "value": as_number(found[first].value),
        "name": first,
        "names": names,
        "groups": len(names),
        "by": _by(found, form),
    }
    return "\n".join([head, *lines]), numbers, cited(store, form, rows)


def _measured(form: Form, tongue: Tongue) -> str:
    """What groups are measured by, in words."""
    noun = tongue.noun(form.entity)
    if form.statistic is Statistic.COUNT:
        return noun
    if form.statistic is Statistic.SHARE:
        return f"% {noun}"
    label = (
        tongue.label(form.measure, ENTITIES[form.entity].columns[form.measure].label)
        if form.measure
        else noun
    )
    if form.statistic in (Statistic.MEAN, Statistic.MEDIAN):
        return f"{tongue.say(form.statistic.value).lower()} {label}"
    return f"{label} {tongue.say('in all' if form.statistic is Statistic.SUM else 'a day')}"


def _group_line(name: str, one: Figure, form: Form, tongue: Tongue) -> str:
    if form.statistic is Statistic.SHARE:
        return f"{name}: {share_told(one, form, form.measure, tongue)}"
    value = told(one.value, unit_of(form, form.statistic, form.measure), tongue)
    return f"{name}: {value}" if form.statistic is Statistic.COUNT else f"{name}: {value}, n = {one.n}"


def _by(found: Mapping[str, Figure], form: Form) -> dict[str, Any]:
    unit = unit_of(form, form.statistic, form.measure)
    told_too = {}
    for name, one in found.items():
        told_too[name] = {"n": one.n, "value": as_number(one.value), **numbers_beside(one.value, unit)}
        if form.statistic is Statistic.SHARE:
            told_too[name] |= share_numbers(one)
        if form.statistic is Statistic.PER_DAY:
            told_too[name] |= {"days": one.part, "total": as_number(one.whole)}
    return told_too


def leader(store: Store, form: Form, tongue: Tongue) -> Told:
    """The group that is first, and all of them below it."""
    quick = counted(store, form) if form.group not in TIME_GROUPS else None
    rows = rows_of(store, form) if quick is None else quick.newest
    found = _figures(rows, form) if quick is None else dict(quick.groups)
    for name in ("unavailable", *(("none",) if form.group in _LISTS else ())):
        found.pop(name, None)
    ranked = [name for name in ordered(found, best=form.best is not False) if found[name].value is not None]
    if not ranked:
        require((), form)
    if form.place > len(ranked):
        raise NotInRecord(
            f"not in the record: there are only {len(ranked)} {ENTITIES[form.entity].many} groups"
        )
    chosen = ranked[form.place - 1 : form.place - 1 + form.limit]
    if form.limit == 1:  # what is level with the first is named too
        chosen += [name for name in ranked[form.place :] if found[name].value == found[chosen[0]].value]
    what = _measured(form, tongue)
    order = (
        ("most" if form.best else "fewest")
        if form.statistic is Statistic.COUNT
        else ("highest" if form.best else "lowest")
    )
    head = (
        f"{joined(chosen)}: {_group_line('', found[chosen[0]], form, tongue)[2:]} "
        f"({what}, {tongue.say(order)} {tongue.say('of')} {len(ranked)} "
        f"{tongue.group(form.group, len(ranked))})"
    )
    lines = [f"  {_group_line(name, found[name], form, tongue)}" for name in ranked[:MOST_GROUPS]]
    numbers = {
        "n": len(rows) if quick is None else quick.n,
        "value": as_number(found[chosen[0]].value),
        "unit": unit_of(form, form.statistic, form.measure),
        "name": chosen[0],
        "names": ranked,
        "groups": len(ranked),
        "by": _by(found, form),
    }
    first = (
        [row for row in rows if chosen[0] in names_of(row, form.group, form.time_column)]
        if quick is None
        else newest_in(store, form, quick.values[chosen[0]])
    )
    return "\n".join([head, *lines]), numbers, cited(store, form, first)


def _figures(rows: Sequence[TallyRow], form: Form) -> dict[str, Figure]:
    groups = grouped(rows, form, form.group)
    return {name: figure(those, form, form.statistic, form.measure) for name, those in groups.items()}


def named(store: Store, form: Form, tongue: Tongue) -> Told:
    """The groups for which what must hold holds."""
    names, found, meant = _names(store, form)
    having = form.having
    of = f"{len(names)} {tongue.say('of')} {len(found)} {tongue.group(form.group, len(found))}"
    head = (
        f"{joined(names[:MOST_GROUPS])}{_more(names, tongue)} ({of})"
        if names
        else f"{tongue.say('none')} ({of})"
    )
    told_by = replace(
        form,
        statistic=Statistic.COUNT if having is None else having.statistic,
        measure="" if having is None else having.measure,
    )
    lines = [f"  {_group_line(name, found[name], told_by, tongue)}" for name in names[:MOST_GROUPS]]
    by = _by({name: found[name] for name in names}, told_by)
    numbers = {"n": len(names), "value": len(names), "names": names, "groups": len(found), "by": by}
    if len(names) == 1:
        numbers["name"] = names[0]
    return "\n".join([head, *lines]), numbers, cited(store, form, meant)


def _groups_of(row: TallyRow, form: Form) -> tuple[str, ...]:
    return tuple(grouped([row], form, form.group))


def compare(store: Store, form: Form, tongue: Tongue) -> Told:
    """Several selections side by side, the one that is ahead first."""
    found: dict[str, Figure] = {}
    rows: dict[str, list[TallyRow]] = {}
    n = 0
    for side in form.sides:
        one = replace(form, where=(*form.where, *side.where), times=(*form.times, *side.times), sides=())
        name = _side_name(side.name, one)
        quick = counted(store, one)
        rows[name] = rows_of(store, one) if quick is None else quick.newest
        found[name] = (
            figure(rows[name], form, form.statistic, form.measure) if quick is None else quick.figure
        )
        n += len(rows[name]) if quick is None else quick.n
    numbers: dict[str, Any] = {"n": n, "by": _by(found, form)}
    each = "; ".join(_group_line(name, one, form, tongue) for name, one in found.items())
    known = [name for name in found if found[name].value is not None]
    cites = tuple(
        one for those in rows.values() for one in cited(store, form, those)[: MOST_CITED // len(rows)]
    )
    if len(known) < len(found):
        missing = [name for name in found if name not in known]
        raise NotInRecord(f"not in the record: nothing to compare for {joined(missing)}")
    ranked = ordered(found, best=form.best is not False)
    what = _measured(form, tongue)
    values = [found[name].value for name in ranked]
    is_level = len(set(values)) == 1
    gap = abs(_difference(found[ranked[0]], found[ranked[-1]]))
    unit = unit_of(form, form.statistic, form.measure)
    gap_told = f"{tongue.say('difference')} {told(gap, unit, tongue)}" if len(ranked) == 2 else ""
    numbers |= {"difference": as_number(gap), **numbers_beside(gap, unit)}
    if is_level:
        return (
            f"{tongue.say('level')}: {each} ({what}).",
            numbers | {"name": None, "value": as_number(values[0])},
            cites,
        )
    if form.is_gap:
        numbers |= {"name": ranked[0], "value": as_number(gap), "unit": unit}
        return f"{gap_told.capitalize()}: {each} ({what}).", numbers, cites
    lead = ranked[0]
    numbers |= {"name": lead, "value": as_number(found[lead].value)}
    head = f"{lead}: {each} ({joined([one for one in (what, gap_told) if one])})"
    if form.is_asked_whether and form.best is not None:
        is_so = lead == next(iter(found))
        head = f"{tongue.say('yes' if is_so else 'no')}, {head}"
    return f"{head}.", numbers, cites


def _difference(one: Figure, other: Figure) -> Any:
    first, second = one.value, other.value
    assert first is not None and second is not None  # noqa: PT018, S101 (both are known)
    if isinstance(first, Decimal) and isinstance(second, Decimal):
        return first - second
    if isinstance(first, int) and isinstance(second, int):
        return first - second
    return float(first) - float(second)


def _side_name(name: str, form: Form) -> str:
    """What a side is called: a date where it is one day."""
    if name in ("0", "1") and form.where:
        column = form.where[-1].column
        return told_names(bool(int(name)), column)[0]
    if not name.startswith("time "):
        return name
    one = form.times[-1]
    if one.ts_from is None or one.ts_to is None or one.hours or one.weekdays:
        return name
    first, last = day_of(one.ts_from), day_of(one.ts_to - 1)
    return first if first == last else f"{first} to {last}"
