"""What only questions about settings, lessons and strategies say."""

from __future__ import annotations

from decimal import Decimal

from memory.entities import ENTITIES
from memory.tally import Bound
from prompts.reading.drafts import Draft
from prompts.reading.forms import Statistic
from prompts.reading.measures import Measure
from prompts.reading.parts import Unread
from prompts.reading.subject import Filter


def versions(made: Draft) -> None:
    """The number behind "version" names a change, or the settings that a decision was taken under."""
    parts = made.parts
    for spot in parts.all("idn"):
        number = next(
            (one for one in (parts.beside(spot, 1), parts.beside(spot, -1)) if one and one.has("num")), None
        )
        if number is None:
            continue
        column = "id" if made.entity == "change" else "version"
        if column not in ENTITIES[made.entity].columns:
            raise Unread("the version of what is not clear", [spot.text])
        parts.use(spot, number)
        told = number.get("num")
        value: str | int = told if column == "id" else int(told) if told.isdigit() else told
        made.filters.append(Filter(column, value, False, parts.place(spot)))
        if made.entity == "change":
            parts.use_all("dim", "parameter")


def of_change(made: Draft) -> None:
    """What only says again that a setting was put back, or that a least or greatest value is one."""
    parts = made.parts
    if made.entity != "change":
        return
    is_back = parts.has("standing", "rolled_back")
    if is_back:
        parts.use(*parts.free("m", "before"), *parts.free("m", "net"), *parts.free("won"))
        if not parts.has("q", "amount") and not parts.has("q", "num"):
            parts.use(*parts.free("better"), *parts.free("g"))
    for spot in parts.free("sup"):
        near = (parts.beside(spot, -1), parts.beside(spot, 1))
        if any(one is not None and one.has("parameter") for one in near):
            parts.use(spot)
    is_of_trades = parts.has("unit", "bps") and (parts.has("ent", "trade") or parts.has("agg", "per"))
    is_asked = any(parts.has("q", one) for one in ("num", "amount", "count"))
    if is_of_trades and is_asked and not parts.free("m"):
        parts.use_all("better")
        parts.all("unit")[0].slots = (("m", "effect"), ("unit", "bps"))
        parts.all("unit")[0].is_used = False


def beside_lessons(made: Draft) -> None:
    """Ways to split that only name what a count of changes or lessons is of."""
    if made.entity in ("change", "lesson") and made.is_counted:
        loose = [
            one
            for one in made.dims
            if one.get("dim") in ("parameter", "rule")
            and not any(
                near is not None and (near.has("by") or near.has("q", "which") or near.has("q", "count"))
                for near in (made.parts.beside(one, -1), made.parts.beside(one, 1))
            )
        ]
        made.parts.use(*loose)
        made.dims = [one for one in made.dims if one not in loose]


def features(made: Draft) -> None:
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


def values(made: Draft) -> None:
    """A number beside a parameter is the value that it was given; of two, the first is the one before."""
    parts = made.parts
    numbers = parts.free("num")
    names = ("before", "after") if len(numbers) == 2 else ("after",)
    if len(numbers) > len(names):
        raise Unread("more than two values", [one.text for one in numbers])
    for name, spot in zip(names, numbers, strict=False):
        number = Decimal(spot.get("num"))
        parts.use(spot)
        made.bounds.append((parts.place(spot), Bound(name, number, number, is_closed=True)))
    if numbers:
        for spot in (*parts.free("unit"), *parts.free("m", "after")):
            parts.use(spot)
    is_named = any(one.column == "parameter" for one in made.filters)
    is_value = any(parts.has("q", one) for one in ("amount", "num", "which")) or not parts.has("q")
    others = ("dim", "standing", "direction", "agg", "sup", "order", "rate")
    is_bare = not any(parts.free(one) for one in others) and not parts.has("ent")
    is_reason = parts.has("q", "why") or parts.has("q", "when") or parts.has("act")
    is_new = made.measure is None and not made.is_counted and not is_reason
    if is_new and is_named and is_value and is_bare and not numbers:
        made.measure = Measure("after", Statistic.MEAN)
    if made.measure is not None and made.measure.column in ("after", "before"):
        parts.use_all("unit")
