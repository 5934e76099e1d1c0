"""From the parts of a question to a form: every part has its place, or there is no form."""

from __future__ import annotations

from dataclasses import replace

from memory.entities import ENTITIES
from memory.tally import Condition
from prompts.reading.bounds import bounds_of, pieces_of
from prompts.reading.drafts import Draft
from prompts.reading.forms import Form, Statistic, What
from prompts.reading.learned import beside_lessons, features, of_change, values, versions
from prompts.reading.making import makers
from prompts.reading.measures import Measure, gains, measure_of, unit_of
from prompts.reading.parts import Parts, Unread, bound, deny, include
from prompts.reading.spotting import Spot, Spotted
from prompts.reading.subject import OF_MANY, Filter, conditions, filters_of, sides_of
from prompts.reading.things import entity_of

_STARTS = ("did", "do", "does", "is", "are", "was", "were", "have", "has")


def draft(spotted: Spotted) -> Draft:
    """What the parts of a question say of what, narrowed how and measured how.

    Raises:
        Unread: They are not certain.
    """
    parts = Parts(spotted)
    include(parts)
    _of_money(parts)
    makers(parts)
    deny(parts)
    bound(parts)
    entity = entity_of(parts)
    unit = unit_of(parts)
    made = Draft(parts, entity, unit)
    made.is_counted = is_counted(parts)
    made.is_share = _is_share(parts)
    if entity == "strategy":
        features(made)
    versions(made)
    made.filters += filters_of(parts, entity)
    _require_possible(made)
    of_change(made)
    pieces = pieces_of(parts, entity)
    made.measure = measure_of(parts, entity, unit)
    is_which = made.is_counted or made.is_share or parts.has("q", "list")
    found, by_gain = gains(parts, entity, unit, is_counted=is_which, measure=made.measure)
    made.filters = sorted([*made.filters, *found], key=lambda one: one.at)
    made.measure = made.measure or by_gain
    if entity == "change":
        values(made)
    bounds, made.thresholds = bounds_of(parts, entity, made.measure, made.filters, pieces)
    made.bounds += bounds
    _counted_by(made, is_bounded=bool(bounds))
    made.dims = _once_each(parts)
    beside_lessons(made)
    _time(made)
    _summing(made)
    return made


def _require_possible(made: Draft) -> None:
    """Refuse what is and is not the same at once: "how many are active and how many retired".

    Raises:
        Unread: A value is wanted and denied.
    """
    wanted = {(one.column, one.value) for one in made.filters if not one.is_not}
    for column in ("action", "won"):
        values = [str(value) for name, value in wanted if name == column]
        if len(values) > 1 and not any(made.parts.has(one) for one in ("join", "better", "than", "cmp")):
            raise Unread("two things that exclude each other", sorted(values))
    for one in made.filters:
        if one.is_not and (one.column, one.value) in wanted:
            raise Unread("wanted and denied at once", [str(one.value)])


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
            if after.has("dim", "regime") and parts.has("regime"):
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


def _counted_by(made: Draft, *, is_bounded: bool) -> None:
    """Where rows are counted, a measure is what they are bounded by, or what there is a number of.

    Raises:
        Unread: It is neither.
    """
    measure = made.measure
    if not made.is_counted or measure is None or not measure.is_said or made.entity == "change":
        return
    if is_bounded and measure.column != "wins":
        made.measure = None
        return
    for spot in made.parts.all("q", "count") + made.parts.all("q", "num"):
        near = (made.parts.beside(spot, 1), made.parts.beside(spot, -1))
        if any(one is not None and (one.has("m") or one.has("tok")) for one in near):
            return
    if not made.parts.has("dim"):
        raise Unread("counted and measured at once", [measure.column])


def _time(made: Draft) -> None:
    """The times that are named, and which time of a thing they are of."""
    parts = made.parts
    parts.use_all("t")
    times = parts.times
    if parts.negative_times:
        if len(times) != 1:
            raise Unread("which time is left out is not clear")
        times = (replace(times[0], is_not=True),)
    if made.entity == "lesson" and len(times) == 1 and times[0].hours and times[0].ts_from is None:
        hour = times[0].hours[0] // 3_600
        made.filters.append(Filter("scope_hour", f"{hour:02d}", False, 0))
        times = ()
    made.times = times
    is_ended = (
        any(one.column == "standing" for one in made.filters) and "ts_exit" in ENTITIES[made.entity].columns
    )
    is_ended = is_ended and made.entity in ("lesson", "strategy", "change") and not parts.has("act", "find")
    if is_ended and not any(
        one.column == "standing" and one.value == "active" and not one.is_not for one in made.filters
    ):
        made.time_column = "ts_exit"
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
    if "drawdown" in aggs:
        if made.entity not in ("trade", "paper") or made.is_share or made.is_counted:
            raise Unread("the drawdown of what is not clear", ["drawdown"])
        parts.use_all("agg")
        parts.use_all("sup")
        column = "net_bps" if made.unit == "bps" or made.entity == "paper" else "net"
        made.measure = Measure(column, Statistic.DRAWDOWN)
        made.statistic = Statistic.DRAWDOWN
        return
    if "median" in aggs and all(one.text.startswith("typical") for one in parts.all("agg", "mean")):
        aggs = [one for one in aggs if one != "mean"]  # "the typical (median) result"
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
        if "net_bps" not in columns or made.entity == "decision":
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
    _require_a_part(form)
    if form.what is not What.COMPARE and any(
        one.text in _SET_AGAINST for one in made.parts.all("join", "vs")
    ):
        raise Unread("what is compared is not clear", ["vs"])
    if len(form.times) > 1 and form.what is not What.COMPARE:
        raise Unread("several times")
    first = made.parts.spots[0] if made.parts.spots else None
    is_loose = made.measure is not None and made.measure.is_loose and form.what is What.FIGURE
    is_loose = is_loose and form.statistic is Statistic.SUM and made.statistic is None
    is_whether = made.parts.has("q", "yes") or (
        first is not None
        and first.has("verb")
        and first.text.split()[0] in _STARTS
        and not made.parts.has("q", "count")
    )
    return replace(form, is_asked_whether=is_whether, is_loose=is_loose)


_SET_AGAINST = ("vs", "versus", "compared to", "compared with", "so với")


def _require_a_part(form: Form) -> None:
    """Refuse a share whose part cannot be of its whole: "the ratio of winners to losers".

    Raises:
        Unread: What is wanted of the part is not wanted of the whole.
    """
    for part in form.part:
        for whole in form.where:
            is_alike = part.column == whole.column and not (part.is_not or whole.is_not)
            if is_alike and part.column not in OF_MANY and not set(part.values) & set(whole.values):
                raise Unread("a share of what it is not", [str(one) for one in part.values])


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
