"""Which form a question has: a figure, groups, a leader, names, a record, a list or a comparison."""

from __future__ import annotations

from memory.entities import ENTITIES
from prompts.reading.composing import Draft, alternatives, condition_of, draft, finished, is_compared
from prompts.reading.forms import MOST_LISTED, Form, Side, Statistic, What
from prompts.reading.grouping import counted_groups, grouped, named
from prompts.reading.measures import Measure
from prompts.reading.parts import Unread
from prompts.reading.ranking import record
from prompts.reading.sharing import share
from prompts.reading.splits import core, take_order
from prompts.reading.spotting import Spotted
from prompts.reading.subject import Filter

_DIMS = {"model": "model", "weekday": "weekday"}


def shape(spotted: Spotted) -> Form:
    """The form of a question whose every word is known.

    Raises:
        Unread: It has none that is certain.
    """
    made = draft(spotted)
    parts = made.parts
    if made.is_share:
        share(made)
        made.statistic = Statistic.SHARE
    if parts.has("m", "streak"):
        return finished(made, _streak(made))
    for attempt in (_reason, _comparison, record, grouped, counted_groups, named):
        form = attempt(made)
        if form is not None:
            return finished(made, form)
    return finished(made, _figure_or_list(made))


def _streak(made: Draft) -> Form:
    parts = made.parts
    parts.use_all("m", "streak")
    for spot in parts.free("sup"):
        if not any(spot.has("sup", one) for one in ("long", "high", "most", "best", "worst")):
            raise Unread("a streak that is not the longest", [spot.text])
        parts.use(spot)
    won = [one for one in made.filters if one.column == "won"]
    if made.measure is not None and not won and not made.measure.is_said:
        won = [Filter("won", 1 if made.measure.sign > 0 else 0, False, 0)]
    if len({one.value for one in won}) != 1 or made.entity != "trade" or made.dims:
        raise Unread("a streak of what is not clear", ["streak"])
    made.filters = [one for one in made.filters if one.column != "won"]
    made.part = won[:1]
    parts.use_all("single")
    return made.form(What.FIGURE, statistic=Statistic.STREAK)


def _reason(made: Draft) -> Form | None:
    """Why a parameter or strategy was changed, what a lesson says, and the old and new values."""
    parts = made.parts
    for question, column in (("why", "reason"), ("say", "statement")):
        if not parts.has("q", question):
            continue
        if column not in ENTITIES[made.entity].columns or made.entity in ("decision", "trade", "paper"):
            raise Unread("why is asked of one decision", [one.text for one in parts.all("q", question)])
        parts.use_all("q", question)
        made.measure = None
        for dim in made.dims:
            if dim.get("dim") in ("rule", "parameter"):
                parts.use(dim)
        order = take_order(parts)
        if order:
            return made.form(What.RECORD, attribute=column, best=order > 0, place=abs(order))
        return made.form(What.LIST, attribute=column, limit=MOST_LISTED)
    if made.entity == "change" and made.measure is not None and made.measure.column in ("after", "before"):
        if made.times or made.dims:
            raise Unread("the value at a time", [made.measure.column])
        if not any(one.column == "parameter" for one in made.filters):
            raise Unread("the value of which parameter is not said", ["value"])
        order = take_order(parts)
        return made.form(What.RECORD, attribute=made.measure.column, best=order >= 0, place=abs(order) or 1)
    return None


def _comparison(made: Draft) -> Form | None:
    parts = made.parts
    found = alternatives(made)
    by_time = len(made.times) > 1
    if not is_compared(made) or (found is None and not by_time):
        if parts.has("each") and found is not None:
            column, _ = found
            statistic, measure = core(made)
            return made.form(What.GROUPS, statistic=statistic, measure=measure, group=column)
        return None
    if found is not None and by_time:
        raise Unread("things and times compared at once")
    if found is None:
        sides = tuple(Side(f"time {number}", times=(one,)) for number, one in enumerate(made.times, start=1))
        made.times = ()
    else:
        column, values = found
        if made.part and any(one in made.part for one in values):
            raise Unread("a comparison of parts")
        sides = tuple(dict.fromkeys(Side(str(one.value), (condition_of(one),)) for one in values))
        made.filters = [one for one in made.filters if one not in values]
        for dim in made.dims:
            if dim.get("dim") == column:
                parts.use(dim)
                made.dims = [one for one in made.dims if one is not dim]
    best = _direction(made)
    parts.use_all("cmp", "compare")
    if parts.free("sup") or parts.free("order"):
        raise Unread(
            "compared and ranked at once", [one.text for one in (*parts.free("sup"), *parts.free("order"))]
        )
    statistic, measure = core(made)
    return made.form(What.COMPARE, statistic=statistic, measure=measure, sides=sides, best=best)


