"""How what is asked of is measured: which column, summed up how, and what "made" and "lost" say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from memory.entities import ENTITIES
from memory.tally import Bound
from prompts.reading.forms import Statistic
from prompts.reading.parts import Parts, Threshold, Unread
from prompts.reading.spotting import Spot
from prompts.reading.subject import Filter, is_money_word

_SUMMED = (
    "net",
    "fee",
    "cost",
    "tokens",
    "input_tokens",
    "output_tokens",
    "volume",
    "gross",
    "matches",
    "wins",
)
_UNIT_SECONDS = {"s": Decimal(1), "min": Decimal(60), "h": Decimal(3600)}
_GAINS = {"made": 1, "won": 1, "lost": 0}
_NOUNS = ("lệnh", "giao dịch", "kèo", "lenh", "giao dich", "keo")
_LIVING = ("trade", "paper", "pattern", "strategy", "profile")


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the entity and how it is usually summed up.

    Attributes:
        sign: -1 where more of what was said is less of the column: "lost most".
        is_said: Whether a word named it, or only "made" and "lost" did.
    """

    column: str
    statistic: Statistic
    sign: int = 1
    is_said: bool = True


def unit_of(parts: Parts) -> str:
    """The unit in which an answer is asked for; empty where none is."""
    for spot in parts.free("unit"):
        if spot.get("unit") in ("quote", "bps", "pct", "s", "min", "h", "money"):
            return spot.get("unit")
    return ""


def measure_of(parts: Parts, entity: str, unit: str) -> Measure | None:
    """What is measured; None where rows are counted. What names it is accounted for.

    Raises:
        Unread: Two things are measured, or the entity has no such value.
    """
    _drop_costs(parts, entity)
    spots = [one for one in parts.free("m") if not one.has("m", "streak")]
    names = list(dict.fromkeys(one.get("m") for one in spots))
    if len(names) > 1 and "net" in names:
        names.remove("net")
    if entity == "call" and parts.has("tok"):
        names = ["input_tokens" if parts.has("tok", "in") else "output_tokens"]
        parts.use_all("tok")
    if set(names) == {"before", "after"}:
        names = ["before"]
    if len(names) > 1:
        raise Unread("more than one thing is measured", [one.text for one in spots])
    parts.use(*spots)
    if names:
        return _named(names[0], entity, unit)
    return None


def _drop_costs(parts: Parts, entity: str) -> None:
    """Words for money and paying that only say that fees, results or settings are meant."""
    has_fee = parts.has("m", "fee")
    for spot in parts.free("m", "cost"):
        if entity != "call" and (is_money_word(spot) or has_fee):
            spot.slots = (("unit", "money"),)
    for spot in parts.free("m", "after"):
        if entity != "change":
            raise Unread("the value of what is not said", [spot.text])
    for spot in parts.free("m", "confidence"):
        if entity == "lesson":
            raise Unread("lessons have no confidence", [spot.text])


def _named(name: str, entity: str, unit: str) -> Measure:
    columns = ENTITIES[entity].columns
    column = {"volume": "value"}.get(name, name)
    if name == "net":
        is_quote = "net" in columns and unit != "bps"
        column = "net" if is_quote else "net_bps"
    if name == "gross":
        column = "gross" if "gross" in columns and unit != "bps" else "gross_bps"
    if name == "cost" and entity != "call":
        raise Unread("the cost of what is not said", ["cost"])
    if name == "price" and entity not in ("fill", "order"):
        raise Unread("market prices are not kept", ["price"])
    if name == "probability" and entity == "trade":
        column = "probability"
    if column not in columns:
        raise Unread(f"{ENTITIES[entity].many} have no {name.replace('_', ' ')}", [name])
    statistic = Statistic.SUM if name in _SUMMED else Statistic.MEAN
    if name == "net" and entity in ("paper", "pattern", "strategy", "profile"):
        statistic = Statistic.MEAN
    return Measure(column, statistic)


