"""From the parts of a question to a form: every part has its place, or there is no form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from memory.entities import ENTITIES
from memory.tally import Bound, Condition, Times
from prompts.reading.forms import Form, Statistic, What
from prompts.reading.measures import Measure, bounds_of, gains, measure_of, unit_of
from prompts.reading.parts import Parts, Threshold, Unread, bound, deny
from prompts.reading.spotting import Spot, Spotted
from prompts.reading.subject import Filter, conditions, entity_of, filters_of, sides_of

_STARTS = ("did", "do", "does", "is", "are", "was", "were", "have", "has")


@dataclass(slots=True)
class Draft:
    """What is known of a form while it is made.

    Attributes:
        filters: What narrows, in order.
        bounds: Bounds on values, with where they stand.
        thresholds: Numbers that bound groups or shares.
        dims: Ways to split that are asked for or split by.
        part: The filters that make the part of a share.
    """

    parts: Parts
    entity: str
    unit: str
    measure: Measure | None = None
    filters: list[Filter] = field(default_factory=list)
    bounds: list[tuple[int, Bound]] = field(default_factory=list)
    thresholds: list[Threshold] = field(default_factory=list)
    times: tuple[Times, ...] = ()
    time_column: str = "ts"
    statistic: Statistic | None = None
    part: list[Filter] = field(default_factory=list)
    part_bounds: list[Bound] = field(default_factory=list)
    dims: list[Spot] = field(default_factory=list)
    is_counted: bool = False
    is_share: bool = False

    def form(self, what: What, **more: object) -> Form:
        """The form with what narrows it."""
        made = Form(
            what=what,
            entity=self.entity,
            where=conditions(self.filters),
            bounds=tuple(one for _, one in self.bounds),
            times=self.times,
            time_column=self.time_column,
            part=conditions(self.part),
            part_bounds=tuple(self.part_bounds),
        )
        return replace(made, **more)  # type: ignore[arg-type]


def draft(spotted: Spotted) -> Draft:
    """What the parts of a question say of what, narrowed how and measured how.

    Raises:
        Unread: They are not certain.
    """
    parts = Parts(spotted)
    _of_money(parts)
    deny(parts)
    bound(parts)
    entity = entity_of(parts)
    unit = unit_of(parts)
    made = Draft(parts, entity, unit)
    made.is_counted = is_counted(parts)
    made.is_share = _is_share(parts)
    if entity == "strategy":
        _features(made)
    made.filters = filters_of(parts, entity)
    made.measure = measure_of(parts, entity, unit)
    is_which = made.is_counted or made.is_share or parts.has("q", "list")
    found, by_gain = gains(parts, entity, unit, is_counted=is_which, has_measure=made.measure is not None)
    made.filters = sorted([*made.filters, *found], key=lambda one: one.at)
    made.measure = made.measure or by_gain
    if entity == "change":
        _values(made)
    bounds, made.thresholds = bounds_of(parts, entity, made.measure, made.filters)
    made.bounds += bounds
    _counted_by(made, is_bounded=bool(bounds))
    made.dims = _once_each(parts)
    _time(made)
    _summing(made)
    return made


def _of_money(parts: Parts) -> None:
    """Where nothing else is measured, a mean or sum in bps or money is that of results."""
    units = [one for one in parts.all("unit") if one.get("unit") == "bps"]
    is_measured = any(parts.has(slot) for slot in ("m", "g", "rate", "cmp", "won")) or parts.has("q", "share")
    is_summed = parts.has("agg") or parts.has("sup") or parts.has("q", "num") or parts.has("q", "count")
    is_own = parts.has("agg") and all(one.has("agg", "per") for one in parts.all("agg"))
    if units and not is_measured and (is_summed or is_own):
        units[0].slots = (("m", "net"), ("unit", "bps"))


def _once_each(parts: Parts) -> list[Spot]:
    """The ways to split that are named, each once."""
    found: dict[str, Spot] = {}
    for one in parts.free("dim"):
        if found.setdefault(one.get("dim"), one) is not one:
            parts.use(one)
    return list(found.values())


def is_counted(parts: Parts) -> bool:
    """Whether rows are counted, rather than a value asked for; an answer with a value tells both."""
    if len([one for one in parts.all("q") if one.get("q") in ("count", "num", "amount")]) > 1 and parts.has(
        "m"
    ):
        return False
    for spot in (*parts.all("q", "count"), *parts.all("q", "num")):
        after = parts.beside(spot, 1)
        if after is not None and after.has("unit") and not after.has("unit", "times"):
            continue
        if spot.has("q", "num"):
            if after is None or after.has("g") or after.has("m") or after.has("q"):
                continue
            if not any(
                after.has(slot)
                for slot in (
                    "ent",
                    "dim",
                    "unit",
                    "action",
                    "result",
                    "won",
                    "probe",
                    "act",
                    "order",
                    "sup",
                    "num",
                )
            ):
                continue
        return True
    return False


def _is_share(parts: Parts) -> bool:
    if parts.has("rate") or parts.has("q", "share"):
        return True
    return parts.has("q", "often") and any(parts.has(slot) for slot in ("g", "won"))


def _features(made: Draft) -> None:
    """What a strategy looks at names it."""
    names = {"confidence": "mm_confidence", "spread": "spread_bps"}
    for spot in (*made.parts.free("m"), *made.parts.free("rule")):
        name = spot.get("m") or spot.get("rule")
        if name in ("net", "matches", "after"):
            continue
        made.filters.append(
            Filter("feature", names.get(name, name), spot.is_negative, made.parts.place(spot))
        )
        spot.slots = (("named", name),)
        spot.is_used = True


def _counted_by(made: Draft, *, is_bounded: bool) -> None:
    """Where rows are counted, a measure is what they are bounded by, or what there is a number of.

    Raises:
        Unread: It is neither.
    """
    measure = made.measure
    if not made.is_counted or measure is None or not measure.is_said or made.entity == "change":
        return
    if is_bounded:
        made.measure = None
        return
    for spot in made.parts.all("q", "count") + made.parts.all("q", "num"):
        after = made.parts.beside(spot, 1)
        if after is not None and after.has("m"):
            return
    if not made.parts.has("dim"):
        raise Unread("counted and measured at once", [measure.column])


def _values(made: Draft) -> None:
    """A number beside a parameter is the value that it was given."""
    for spot in made.parts.free("num"):
        number = Decimal(spot.get("num"))
        made.parts.use(spot)
        made.bounds.append((made.parts.place(spot), Bound("after", number, number, is_closed=True)))


def _time(made: Draft) -> None:
    """The times that are named, and which time of a thing they are of."""
    parts = made.parts
    parts.use_all("t")
    times = parts.times
    if parts.negative_times:
        if len(times) != 1:
            raise Unread("which time is left out is not clear")
        times = (replace(times[0], is_not=True),)
    made.times = times
    closes = parts.all("act", "close")
    if closes and made.entity in ("trade", "run") and times:
        made.time_column = "ts_exit"


def _summing(made: Draft) -> None:
    """How it is summed up."""
    parts = made.parts
    aggs = list(dict.fromkeys(one.get("agg") for one in parts.all("agg")))
    if "per" in aggs:
        aggs = [one for one in aggs if one != "per"]
        if not aggs and made.measure is not None and not parts.has("sup"):
            aggs = ["mean"]
    if len(aggs) > 1 and "sum" in aggs:
        aggs.remove("sum")  # "in total" beside a mean says which rows, all of them
    if len(aggs) > 1:
        raise Unread("summed up in two ways", [one.text for one in parts.free("agg")])
    parts.use_all("agg")
    if parts.has("per"):
        parts.use_all("per")
        made.statistic = Statistic.PER_DAY
        return
    if not aggs:
        return
    if aggs[0] == "sum":
        if made.measure is not None:
            made.statistic = Statistic.SUM if _adds(made) else made.measure.statistic
        return
    made.statistic = Statistic(aggs[0])
    if made.measure is None and not made.is_share:
        columns = ENTITIES[made.entity].columns
        if made.is_counted:
            raise Unread("the mean of a count over what is not said")
        if "net_bps" not in columns:
            raise Unread("the mean of what is not said")
    if made.measure is not None and made.measure.column == "net" and made.unit == "":
        made.measure = replace(made.measure, column="net_bps")  # each its own size: a mean goes by bps


def _adds(made: Draft) -> bool:
    """Whether a sum of the measure means something."""
    assert made.measure is not None  # noqa: S101 (asked only then)
    column = ENTITIES[made.entity].columns[made.measure.column]
    return column.unit in ("quote", "usd", "bps", "s") or column.kind == "whole"


def finished(made: Draft, form: Form) -> Form:
    """``form``, if every part of the question has its place in it.

    Raises:
        Unread: Something was left over.
    """
    _units(made, form)
    left = made.parts.unused()
    if left:
        raise Unread("not all of it has a place", [one.text for one in left])
    if made.thresholds:
        raise Unread(
            "what a number bounds is not clear", [str(one.low or one.high) for one in made.thresholds]
        )
    if len(form.times) > 1 and form.what is not What.COMPARE:
        raise Unread("several times")
    first = made.parts.spots[0] if made.parts.spots else None
    is_whether = made.parts.has("q", "yes") or (
        first is not None
        and first.has("verb")
        and first.text.split()[0] in _STARTS
        and not made.parts.has("q", "count")
    )
    return replace(form, is_asked_whether=is_whether)


_UNITS = {"quote": ("quote", "money"), "usd": ("quote", "money"), "bps": ("bps",), "s": ("s", "min", "h")}


def _units(made: Draft, form: Form) -> None:
    """Account for the units that the answer is told in."""
    columns = ENTITIES[made.entity].columns
    named = [
        form.measure,
        form.attribute,
        *(one.column for one in form.bounds),
        "" if form.having is None else form.having.measure,
    ]
    units = {columns[one].unit for one in named if one in columns}
    admitted = {told for unit in units for told in _UNITS.get(unit, ())}
    if form.statistic is Statistic.SHARE:
        admitted |= {"pct", "money"}
    if form.statistic in (Statistic.COUNT, Statistic.DISTINCT):
        admitted |= {"times"}
    if form.measure == "net_bps" and form.statistic is Statistic.MEAN:
        admitted |= {"quote", "money"}
    made.parts.use(*(one for one in made.parts.free("unit") if one.get("unit") in admitted))


def is_compared(made: Draft) -> bool:
    """Whether several things are set against each other."""
    parts = made.parts
    if (
        any(parts.has(slot) for slot in ("better", "than"))
        or parts.has("cmp", "compare")
        or parts.has("join", "vs")
    ):
        return True
    return parts.has("join", "or") and (parts.has("q", "which") or bool(made.dims))


def alternatives(made: Draft) -> tuple[str, list[Filter]] | None:
    """What is named two times or more, and may be compared."""
    return sides_of(made.filters)


def condition_of(one: Filter) -> Condition:
    """A filter alone as a condition."""
    return conditions([one])[0]
