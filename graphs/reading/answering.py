"""The answer to a form: every figure worked out from the rows it selects, which it cites."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphs.answers import Told
from graphs.reading.citing import cited, require, share_numbers
from graphs.reading.counted import counted
from graphs.reading.figures import (
    Figure,
    amounts,
    figure,
    grouped,
    is_part,
    mean_breakeven,
    quantiles,
    rows_of,
    told_names,
)
from graphs.reading.groups import MOST_GROUPS, compare, distinct, groups, leader, named
from graphs.reading.telling import (
    as_number,
    joined,
    line_of,
    numbers_beside,
    share_told,
    time_told,
    told,
    told_value,
    unit_of,
)
from memory.entities import ENTITIES
from memory.lookup import DecisionFilter
from memory.statistics import decision_facts
from memory.store import Store
from memory.tally import TallyRow, Times
from prompts.reading.forms import MOST_LISTED, TIME_GROUPS, Form, Statistic, What
from prompts.reading.tongue import Tongue
from tools.domain.clock import iso
from tools.domain.errors import NotInRecord


def answer_form(store: Store, form: Form, tongue: Tongue) -> Told:
    """Text, figures and citations of the answer.

    Raises:
        NotInRecord: There is nothing to measure or to rank.
    """
    for one in (*form.times, *(time for side in form.sides for time in side.times)):
        _require_covered(store, one)
    return _ANSWERS[form.what](store, form, tongue)


def _require_covered(store: Store, one: Times) -> None:
    """A period in which nothing was decided is outside the record; a zero there would mislead."""
    if one.ts_from is None and one.ts_to is None:
        return
    if not decision_facts(store, DecisionFilter(ts_from=one.ts_from, ts_to=one.ts_to), newest=1):
        raise NotInRecord(f"not in the record: no decision {time_told(one)}")


def _figure(store: Store, form: Form, tongue: Tongue) -> Told:
    if form.statistic is Statistic.DISTINCT:
        return distinct(store, form, tongue)
    quick = counted(store, form)
    rows = rows_of(store, form) if quick is None else quick.newest
    found = figure(rows, form, form.statistic, form.measure) if quick is None else quick.figure
    if found.value is None:
        require((), form)
    unit = unit_of(form, form.statistic, form.measure)
    numbers: dict[str, Any] = {
        "n": found.n,
        "value": as_number(found.value),
        "unit": unit,
        **numbers_beside(found.value, unit),
    }
    shown = [row for row in rows if is_part(row, form)] or rows if form.statistic is Statistic.SHARE else rows
    text = _headline(found, form, tongue)
    if form.statistic is Statistic.SHARE:
        numbers |= share_numbers(found)
        lines = _breakeven(rows, form, tongue, numbers)
        return "\n".join([text, *lines]), numbers, cited(store, form, shown)
    if form.statistic is Statistic.COUNT and form.is_asked_whether:
        text = f"{tongue.say('yes' if found.value else 'no')}: {text}"
    if form.statistic is Statistic.PER_DAY:
        numbers |= {"days": found.part, "total": as_number(found.whole)}
    if form.measure in ("net", "net_bps") and form.statistic in (Statistic.MEAN, Statistic.MEDIAN):
        text, numbers = _beside_net(rows, form, tongue, text, numbers)
    lines = []
    if len(rows) == 1 and form.statistic is not Statistic.COUNT:
        lines = [f"  {line_of(rows[0], form, tongue)}"]
    return "\n".join([text, *lines]), numbers, cited(store, form, shown)


def _headline(found: Figure, form: Form, tongue: Tongue) -> str:
    """A statistic in a line that begins with it, or with what it is."""
    unit = unit_of(form, form.statistic, form.measure)
    value = told(found.value, unit, tongue)
    noun = tongue.noun(form.entity, found.n)
    if form.statistic is Statistic.COUNT:
        of = f"{tongue.say('of')} {found.n} " if form.part else ""
        return f"{value} {of}{noun}."
    if form.statistic is Statistic.STREAK:
        (one,) = form.part
        kind = tongue.say(told_names(bool(one.values[0]), "won")[0])
        return f"{value} {tongue.say('in a row')} ({kind}), {tongue.say('of')} {found.n} {noun}."
    if form.statistic is Statistic.SHARE:
        return f"{share_told(found, form, form.measure, tongue)}."
    label = (
        tongue.label(form.measure, ENTITIES[form.entity].columns[form.measure].label)
        if form.measure
        else noun
    )
    if form.statistic is Statistic.PER_DAY:
        return (
            f"{value} {tongue.say('a day')}: {told(found.whole, unit, tongue)} {tongue.say('on')} "
            f"{found.part} {tongue.group('day', found.part)} ({label})."
        )
    of = f"{tongue.say('on')} {found.n} {noun}"
    if form.statistic is Statistic.SUM:
        return f"{label.capitalize()} {value} {tongue.say('in all')}, {of}."
    if form.statistic in (Statistic.MEAN, Statistic.MEDIAN):
        return f"{tongue.say(form.statistic.value)} {label} {value}, {of}."
    return f"{label.capitalize()} {value}, {of}."


def _beside_net(
    rows: Sequence[TallyRow], form: Form, tongue: Tongue, text: str, numbers: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """A mean result in its other unit too."""
    other = "net_bps" if form.measure == "net" else "net"
    if other not in ENTITIES[form.entity].columns:
        return text, numbers
    found = figure(rows, form, form.statistic, other)
    unit = unit_of(form, form.statistic, other)
    return f"{text.removesuffix('.')} ({told(found.value, unit, tongue)}).", numbers | {
        other: as_number(found.value)
    }


def _breakeven(rows: Sequence[TallyRow], form: Form, tongue: Tongue, numbers: dict[str, Any]) -> list[str]:
    """The win rate that would have been needed, beside one that was measured."""
    is_wins = any(one.column == "won" for one in form.part) and "breakeven" in ENTITIES[form.entity].columns
    need = mean_breakeven(rows) if is_wins else None
    if need is None:
        return []
    numbers["breakeven"] = need
    return [f"  {tongue.say('break-even')} {100 * need:.1f} %"]


def _record(store: Store, form: Form, tongue: Tongue) -> Told:
    rows = rows_of(store, form)
    if form.measure:
        known = [row for row in rows if row[form.measure] is not None]
        sign = -1 if form.best is not False else 1
        known.sort(key=lambda row: (sign * amounts([row], form.measure)[0], str(row["id"])))
    else:
        known = list(reversed(rows)) if form.best is not False else list(rows)
    require(known, form)
    if form.place > len(known):
        raise NotInRecord(f"not in the record: there are only {len(known)} {ENTITIES[form.entity].many}")
    shown = known[form.place - 1 : form.place - 1 + form.limit]
    lines = [_record_line(row, form, tongue) for row in shown]
    text = (
        f"{lines[0]}."
        if len(lines) == 1
        else "\n".join([f"{len(lines)} {tongue.noun(form.entity)}:", *(f"  {one}" for one in lines)])
    )
    numbers = {"n": len(known), "records": [_data(row, form) for row in shown], **_value_of(shown[0], form)}
    return text, numbers, cited(store, form, list(reversed(shown)))


def _record_line(row: TallyRow, form: Form, tongue: Tongue) -> str:
    line = line_of(row, form, tongue)
    if not form.attribute:
        return line
    return f"{_attribute(row, form, tongue)} ({line})"


def _attribute(row: TallyRow, form: Form, tongue: Tongue) -> str:
    if form.attribute in TIME_GROUPS:
        return joined(tuple(grouped([row], form, form.attribute)))
    return told_value(row[form.attribute], form.attribute, form, tongue, row)


def _value_of(row: TallyRow, form: Form) -> dict[str, Any]:
    """The value that is asked for: a number, or a name."""
    if form.attribute in TIME_GROUPS:
        return {"name": joined(tuple(grouped([row], form, form.attribute)))}
    column = form.attribute or form.measure
    if not column:
        return {}
    value = row[column]
    known = ENTITIES[form.entity].columns[column]
    if known.kind == "time":
        return {"name": None if value is None else iso(int(str(value)))}
    if isinstance(value, str | bool | tuple) or value is None:
        return {"name": joined(told_names(value, column))}
    return {"value": as_number(value), "unit": known.unit, **numbers_beside(value, known.unit)}


def _data(row: TallyRow, form: Form) -> dict[str, Any]:
    """A row as plain data."""
    told_row: dict[str, Any] = {"id": row["id"], "time": iso(int(str(row["ts"])))}
    for column, value in row.items():
        if column in ("id", "ts", "features", "signal", "proof"):
            continue
        kind = ENTITIES[form.entity].columns[column].kind
        if kind == "time":
            told_row[column] = None if value is None else iso(int(str(value)))
        elif isinstance(value, str | bool | tuple) or value is None:
            told_row[column] = list(value) if isinstance(value, tuple) else value
        else:
            told_row[column] = as_number(value)
            told_row |= {
                f"{column}_told": clock
                for clock in numbers_beside(value, ENTITIES[form.entity].columns[column].unit).values()
            }
    return told_row


def _list(store: Store, form: Form, tongue: Tongue) -> Told:
    rows = rows_of(store, form)
    if not rows and form.attribute:
        require((), form)
    shown = list(reversed(rows))[: form.limit] if not form.attribute else rows[-form.limit :]
    numbers: dict[str, Any] = {
        "n": len(rows),
        "value": len(rows),
        "shown": len(shown),
        "records": [_data(row, form) for row in shown],
    }
    if form.attribute:
        values = list(dict.fromkeys(_short_attribute(row, form, tongue) for row in shown))
        head = "; ".join(values)
        if len(values) == 1:
            numbers["name"] = values[0]
        lines = [f"  {_record_line(row, form, tongue)}" for row in shown]
        return "\n".join([head, *lines]), numbers, cited(store, form, shown)
    head = f"{len(rows)} {tongue.noun(form.entity, len(rows))}{':' if shown else '.'}"
    lines = [f"  {line_of(row, form, tongue)}" for row in shown]
    if form.is_asked_whether:
        head = f"{tongue.say('yes' if rows else 'no')}: {head}"
    return "\n".join([head, *lines]), numbers, cited(store, form, list(reversed(shown)))


def _short_attribute(row: TallyRow, form: Form, tongue: Tongue) -> str:
    return _attribute(row, form, tongue)


def _spread(store: Store, form: Form, tongue: Tongue) -> Told:
    rows = rows_of(store, form)
    values = amounts(rows, form.measure)
    if not values:
        require((), form)
    unit = unit_of(form, Statistic.MEAN, form.measure)
    found = quantiles(values)
    label = tongue.label(form.measure, ENTITIES[form.entity].columns[form.measure].label)
    head = f"{label.capitalize()} {tongue.say('on')} {len(values)} {tongue.noun(form.entity)}:"
    lines = [f"  {name}: {told(value, unit, tongue)}" for name, value in found.items()]
    numbers: dict[str, Any] = {
        "n": len(values),
        "value": as_number(found["median"]),
        "unit": unit,
        **{name: as_number(value) for name, value in found.items()},
    }
    numbers |= {f"{name} told": numbers_beside(value, unit) for name, value in found.items()}
    return "\n".join([head, *lines]), numbers, cited(store, form, rows)


_ANSWERS: Mapping[What, Callable[[Store, Form, Tongue], Told]] = {
    What.FIGURE: _figure,
    What.GROUPS: groups,
    What.LEADER: leader,
    What.NAMES: named,
    What.RECORD: _record,
    What.LIST: _list,
    What.COMPARE: compare,
    What.SPREAD: _spread,
}
assert MOST_LISTED <= MOST_GROUPS  # noqa: S101 (groups are told in full where rows are not)
