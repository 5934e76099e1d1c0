"""What numbers bound: values of things, how many pieces there are, or groups and shares as a whole."""

from __future__ import annotations

from decimal import Decimal

from memory.entities import ENTITIES
from memory.tally import Bound
from prompts.reading.measures import Measure
from prompts.reading.parts import Parts, Threshold, Unread
from prompts.reading.subject import Filter

_UNIT_SECONDS = {"s": Decimal(1), "min": Decimal(60), "h": Decimal(3600)}


_PIECES = ("slices", "fills", "orders", "matches")


def _effects(parts: Parts, measure: Measure | None, found: list[tuple[int, Bound]]) -> None:
    """Of what was learned, making and losing money is an effect above or below nothing."""
    for spot in (*parts.free("g"), *parts.free("won")):
        is_up = spot.has("g", "made") or spot.has("g", "won") or spot.has("won", "1")
        parts.use(spot)
        if measure is not None and measure.column == "effect":
            continue
        zero = Decimal(0)
        is_up = is_up is not spot.is_negative
        found.append(
            (parts.place(spot), Bound("effect", zero, None) if is_up else Bound("effect", None, zero))
        )


def pieces_of(parts: Parts, entity: str) -> list[tuple[int, Bound]]:
    """A number of slices, fills or matches at its noun is what there must be of them: "in three slices"."""
    found: list[tuple[int, Bound]] = []
    for spot in parts.free("num"):
        at = parts.place(spot)
        after = parts.spots[at + 1] if at + 1 < len(parts.spots) else None
        if after is None:
            continue
        name = after.get("m")
        if entity == "strategy" and after.has("ent", "fill"):
            name = "matches"
        if name in _PIECES and name in ENTITIES[entity].columns:
            number = Decimal(spot.get("num"))
            parts.use(
                spot,
                after,
                *(
                    one
                    for one in (parts.beside(after, 1), parts.beside(spot, -1))
                    if one is not None and one.has("single")
                ),
            )
            after.slots = (("named", name),)
            found.append((at, Bound(name, number, number, is_closed=True)))
    return found


def bounds_of(
    parts: Parts,
    entity: str,
    measure: Measure | None,
    filters: list[Filter],
    pieces: list[tuple[int, Bound]],
) -> tuple[list[tuple[int, Bound]], list[Threshold]]:
    """The bounds on values, with where they stand; and the thresholds on groups or shares that are left.

    Raises:
        Unread: It is not clear what a number bounds.
    """
    found: list[tuple[int, Bound]] = [*pieces]
    left: list[Threshold] = []
    if entity in ("lesson", "change", "check", "trial"):
        _effects(parts, measure, found)
    for one in parts.thresholds:
        if one.noun or one.unit == "pct":
            left.append(one)
            continue
        found.append((one.at, _bound_of(parts, entity, measure, one, filters)))
    return found, left


def _bound_of(
    parts: Parts, entity: str, measure: Measure | None, one: Threshold, filters: list[Filter]
) -> Bound:
    columns = ENTITIES[entity].columns
    if one.unit in _UNIT_SECONDS:
        column = measure.column if measure and columns[measure.column].unit == "s" else "hold"
        if column not in columns:
            raise Unread("a length of time of what is not clear", [one.unit])
        return one.bound(column, _UNIT_SECONDS[one.unit])
    if one.unit in ("quote", "money"):
        column = measure.column if measure and columns[measure.column].unit in ("quote", "usd") else "net"
        column = "cost" if entity == "call" else column
    elif one.unit == "bps":
        column = measure.column if measure and columns[measure.column].unit == "bps" else "net_bps"
    elif measure is not None and not columns[measure.column].unit:
        column = measure.column
    else:
        raise Unread("a number without a unit", ["number"])
    if column not in columns:
        raise Unread(f"{ENTITIES[entity].many} have no {column}", [one.unit])
    return _turned(one, column, parts, filters)


def _turned(one: Threshold, column: str, parts: Parts, filters: list[Filter]) -> Bound:
    """Lost more than 0.15 is a result below -0.15."""
    is_loss = column in ("net", "net_bps") and any(
        spot.has("g", "lost") or spot.has("won", "0") for spot in parts.spots[: one.at + 1]
    )
    if not is_loss or (one.low is not None and one.low < 0) or (one.high is not None and one.high < 0):
        return one.bound(column)
    low = None if one.high is None else -one.high
    high = None if one.low is None else -one.low
    if low is not None and not any(each.column == "won" for each in filters):
        return Bound(column, low, Decimal(0), one.is_closed)
    return Bound(column, low, high, one.is_closed)
