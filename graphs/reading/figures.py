"""Statistics of selected rows: exact sums of money, shares beside their n, groups by value or by time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, median
from typing import TypeAlias

from graphs.selecting import time_group
from memory.entities import ENTITIES
from memory.store import Store
from memory.tally import Selection, TallyRow, Value, holds, tally
from prompts.reading.forms import TIME_GROUPS, Form, Statistic
from tools.domain.clock import day_of
from tools.models.validation import wilson_interval

Number: TypeAlias = "Decimal | float | int"
UNKNOWN = "unavailable"
_FLAGS = {
    "won": ("made no money", "made money"),
    "probe": ("no probe", "probe"),
    "answered": ("not answered", "answered"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One statistic.

    Attributes:
        value: None where there is nothing to measure.
        n: Rows it is of.
        part: Of a share, the rows or the sum that make the part; of a sum a day, the days.
        whole: Of a share, all of them.
        low: Lower end of the 95 % interval of a share of rows.
        high: Its upper end.
    """

    value: Number | None
    n: int
    part: Number | None = None
    whole: Number | None = None
    low: float | None = None
    high: float | None = None


def columns_of(form: Form) -> tuple[str, ...]:
    """The values of rows that the form needs."""
    named = [
        form.measure,
        form.attribute,
        form.time_column,
        *(one.column for one in form.part),
        *(one.column for one in form.part_bounds),
    ]
    named += [form.group, *(one.column for side in form.sides for one in side.where)]
    named += [] if form.having is None else [form.having.measure]
    known = ENTITIES[form.entity].columns
    usual = [
        one
        for one in (
            "symbol",
            "net",
            "net_bps",
            "result",
            "breakeven",
            "proof",
            "parameter",
            "statement",
            "before",
            "after",
            "standing",
            "ts_exit",
            "asked_for",
        )
        if one in known
    ]
    return tuple(dict.fromkeys(one for one in (*named, *usual) if one in known))


def rows_of(store: Store, form: Form) -> list[TallyRow]:
    """The rows that the form selects, oldest first."""
    wanted = Selection(form.entity, columns_of(form), form.where, form.bounds, form.times, form.time_column)
    found = tally(store, wanted)
    if form.newest:
        return found[-form.newest :] if form.newest > 0 else found[: -form.newest]
    return found


def figure(rows: Sequence[TallyRow], form: Form, statistic: Statistic, measure: str) -> Figure:
    """The statistic of ``rows``."""
    if statistic is Statistic.COUNT:
        return Figure(sum(is_part(row, form) for row in rows), len(rows))
    if statistic is Statistic.SHARE:
        return _share(rows, form, measure)
    if statistic is Statistic.STREAK:
        return _streak(rows, form)
    if statistic is Statistic.DRAWDOWN:
        return _drawdown(rows, measure)
    if statistic is Statistic.PER_DAY:
        days = {day_of(int(str(row["ts"]))) for row in rows}
        whole = sum(amounts(rows, measure), Decimal(0)) if measure else Decimal(len(rows))
        return Figure(whole / len(days) if days else None, len(rows), part=len(days), whole=whole)
    values = amounts(rows, measure)
    if not values:
        return Figure(None, 0)
    if statistic is Statistic.SUM:
        return Figure(sum(values, Decimal(0)), len(values))
    if statistic is Statistic.HIGHEST:
        return Figure(max(values), len(values))
    if statistic is Statistic.LOWEST:
        return Figure(min(values), len(values))
    if statistic is Statistic.MEAN:
        return Figure(sum(values, Decimal(0)) / len(values), len(values))
    return Figure(median(values), len(values))


def amounts(rows: Sequence[TallyRow], measure: str) -> list[Decimal]:
    """The known values of a measure, as decimals."""
    known = (row[measure] for row in rows)
    return [one if isinstance(one, Decimal) else Decimal(str(one)) for one in known if one is not None]


