"""Which form a question has: a figure, groups, a leader, names, a record, a list or a comparison."""

from __future__ import annotations

from memory.entities import ENTITIES
from prompts.reading.composing import alternatives, condition_of, draft, finished, is_compared
from prompts.reading.drafts import Draft
from prompts.reading.forms import MOST_LISTED, TIME_GROUPS, Form, Side, Statistic, What
from prompts.reading.grouping import counted_groups, grouped, named
from prompts.reading.measures import Measure
from prompts.reading.parts import Unread
from prompts.reading.ranking import record
from prompts.reading.sharing import share
from prompts.reading.splits import asked_dim, core, take_moments, take_order
from prompts.reading.spotting import Spotted
from prompts.reading.subject import Filter

_MOVED = (
    "changed to",
    "raised to",
    "lowered to",
    "đổi",
    "doi",
    "chỉnh",
    "chinh",
    "hạ",
    "nâng",
    "tăng",
    "giảm",
)
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
    _only_one(made)
    _better_than_all(made)
    for attempt in (_reason, _comparison, record, grouped, counted_groups, named):
        form = attempt(made)
        if form is not None:
            return finished(made, form)
    return finished(made, _figure_or_list(made))


def _better_than_all(made: Draft) -> None:
    """What is more than the others, of groups that are not named, is most: "which provider cost more"."""
    parts = made.parts
    betters = parts.all("better")
    if not betters or alternatives(made) is not None or len(made.times) > 1 or parts.has("than"):
        return
    if asked_dim(made) is None or parts.has("sup"):
        return
    names = {"up": "most", "down": "fewest"}
    for spot in betters:
        name = names[spot.get("better")]
        if spot.text in ("better", "tốt hơn", "worse", "tệ hơn"):
            name = {"up": "best", "down": "worst"}[spot.get("better")]
        rest = tuple(one for one in spot.slots if one[0] != "better")
        spot.slots, spot.is_used = (("sup", name), *rest), False


def _only_one(made: Draft) -> None:
    """The only one of its kind is the one that there is."""
    parts = made.parts
    if not parts.has("sup") and not parts.has("order") and not made.is_counted:
        parts.use_all("single")


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
        is_moved = any(word in one.text for one in parts.all("m", "after") for word in _MOVED)
        if made.dims or (made.times and not is_moved):
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
    if parts.free("order") and not parts.has("better") and not parts.has("cmp", "compare"):
        return None
    if parts.has("cmp", "compare") and found is None and not by_time and len(made.dims) == 1:
        (dim,) = made.dims
        parts.use(dim)
        parts.use_all("cmp", "compare")
        statistic, measure = core(made)
        group = dim.get("dim")
        if group not in ENTITIES[made.entity].columns and group not in TIME_GROUPS:
            raise Unread(f"{ENTITIES[made.entity].many} have no {group}", [dim.text])
        return made.form(What.GROUPS, statistic=statistic, measure=measure, group=group)
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
        for dim in made.dims:
            if dim.get("dim") in TIME_GROUPS:
                parts.use(dim)  # "on which of these days"
        made.dims = [one for one in made.dims if not one.is_used]
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
    is_gap = len(sides) == 2 and _is_gap(made)
    best = _direction(made)
    parts.use_all("cmp", "compare")
    if parts.free("sup") or parts.free("order"):
        raise Unread(
            "compared and ranked at once", [one.text for one in (*parts.free("sup"), *parts.free("order"))]
        )
    statistic, measure = core(made)
    return made.form(
        What.COMPARE, statistic=statistic, measure=measure, sides=sides, best=best, is_gap=is_gap
    )


def _is_gap(made: Draft) -> bool:
    """Whether it is asked by how much one is more than the other: "how much more", "nhiều hơn bao nhiêu"."""
    parts = made.parts
    asked = [one for one in parts.all("q") if one.get("q") in ("count", "num", "amount", "howlong")]
    for spot in asked:
        before, after = parts.beside(spot, -1), parts.beside(spot, 1)
        if (before is not None and before.has("by")) or (after is not None and after.has("better")):
            return True
    last = parts.first("better")
    return (
        parts.is_vietnamese
        and last is not None
        and any(parts.place(one) > parts.place(last) for one in asked)
    )


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
            is_wait = made.entity == "call" and spot.has("m", "hold")
            column = "delay" if is_wait else spot.get("m")
            if column not in ENTITIES[made.entity].columns:
                raise Unread("what is longer or shorter is not clear", [spot.text])
            is_sum = made.measure is not None and made.measure.column == column
            made.measure = made.measure if is_sum else Measure(column, Statistic.MEAN)
    if not betters:
        if made.measure is not None and not made.measure.is_said:
            return made.measure.sign > 0
        is_of_nouns = any(one.has("result") or one.has("won") for one in parts.all("ent"))  # "stops, X vs Y"
        is_plain = not made.is_share and not made.is_counted and not is_of_nouns
        if made.measure is None and is_plain and made.entity == "trade":
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


def _bounded_gain(made: Draft) -> None:
    """What made or lost more than so much is counted or listed, where no amount is asked for."""
    measure = made.measure
    if measure is None or measure.is_said or made.statistic is not None or made.is_share:
        return
    is_bounded = any(one.column in ("net", "net_bps") for _, one in made.bounds)
    if is_bounded and not any(made.parts.has("q", one) for one in ("amount", "num", "howlong")):
        made.measure = None
        made.is_counted = not made.parts.has("q", "list")


def _figure_or_list(made: Draft) -> Form:
    parts = made.parts
    _bounded_gain(made)
    statistic, measure = core(made)
    if parts.has("q", "when") and (made.is_counted or made.is_share):
        if parts.spots[0].has("q", "when"):
            raise Unread("when and how many at once", ["when"])
        parts.use_all("q", "when")  # "how many decisions when it was volatile"
    if parts.free("q", "when"):
        parts.use_all("q", "when")
        take_moments(made)
        column = (
            "ts_exit" if parts.has("act", "close") and "ts_exit" in ENTITIES[made.entity].columns else "ts"
        )
        if made.time_column == "ts_exit":
            column = "ts_exit"
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
    found = alternatives(made)
    starts = bool(parts.spots) and parts.spots[0].has("verb")
    if starts and parts.has("join", "or") and (found is not None or parts.has("action")):
        named = [one.text for one in parts.all("action")] or ["or"]
        raise Unread("which of several is not answered with yes or no", named)
    if found is not None and is_whether and parts.has("join", "or"):
        raise Unread("which of several is not answered with yes or no", [str(one.value) for one in found[1]])
    is_listed = parts.has("q", "list") or (parts.has("q", "which") and parts.has("ent"))
    if statistic is Statistic.COUNT and not made.is_counted and is_listed and not made.thresholds:
        if found is not None:
            raise Unread("a list of several at once", [str(one.value) for one in found[1]])
        return made.form(What.LIST, limit=MOST_LISTED)
    if (
        statistic is Statistic.COUNT
        and not made.is_counted
        and not parts.has("ent")
        and not parts.has("q", "often")
    ):
        raise Unread("what is asked is not clear")
    return made.form(What.FIGURE, statistic=statistic, measure=measure)
