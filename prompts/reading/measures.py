"""How what is asked of is measured: which column, summed up how, and what "made" and "lost" say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from memory.entities import ENTITIES
from prompts.reading.forms import Statistic
from prompts.reading.parts import Parts, Unread
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
    "cut",
    "fills",
    "orders",
    "decisions",
)


_GAINS = {"made": 1, "won": 1, "lost": 0}


_TAKES = ("mất", "mat", "hao", "mất đi")  # said of time, it takes


_NOT_MONEY = (
    "hold",
    "delay",
    "confidence",
    "spoofing_score",
    "spread",
    "slices",
    "fills",
    "orders",
    "slippage",
)


_LOOSE = (
    "làm ăn", "lam an", "ăn thua", "kết quả", "ket qua", "performance", "perform", "performed", "doing", "go",
    "went", "fared", "fare", "did we do", "do we do", "have we done", "hiệu quả", "hiệu suất", "result",
    "results", "outcome",
)  # fmt: skip


_BOUGHT = ("mua vào", "mua", "buy", "bought", "put in", "mua vao", "buy into")


_NOUNS = ("lệnh", "giao dịch", "kèo", "lenh", "giao dich", "keo")


_LIVING = ("trade", "paper", "pattern", "strategy", "profile")


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the entity and how it is usually summed up.

    Attributes:
        sign: -1 where more of what was said is less of the column: "lost most".
        is_said: Whether a word named it, or only "made" and "lost" did.
        is_loose: Whether that word says no more than "how did it go".
    """

    column: str
    statistic: Statistic
    sign: int = 1
    is_said: bool = True
    is_loose: bool = False


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
    spots = [
        one
        for one in parts.all("m")
        if not one.has("m", "streak") and (not one.is_used or one.has("m", "volume"))
    ]
    names = list(dict.fromkeys(one.get("m") for one in spots))
    if parts.has("m", "streak") and names == ["hold"]:
        names = []  # "how long was the longest streak" counts
        parts.use(*spots)
    if len(names) > 1 and "net" in names:
        names.remove("net")
    if not names and (entity == "spend" or _is_paid_for(parts, entity, unit)):
        return Measure("cost" if entity == "spend" else "value", Statistic.SUM)
    if entity == "strategy" and not names and parts.has("g", "won"):
        for spot in parts.free("g", "won"):
            spot.slots, spot.is_used = (("named", "wins"), ("m", "wins")), True
        return Measure("wins", Statistic.SUM)
    if entity == "call" and parts.has("tok"):
        names = ["input_tokens" if parts.has("tok", "in") else "output_tokens"]
        parts.use_all("tok")
    if set(names) == {"before", "after"}:
        names = ["before"]
    if len(names) > 1:
        raise Unread("more than one thing is measured", [one.text for one in spots])
    parts.use(*spots)
    if names:
        is_loose = names == ["net"] and not unit and all(one.text in _LOOSE for one in spots)
        return replace(_named(names[0], entity, unit), is_loose=is_loose)
    return None


def _is_paid_for(parts: Parts, entity: str, unit: str) -> bool:
    """Whether it is asked for how much money something was bought."""
    if entity not in ("decision", "trade") or unit not in ("quote", "money") or parts.thresholds:
        return False
    if any(parts.has(slot) for slot in ("g", "rate", "won", "sup")) or parts.has("q", "share"):
        return False
    for spot in parts.all("action", "enter"):
        after = parts.beside(spot, 1)
        is_much = after is not None and (after.has("q", "num") or after.has("q", "count"))
        before = parts.beside(spot, -1, over=("verb", "of", "plain", "ent", "action", "symbol"))
        is_much = is_much or (before is not None and (before.has("unit") or before.has("q", "amount")))
        if spot.text in _BOUGHT and is_much:
            return True
    return False


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
    if name == "hold" and entity == "call":
        column = "delay"
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
    parts: Parts, entity: str, unit: str, *, is_counted: bool, measure: Measure | None
) -> tuple[list[Filter], Measure | None]:
    """What "made", "lost" and "won" say: which trades, or what is measured.

    Beside a noun they say which; else they are what is measured, unless rows are counted.

    Raises:
        Unread: The entity makes and loses nothing.
    """
    if entity in ("lesson", "change", "check", "trial"):
        return [], None
    if entity == "decision" and parts.has("m", "cut"):
        parts.use_all("g")
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
    if measured and measure is not None and measure.column in _NOT_MONEY:
        measured = [one for one in measured if one.text not in _TAKES]
        found += [Filter("won", _GAINS[spot.get("g")], False, parts.place(spot)) for spot in measured]
        return found, None
    if any(_is_summed(parts, one) for one in spots) and measure is None:
        return found, Measure("net", Statistic.SUM, is_said=False)
    if not measured or measure is not None:
        return found, None
    signs = {1 if _GAINS[one.get("g")] else -1 for one in measured}
    column = "net_bps" if unit == "bps" or "net" not in ENTITIES[entity].columns else "net"
    statistic = Statistic.SUM if column == "net" else Statistic.MEAN
    return found, Measure(column, statistic, signs.pop() if len(signs) == 1 else 1, is_said=False)


def _is_averaged(parts: Parts, spot: Spot) -> bool:
    """Whether it is the noun of a mean: the average loss is that of losing trades."""
    before = parts.spots[parts.place(spot) - 1] if parts.place(spot) else None
    is_mean = before is not None and (before.has("agg", "mean") or before.has("agg", "median"))
    return (is_mean or _is_summed(parts, spot)) and spot.text in ("loss", "losses", "win", "wins")


def _is_summed(parts: Parts, spot: Spot) -> bool:
    """Whether it is the noun of a sum: "the sum of losses" leaves out what was won."""
    before = parts.spots[parts.place(spot) - 1] if parts.place(spot) else None
    return before is not None and before.text in ("sum of", "the sum of") and spot.text in ("losses", "wins")


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
        is_asked = after is not None and (
            after.has("q", "num") or after.has("sup") or after.has("unit") or after.has("agg")
        )
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