def _share(rows: Sequence[TallyRow], form: Form, measure: str) -> Figure:
    part = [row for row in rows if is_part(row, form)]
    if measure:
        some, whole = (sum(amounts(each, measure), Decimal(0)) for each in (part, rows))
        return Figure(some / whole if whole else None, len(rows), some, whole)
    return share_of(len(part), len(rows))


def share_of(part: int, whole: int) -> Figure:
    """The share that ``part`` rows are of ``whole``, with its interval."""
    if not whole:
        return Figure(None, 0, 0, 0)
    low, high = wilson_interval(part, whole)
    return Figure(Decimal(part) / whole, whole, part, whole, low, high)


def is_part(row: TallyRow, form: Form) -> bool:
    """Whether a row belongs to the part that a share is of."""
    return all(holds(row[one.column], one) for one in form.part) and all(
        one.admits(row[one.column]) for one in form.part_bounds
    )


def _streak(rows: Sequence[TallyRow], form: Form) -> Figure:
    """The longest run of rows of the part, in order of when they were known."""
    longest = run = 0
    for row in sorted(rows, key=lambda one: (int(str(one.get("ts_exit") or one["ts"])), str(one["id"]))):
        run = run + 1 if is_part(row, form) else 0
        longest = max(longest, run)
    return Figure(longest, len(rows))


def _drawdown(rows: Sequence[TallyRow], measure: str) -> Figure:
    """The deepest fall of the running sum, which begins at nothing, in order of when results were known."""
    known = [row for row in rows if row[measure] is not None]
    if not known:
        return Figure(None, 0)
    total = peak = deepest = Decimal(0)
    for row in sorted(known, key=lambda one: (int(str(one.get("ts_exit") or one["ts"])), str(one["id"]))):
        total += amounts([row], measure)[0]
        peak = max(peak, total)
        deepest = max(deepest, peak - total)
    return Figure(deepest, len(known))


def grouped(rows: Sequence[TallyRow], form: Form, group: str) -> dict[str, list[TallyRow]]:
    """Rows by group; one that is in several groups is in each, one that is in none in "unavailable"."""
    found: dict[str, list[TallyRow]] = {}
    for row in rows:
        for name in names_of(row, group, form.time_column):
            found.setdefault(name, []).append(row)
    return found


def names_of(row: TallyRow, group: str, time_column: str) -> tuple[str, ...]:
    """The groups that a row is in."""
    if group in TIME_GROUPS:
        moment = row[time_column]
        name = None if moment is None else time_group(int(str(moment)), group)
        return (name or UNKNOWN,)
    return told_names(row[group], group)


def told_names(value: Value, column: str) -> tuple[str, ...]:
    """A value as the name of a group."""
    if isinstance(value, tuple):
        return value or ("none",)
    if value is None:
        return (UNKNOWN,)
    if column in _FLAGS:
        return (_FLAGS[column][int(bool(value))],)
    return (str(value),)


def ordered(found: Mapping[str, Figure], *, best: bool) -> list[str]:
    """Names by their figure, highest or lowest first; those without one last, ties by name."""
    known = {name: one.value for name, one in found.items() if one.value is not None}
    ranked = sorted(known, key=lambda name: (-known[name] if best else known[name], name))
    return ranked + sorted(set(found) - set(known))


def quantiles(values: Sequence[Decimal]) -> dict[str, Decimal]:
    """Lowest, quartiles and highest of values in any order, with linear interpolation; there must be one."""
    ranked = sorted(values)

    def at(share: Decimal) -> Decimal:
        place = share * (len(ranked) - 1)
        low = int(place)
        high = min(low + 1, len(ranked) - 1)
        return ranked[low] + (ranked[high] - ranked[low]) * (place - low)

    names = ("lowest", "lower quartile", "median", "upper quartile", "highest")
    return {name: at(Decimal(number) / 4) for number, name in enumerate(names)}


def mean_breakeven(rows: Sequence[TallyRow]) -> float | None:
    """The mean break-even probability of rows; None where none has one."""
    known = [float(str(row["breakeven"])) for row in rows if row.get("breakeven") is not None]
    return fmean(known) if known else None