def gains(
    parts: Parts, entity: str, unit: str, *, is_counted: bool, has_measure: bool
) -> tuple[list[Filter], Measure | None]:
    """What "made", "lost" and "won" say: which trades, or what is measured.

    Beside a noun they say which; else they are what is measured, unless rows are counted.

    Raises:
        Unread: The entity makes and loses nothing.
    """
    spots = parts.free("g")
    found: list[Filter] = []
    measured: list[Spot] = []
    if entity == "decision" and is_counted and all(_is_done(parts, one) for one in spots):
        parts.use(*spots)
        return [], None
    if spots and entity not in _LIVING:
        raise Unread("what makes or loses is not said", [one.text for one in spots])
    for spot in spots:
        if spot.slots[0][0] == "g":
            parts.use(spot)
        if is_counted and _is_done(parts, spot):
            continue
        how = _GAINS[spot.get("g")]
        is_which = (
            _is_beside_noun(parts, spot)
            or _is_averaged(parts, spot)
            or is_counted
            or spot.is_negative
            or spot.has("g", "won")
        )
        if spot.has("sup") or spot.has("better") or (_is_ranked(parts, spot) and not is_counted):
            is_which = False
        if is_which and not spot.has("sup"):
            found.append(Filter("won", 1 - how if spot.is_negative else how, False, parts.place(spot)))
        else:
            measured.append(spot)
    if len({one.value for one in found}) > 1:
        raise Unread("both made and lost", [one.text for one in spots])
    if not measured or has_measure:
        return found, None
    signs = {1 if _GAINS[one.get("g")] else -1 for one in measured}
    column = "net_bps" if unit == "bps" or "net" not in ENTITIES[entity].columns else "net"
    statistic = Statistic.SUM if column == "net" else Statistic.MEAN
    return found, Measure(column, statistic, signs.pop() if len(signs) == 1 else 1, is_said=False)


def _is_averaged(parts: Parts, spot: Spot) -> bool:
    """Whether it is the noun of a mean: the average loss is that of losing trades."""
    before = parts.spots[parts.place(spot) - 1] if parts.place(spot) else None
    is_mean = before is not None and (before.has("agg", "mean") or before.has("agg", "median"))
    return is_mean and spot.text in ("loss", "losses", "win", "wins")


def _is_done(parts: Parts, spot: Spot) -> bool:
    """Whether "made" only says that something was done: "how many trades did we make"."""
    after = parts.beside(spot, 1)
    is_more = after is not None and any(after.has(slot) for slot in ("cmp", "unit", "sup", "num", "better"))
    return spot.text in ("made", "make", "making", "makes") and not is_more


def _is_beside_noun(parts: Parts, spot: Spot) -> bool:
    """Whether it stands at a noun as what kind of it is meant."""
    at = parts.place(spot)
    before = parts.spots[at - 1] if at > 0 else None
    after = parts.spots[at + 1] if at + 1 < len(parts.spots) else None
    if parts.is_vietnamese:
        is_asked = after is not None and (after.has("q", "num") or after.has("sup") or after.has("unit"))
        is_noun = before is not None and (
            before.has("ent") or (before.has("agg") and before.text.endswith(_NOUNS))
        )
        return is_noun and not is_asked
    return after is not None and after.has("ent") and spot.text.endswith(("ing", "able"))


def _is_ranked(parts: Parts, spot: Spot) -> bool:
    """Whether it is what "most" or "biggest" speaks of."""
    return any(
        one is not None and one.has("sup")
        for one in (parts.beside(spot, -1), parts.beside(spot, 1, over=("verb", "of", "unit", "plain")))
    )


def bounds_of(
    parts: Parts, entity: str, measure: Measure | None, filters: list[Filter]
) -> tuple[list[tuple[int, Bound]], list[Threshold]]:
    """The bounds on values, with where they stand; and the thresholds on groups or shares that are left.

    Raises:
        Unread: It is not clear what a number bounds.
    """
    found: list[tuple[int, Bound]] = []
    left: list[Threshold] = []
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