def _direction(made: Draft) -> bool | None:
    """Whether the higher or the lower side is asked for; and what "better" alone measures."""
    parts = made.parts
    betters = parts.free("better")
    parts.use(*betters)
    ups = {one.get("better") == "up" for one in betters}
    if len(ups) > 1:
        raise Unread("better and worse at once", [one.text for one in betters])
    for spot in betters:
        if spot.has("m"):
            made.measure = Measure(spot.get("m"), Statistic.MEAN)
    if not betters:
        if made.measure is not None and not made.measure.is_said:
            return made.measure.sign > 0
        if made.measure is None and not made.is_share and not made.is_counted and made.entity == "trade":
            made.measure = Measure("net", Statistic.SUM)
        return None
    up = ups.pop()
    words = {one.text for one in betters}
    if made.measure is None and not made.is_share and not _is_of_number(made, words):
        if made.entity != "trade":
            raise Unread("better by what is not said", list(words))
        made.measure = Measure("net_bps", Statistic.MEAN)  # "better" goes by the mean, as elsewhere
    sign = 1 if made.measure is None else made.measure.sign
    return up if sign > 0 else not up


def _is_of_number(made: Draft, words: set[str]) -> bool:
    """Whether more or fewer of them are spoken of."""
    number = (
        "more",
        "fewer",
        "less",
        "nhiều hơn",
        "ít hơn",
        "hơn",
        "more often",
        "less often",
        "thường xuyên hơn",
        "nhiều lần hơn",
        "more of",
        "more frequently",
    )
    return made.is_counted or any(one in number for one in words)


def _figure_or_list(made: Draft) -> Form:
    parts = made.parts
    statistic, measure = core(made)
    if parts.has("q", "when") and (made.is_counted or made.is_share):
        if parts.spots[0].has("q", "when"):
            raise Unread("when and how many at once", ["when"])
        parts.use_all("q", "when")  # "how many decisions when it was volatile"
    if parts.free("q", "when"):
        parts.use_all("q", "when")
        column = "ts_exit" if parts.has("act", "close") and made.entity == "trade" else "ts"
        return made.form(What.LIST, attribute=column, limit=MOST_LISTED)
    if parts.has("q", "spread"):
        parts.use_all("q", "spread")
        if not measure:
            raise Unread("the distribution of what is not said", ["distribution"])
        return made.form(What.SPREAD, measure=measure)
    if parts.has("q", "trend"):
        parts.use_all("q", "trend")
        return made.form(What.GROUPS, statistic=statistic, measure=measure, group="day")
    won = [one for one in made.filters if one.column == "won"]
    is_whether = bool(parts.spots) and parts.spots[0].has("verb") and not parts.has("q")
    if statistic is Statistic.COUNT and is_whether and won and not parts.has("ent"):
        made.filters = [one for one in made.filters if one not in won]
        return made.form(What.FIGURE, statistic=Statistic.SUM, measure="net")
    is_listed = parts.has("q", "list") or (parts.has("q", "which") and parts.has("ent"))
    if statistic is Statistic.COUNT and not made.is_counted and is_listed and not made.thresholds:
        return made.form(What.LIST, limit=MOST_LISTED)
    if (
        statistic is Statistic.COUNT
        and not made.is_counted
        and not parts.has("ent")
        and not parts.has("q", "often")
    ):
        raise Unread("what is asked is not clear")
    return made.form(What.FIGURE, statistic=statistic, measure=measure)
