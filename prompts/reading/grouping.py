"""Groups: the first of them, a table of all, how many there are, or those for which something holds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from memory.entities import ENTITIES
from memory.tally import Bound
from prompts.reading.drafts import Draft
from prompts.reading.forms import TIME_GROUPS, Form, Having, Statistic, What
from prompts.reading.parts import Unread
from prompts.reading.splits import asked_dim, core, is_number_of, is_split, number_beside, place_of
from prompts.reading.spotting import Spot

_BY_MEAN = ("hold", "delay")


_SMALL = ("low", "short", "fewest", "worst")


def grouped(made: Draft) -> Form | None:
    """Groups: the first of them, a table of all, or those for which something holds."""
    parts = made.parts
    sups = parts.free("sup")
    split = [dim for dim in made.dims if is_split(made, dim)]
    asked = asked_dim(made)
    dim = asked or (split[0] if split else None)
    if dim is None or len(made.dims) > 1:
        if len(made.dims) > 1:
            raise Unread("split in two ways", [one.text for one in made.dims])
        return None
    group = dim.get("dim")
    if group not in ENTITIES[made.entity].columns and group not in TIME_GROUPS:
        raise Unread(f"{ENTITIES[made.entity].many} have no {group}", [dim.text])
    if not sups:
        if asked is not None and dim is asked:
            return None
        parts.use(dim)
        statistic, measure = core(made)
        return made.form(What.GROUPS, statistic=statistic, measure=measure, group=group)
    parts.use(dim)
    number = number_beside(parts, sups) or number_beside(parts, [dim])
    place = 1
    for order in parts.free("order"):
        place = place_of(order)
        if place == 1:
            raise Unread("ranked and in time at once", [order.text])
        parts.use(order)
    statistic, measure, best = _leading(made, sups)
    parts.use(*sups)
    return made.form(
        What.LEADER,
        statistic=statistic,
        measure=measure,
        group=group,
        best=best,
        place=place,
        limit=number or 1,
    )


def _leading(made: Draft, sups: list[Spot]) -> tuple[Statistic, str, bool]:
    """What groups are ranked by, and whether the highest or the lowest is first."""
    names = {one.get("sup") for one in sups}
    if len(names) > 1:
        names -= {"most"}
    if len(names) != 1:
        raise Unread("ranked in two ways", [one.text for one in sups])
    name = names.pop()
    if name in ("long", "short"):
        column = "hold" if made.measure is None else made.measure.column
        if column not in _BY_MEAN or column not in ENTITIES[made.entity].columns:
            raise Unread("longest of what is not clear", [one.text for one in sups])
        return made.statistic or Statistic.MEAN, column, name == "long"
    if made.is_share:
        _, measure = core(made)
        lost = any(one.column == "won" and one.value == 0 for one in made.part)
        is_high = name in ("most", "high") or (name == "best" and not lost) or (name == "worst" and lost)
        return Statistic.SHARE, measure, is_high
    if made.measure is None:
        if name in ("best", "worst"):
            if made.unit not in ("quote", "money") and made.statistic is None and not parts_of_day(made):
                raise Unread("best by what is not said", [one.text for one in sups])
            column = "net" if made.unit in ("quote", "money") else "net_bps"
            return made.statistic or Statistic.SUM, column, name == "best"
        if made.statistic in (Statistic.MEAN, Statistic.MEDIAN):
            raise Unread("the mean of what is not said", [one.text for one in sups])
        return Statistic.COUNT, "", name in ("most", "high")
    statistic, column = core(made)
    is_vague = not parts_of_day(made) and made.measure.is_loose  # a "result" may be a mean or a sum
    if is_vague and name in ("best", "worst") and made.statistic is None:
        raise Unread("best by what is not said", [one.text for one in sups])
    if not made.measure.is_said:
        if name == "worst":
            return statistic, column, False
        is_high = name in ("most", "high", "best")
        return statistic, column, is_high if made.measure.sign > 0 else not is_high
    return statistic, column, name not in _SMALL


def parts_of_day(made: Draft) -> bool:
    """Whether "daily" says that what is ranked is the sum of each day."""
    return any(one.has("by") for one in made.parts.all("dim"))


def counted_groups(made: Draft) -> Form | None:
    """How many symbols, days and the like there are for which something holds."""
    dims = [dim for dim in made.dims if is_number_of(made, dim)]
    if not dims:
        return None
    (dim,) = made.dims if len(made.dims) == 1 else (None,)
    if dim is None:
        raise Unread("split in two ways", [one.text for one in made.dims])
    made.parts.use(dim)
    group = dim.get("dim")
    if group not in ENTITIES[made.entity].columns and group not in TIME_GROUPS:
        raise Unread(f"{ENTITIES[made.entity].many} have no {group}", [dim.text])
    having = _none_of(made) or _having(made)
    return made.form(What.FIGURE, statistic=Statistic.DISTINCT, group=group, having=having)


def named(made: Draft) -> Form | None:
    """Which groups: those for which something holds, else those that there are."""
    parts = made.parts
    asked = asked_dim(made)
    if asked is None:
        return None
    parts.use(asked)
    if len(made.dims) > 1:
        raise Unread("split in two ways", [one.text for one in made.dims])
    group = asked.get("dim")
    if group not in ENTITIES[made.entity].columns and group not in TIME_GROUPS:
        raise Unread(f"{ENTITIES[made.entity].many} have no {group}", [asked.text])
    having = _none_of(made) or _having(made)
    return made.form(What.NAMES, group=group, having=having)


def _none_of(made: Draft) -> Having | None:
    """Where it is asked in which there was none of what is said of a thing: "days without a stop-out"."""
    if not made.parts.has("none"):
        return None
    made.part = [one for one in made.filters if one.is_predicate]
    if not made.part or made.thresholds or made.bounds:
        raise Unread("none of what is not clear")
    made.filters = [one for one in made.filters if one not in made.part]
    made.parts.use_all("none")
    made.measure = None
    return Having(Statistic.COUNT, "", Bound("value", high=Decimal(0), is_closed=True))


def _having(made: Draft) -> Having | None:
    """What must hold of a group as a whole, taken out of the draft."""
    parts = made.parts
    thresholds, made.thresholds = made.thresholds, []
    if len(thresholds) > 1:
        raise Unread("two bounds at once")
    if thresholds:
        one = thresholds[0]
        if one.noun:
            return Having(Statistic.COUNT, "", one.bound("value"))
        parts_of = [each for each in made.filters if each.is_predicate]
        if one.unit == "pct" and not made.is_share and len(parts_of) == 1:
            made.part, made.is_share = parts_of, True  # "that win above 50 %"
            made.filters = [each for each in made.filters if each not in parts_of]
        if made.is_share and one.unit == "pct":
            return Having(Statistic.SHARE, "", one.bound("value", Decimal("0.01")))
        raise Unread("what a number bounds is not clear", [one.unit])
    statistic, _ = core(made)
    nouns = [spot for spot in parts.all("ent") if not spot.has("won")]
    if made.bounds and not nouns:
        (_, bound), *rest = made.bounds
        if rest:
            raise Unread("two bounds at once")
        made.filters = [one for one in made.filters if one.column != "won"]
        made.bounds = []
        summed = statistic if made.measure is not None else Statistic.SUM
        return Having(summed, bound.column, replace(bound, column="value"))
    won = [one for one in made.filters if one.column == "won"]
    is_summed = parts.has("agg", "sum")
    is_whole = won and (is_summed or (not nouns and not any(spot.has("won") for spot in parts.all("ent"))))
    if is_whole and made.entity == "trade":
        made.filters = [one for one in made.filters if one not in won]
        return _of_sign(made, 1 if won[0].value == 1 else -1)
    if made.measure is not None and not made.measure.is_said:
        return _of_sign(made, made.measure.sign)
    if made.measure is not None:
        raise Unread("which of them by that measure is not said", [made.measure.column])
    return None


def _of_sign(made: Draft, sign: int) -> Having:
    zero = Decimal(0)
    bound = Bound("value", low=zero) if sign > 0 else Bound("value", high=zero)
    statistic = made.statistic if made.statistic in (Statistic.MEAN, Statistic.MEDIAN) else Statistic.SUM
    return Having(statistic, "net", bound)
