"""One row of many: the first or last, or the one with the most of a measure; and what of it is asked."""

from __future__ import annotations

from memory.entities import ENTITIES
from prompts.reading.composing import alternatives
from prompts.reading.drafts import Draft
from prompts.reading.forms import Form, Statistic, What
from prompts.reading.parts import Unread
from prompts.reading.splits import asked_dim, core, number_beside, place_of, take_moments, take_order
from prompts.reading.spotting import Spot
from prompts.reading.subject import Filter

_SMALL = ("low", "short", "fewest", "worst")
_RECORDED = ("best", "worst", "high", "low", "long", "short")


_TIME_ATTRIBUTES = ("day", "hour", "weekday", "week", "month")


def record(made: Draft) -> Form | None:
    """One row: the first or last, or the one with the most of a measure; and what of it is asked."""
    parts = made.parts
    asked = asked_dim(made)
    orders, sups = parts.free("order"), parts.free("sup")
    if not orders and not sups:
        return None
    if orders and not sups:
        number = number_beside(parts, orders)
        if number and (made.measure is not None or made.is_share or made.is_counted or made.part):
            _part_of_last(made, orders[0])
            order = take_order(parts)
            statistic, measure = core(made)
            if made.dims:
                raise Unread("groups of the last few", [one.text for one in made.dims])
            return made.form(
                What.FIGURE, statistic=statistic, measure=measure, newest=number if order > 0 else -number
            )
        order = take_order(parts)
        attribute = _attribute(made, asked)
        if made.is_counted or made.is_share:
            raise Unread("counting one", ["first or last"])
        return made.form(
            What.RECORD, attribute=attribute, best=order > 0, place=abs(order), limit=number or 1
        )
    if orders and any(one.get("order") in ("first", "last") for one in orders):
        raise Unread("ranked and in time at once", [one.text for one in orders])
    if not _is_of_record(made, sups, asked):
        return None
    if made.statistic in (
        Statistic.SUM,
        Statistic.MEAN,
        Statistic.MEDIAN,
        Statistic.SHARE,
        Statistic.PER_DAY,
    ):
        return None
    number = number_beside(parts, [*orders, *sups])
    place = place_of(orders[0]) if orders else 1
    parts.use(*orders)
    measure, best = _ranking(made, sups)
    parts.use_all("single")
    parts.use(*sups)
    attribute = _attribute(made, asked, ranked=measure)
    made.measure = None
    return made.form(
        What.RECORD, measure=measure, best=best, place=place, limit=number or 1, attribute=attribute
    )


def _part_of_last(made: Draft, order: Spot) -> None:
    """Of the last few, what is said of them behind their noun is what counts of them."""
    if made.is_share or not made.is_counted:
        return
    at = made.parts.place(order)
    nouns = [place for place, spot in enumerate(made.parts.spots) if spot.has("ent") and place > at]
    if nouns:
        made.part = [one for one in made.filters if one.is_predicate and one.at > nouns[0]]
        made.filters = [one for one in made.filters if one not in made.part]


def _is_of_record(made: Draft, sups: list[Spot], asked: Spot | None) -> bool:
    """Whether the most or least of rows, rather than of groups, is meant."""
    parts = made.parts
    if parts.has("single") or _is_one_trade(made):
        return True
    for spot in sups:
        name = spot.get("sup")
        near = [
            parts.beside(spot, step, over=("verb", "of", "plain", "unit", "num", "order")) for step in (1, -1)
        ]
        nouns = [one for one in near if one is not None and one.has("ent")]
        if asked is None and not made.dims:
            return name not in ("most", "fewest") or made.measure is not None
        if name in _RECORDED and nouns and not (spot.has("g") and not parts.is_vietnamese):
            return True
        if name in ("long", "short") and made.statistic is None and nouns:
            return True
    return False


def _is_one_trade(made: Draft) -> bool:
    """Whether one trade is spoken of and what it did: "the trade that lost the most"."""
    nouns = [
        one for one in made.parts.all("ent") if one.text in ("trade that", "trade which", "round trip that")
    ]
    return bool(nouns) and made.entity in ("trade", "paper")


def _ranking(made: Draft, sups: list[Spot]) -> tuple[str, bool]:
    """The measure that rows are ranked by, and whether highest first."""
    names = {one.get("sup") for one in sups}
    if len(names) > 1:
        names -= {"most"}
    if len(names) != 1:
        raise Unread("ranked in two ways", [one.text for one in sups])
    name = names.pop()
    measure = made.measure
    if name in ("long", "short"):
        if measure is not None and measure.column not in ("hold", "delay"):
            raise Unread("longest of what is not clear", [one.text for one in sups])
        column = "hold" if measure is None else measure.column
        if column not in ENTITIES[made.entity].columns:
            raise Unread("longest of what is not clear", [one.text for one in sups])
        return column, name == "long"
    won = [one.value for one in made.filters if one.column == "won"]
    if measure is None:
        if made.entity in ("order", "fill") and name in ("high", "low"):
            return "value", name == "high"
        if not ("net_bps" in ENTITIES[made.entity].columns and made.entity in ("trade", "paper")):
            raise Unread("ranked by what is not clear", [one.text for one in sups])
        column = "net" if made.unit in ("quote", "money") and made.entity == "trade" else "net_bps"
        if name in ("best", "worst"):
            return column, name == "best"
        if won and made.entity == "trade":
            column = "net" if made.unit != "bps" else "net_bps"
            return column, (won[0] == 1) is (name in ("high", "most"))
        raise Unread("ranked by what is not clear", [one.text for one in sups])
    if not measure.is_said:
        if name == "worst" and measure.sign < 0:
            return measure.column, False
        if name in ("low", "fewest", "worst"):
            made.filters.append(Filter("won", 1 if measure.sign > 0 else 0, False, 0))
            return measure.column, measure.sign < 0
        return measure.column, measure.sign > 0
    if measure.column == "worst_bps":
        return measure.column, name in ("low", "fewest", "best")  # the farther down, the larger
    return measure.column, name not in _SMALL


def _attribute(made: Draft, asked: Spot | None, ranked: str = "") -> str:
    """What of a record is asked for."""
    parts = made.parts
    found = alternatives(made)
    if found is not None and parts.has("join", "or"):
        column, values = found
        made.filters = [one for one in made.filters if one not in values]
        return column
    if asked is not None:
        parts.use(asked)
        made.dims = [one for one in made.dims if one is not asked]
        name = asked.get("dim")
        if name not in ENTITIES[made.entity].columns and name not in _TIME_ATTRIBUTES:
            raise Unread(f"{ENTITIES[made.entity].many} have no {name}", [asked.text])
        return name
    if parts.has("q", "when"):
        parts.use_all("q", "when")
        take_moments(made)
        return "ts_exit" if parts.has("act", "close") and "ts_exit" in ENTITIES[made.entity].columns else "ts"
    if made.measure is not None:
        column = made.measure.column
        made.measure = None
        return column
    if made.dims:
        raise Unread("what of it is asked is not clear", [one.text for one in made.dims])
    return ranked or {"lesson": "statement"}.get(made.entity, "")
