"""What a question is split by, ranked among and placed in, found among its parts."""

from __future__ import annotations

from decimal import Decimal

from prompts.reading.drafts import Draft
from prompts.reading.forms import TIME_GROUPS, Statistic
from prompts.reading.parts import Parts, Unread
from prompts.reading.spotting import Spot


def core(made: Draft) -> tuple[Statistic, str]:
    """The statistic and the column it is of."""
    if made.is_share:
        return Statistic.SHARE, "" if made.measure is None else made.measure.column
    if made.measure is None:
        if made.statistic in (Statistic.MEAN, Statistic.MEDIAN):
            return made.statistic, "net_bps"
        return made.statistic if made.statistic is Statistic.PER_DAY else Statistic.COUNT, ""
    return made.statistic or made.measure.statistic, made.measure.column


def take_order(parts: Parts) -> int:
    """The place in time that is asked for: 1 is the last, -1 the first, -2 the second; 0 is none."""
    orders = parts.free("order")
    if not orders:
        return 0
    names = {one.get("order") for one in orders}
    parts.use(*orders)
    parts.use_all("single")
    if names == {"second", "last"}:
        return 2
    if len(names) > 1:
        raise Unread("more than one place in time", [one.text for one in orders])
    name = names.pop()
    return -int(name) if name.isdigit() else {"last": 1, "first": -1, "second": -2, "third": -3}[name]


def take_moments(made: Draft) -> None:
    """A day or hour beside "when" asks for nothing more: "when was it (date)"."""
    moments = [one for one in made.dims if one.get("dim") in TIME_GROUPS and not is_split(made, one)]
    made.parts.use(*moments)
    made.dims = [one for one in made.dims if one not in moments]


def place_of(order: Spot) -> int:
    """The place in a ranking that an ordinal names; 1 where it names none."""
    name = order.get("order")
    return int(name) if name.isdigit() else {"second": 2, "third": 3}.get(name, 1)


def asked_dim(made: Draft) -> Spot | None:
    """The way to split that is asked for: "which day", "ngày nào"; not one that is split by."""
    for dim in made.dims:
        before, after = made.parts.beside(dim, -1, over=("verb", "of")), made.parts.beside(dim, 1)
        if dim.has("by") or (before is not None and before.has("by")):
            continue
        if dim.has("q", "which") or (before is not None and before.has("plain") and parts_bound(made)):
            return dim
        if (before is not None and before.has("q", "which")) or (
            after is not None and after.has("q", "which")
        ):
            return dim
        if before is not None and before.has("q", "count"):
            continue
    loose = [dim for dim in made.dims if not is_split(made, dim) and not is_number_of(made, dim)]
    parts = made.parts
    is_asked = parts.has("q", "which") or parts.has("q", "list") or (parts.has("sup") and not parts.has("q"))
    return loose[0] if len(loose) == 1 and is_asked else None


def parts_bound(made: Draft) -> bool:
    """Whether it is asked if there is any for which a bound holds: "did any day lose more than"."""
    return bool(made.bounds or made.thresholds) and not made.is_counted and not made.is_share


def is_split(made: Draft, dim: Spot) -> bool:
    """Whether it stands behind "by" or "each"."""
    before = made.parts.beside(dim, -1)
    return dim.has("by") or (before is not None and before.has("by"))


def is_number_of(made: Draft, dim: Spot) -> bool:
    """Whether it is asked how many of them there are."""
    before = made.parts.beside(dim, -1, over=("verb", "of", "plain", "sup"))
    return before is not None and (before.has("q", "count") or before.has("q", "num"))


def number_beside(parts: Parts, spots: list[Spot]) -> int:
    """How many of what is ranked: "the last 5", "top 3", "3 worst", "5 lệnh gần nhất"."""
    for spot in spots:
        for step in (1, -1):
            other = parts.beside(spot, step, over=("verb", "of", "plain", "ent") if step < 0 else ("plain",))
            if other is not None and other.has("num") and not other.is_used:
                parts.use(other)
                number = Decimal(other.get("num"))
                if number != int(number) or not 1 <= number <= 1000:
                    raise Unread("so many cannot be shown", [other.text])
                return int(number)
    return 0
