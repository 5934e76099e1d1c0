"""Of what a question speaks: which sort of thing, and which of them by what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from memory.entities import ENTITIES
from memory.tally import Condition
from prompts.reading.parts import FILTERS, PLACES, PREDICATES, Parts, Unread
from prompts.reading.spotting import Spot

_TAKEN_MEASURES = (
    "net",
    "gross",
    "fee",
    "hold",
    "best_bps",
    "worst_bps",
    "entry_price",
    "exit_price",
    "streak",
    "slippage",
)
_LEARNED = ("lesson", "change", "strategy", "profile", "run", "report", "pattern")
_TIMES = ("day", "hour", "week", "month", "weekday")
_FLAGS = ("won", "probe", "answered")
_TAKEN = ("take", "took", "taken")
_VOTES = ("vote", "phiếu", "phieu")
_MONEY_WORDS = ("tiền", "hết tiền", "tien")


@dataclass(frozen=True, slots=True)
class Filter:
    """What is said of a thing: a column is, or is not, a value."""

    column: str
    value: str | int
    is_not: bool
    at: int

    @property
    def is_predicate(self) -> bool:
        """Whether it is said of a thing, rather than tells where it was."""
        return self.column in PREDICATES


def entity_of(parts: Parts) -> str:
    """The sort of thing that is meant.

    Raises:
        Unread: Nothing tells it, or several things do.
    """
    _settlers(parts)
    _unfilled(parts)
    _buys(parts)
    named = list(dict.fromkeys(spot.get("ent") for spot in parts.all("ent")))
    parts.use_all("ent")
    if parts.is_vietnamese and parts.has("act", "place") and named == ["trade"]:
        named = ["order"]  # an order that was placed; else the same word is a trade
    _settle_brain(parts, named)
    if parts.has("ent", "call") or "call" in named or _is_of_calls(parts):
        parts.use_all("act", "consult")
        return "call"
    _require_one(parts, named)
    for one in _LEARNED:
        if one in named and not (one == "pattern" and ("trade" in named or "decision" in named)):
            return _learned(parts, one)
    if parts.has("parameter") or parts.has("act", "change") or parts.has("dim", "parameter"):
        return _learned(parts, "change")
    if not named and parts.has("act", "find"):
        raise Unread("what was found is not said", [one.text for one in parts.all("act", "find")])
    if "paper" in named:
        return "paper"
    if "fill" in named:
        return "fill"
    if "order" in named or parts.has("status") or parts.has("kind"):
        return "order"
    if parts.has("leg") or parts.has("maker"):
        return _of_legs(parts, named)
    return _case(parts, named)


_KINDS = (
    {"decision", "trade", "probe", "paper"},
    {"fill", "order", "probe"},
    {"fill", "trade"},
    {"order", "trade"},
)


def _require_one(parts: Parts, named: Sequence[str]) -> None:
    """Several sorts of things are one only where one is what becomes of the other."""
    if len(named) > 1 and not any(set(named) <= kinds for kinds in _KINDS):
        raise Unread("several sorts of things", [one.text for one in parts.all("ent")])


def _settlers(parts: Parts) -> None:
    """Patterns and strategies that decided are routes; decisions that were taken are none that entered."""
    for spot in parts.spots:
        before = parts.beside(spot, -1)
        after = parts.beside(spot, 1)
        if any(spot.has("ent", one) for one in ("pattern", "strategy")):
            is_settler = before is not None and (before.has("act", "settle") or before.has("by"))
            if is_settler and not spot.has("dim"):
                spot.slots = (("route", spot.get("ent")),)
        if spot.has("action", "enter") and spot.text in _TAKEN:
            near = [one for one in (before, after) if one is not None]
            if any(one.slots == (("ent", "decision"),) for one in near):
                spot.slots = (("act", "exist"),)


def _buys(parts: Parts) -> None:
    """Buying alone is entering: "how many buys", "mua mấy lần"."""
    is_of_rows = any(parts.has(slot) for slot in ("ent", "leg", "maker", "status", "kind", "m"))
    for spot in parts.all("side", "buy"):
        if not is_of_rows or (spot.text in ("bought", "purchased") and not parts.has("side", "sell")):
            spot.slots = (("action", "enter"),)


def _unfilled(parts: Parts) -> None:
    """Entries that were not filled ended so."""
    for spot in parts.all("status", "filled"):
        if spot.is_negative and not parts.has("ent", "order"):
            spot.slots, spot.is_negative = (("result", "unfilled"),), False


def _settle_brain(parts: Parts, named: list[str]) -> None:
    """A brain that was asked is a call, one that settled is a route."""
    brains = parts.all("brain")
    if not brains:
        return
    is_call = (
        "call" in named
        or parts.has("act", "consult")
        or parts.has("m", "tokens")
        or parts.has("tok")
        or parts.has("provider")
        or parts.has("model_name")
        or (parts.has("m", "cost") and not parts.has("m", "fee"))
        or (parts.has("purpose") or parts.has("answered"))
    )
    if is_call and not (
        {"decision", "trade"} & set(named) and not parts.has("act", "consult") and not parts.has("m", "cost")
    ):
        parts.use(*brains)
        if "call" not in named:
            named.append("call")
        return
    if (
        named
        or parts.has("act", "settle")
        or parts.has("action")
        or parts.has("g")
        or parts.has("rate")
        or parts.has("route")
    ):
        for one in brains:
            one.slots = (("route", "llm"),)
        return
    raise Unread("what of the brain is asked is not clear", [one.text for one in brains])


def _is_of_calls(parts: Parts) -> bool:
    if any(parts.has(slot) for slot in ("provider", "model_name", "purpose", "tok", "answered")) or parts.has(
        "m", "tokens"
    ):
        return True
    return parts.has("dim", "provider") or (parts.has("dim", "model") and parts.has("m", "cost"))


def _learned(parts: Parts, entity: str) -> str:
    if entity in ("change", "strategy", "lesson"):
        parts.use_all("act", "change")
    if entity in ("lesson", "strategy", "pattern"):
        parts.use_all("act", "find")
    return entity


def _of_legs(parts: Parts, named: Sequence[str]) -> str:
    """Entries and exits are orders where orders are spoken of, fills where money is."""
    legs = [*parts.all("leg"), *parts.all("maker")]
    if any("order" in one.text or "lệnh" in one.text for one in legs) and not parts.has("m", "fee"):
        return "order"
    if named and not (parts.has("m", "fee") or parts.has("maker")):
        raise Unread("entries or exits of what is not clear", [one.text for one in legs])
    return "fill"


def _case(parts: Parts, named: Sequence[str]) -> str:
    """A decision, or what came of it."""
    is_refusal = (parts.has("act", "refuse") or parts.has("rule")) and not parts.has("action", "enter")
    measured = [spot.get("m") for spot in parts.all("m")]
    is_of_taken = any(one in _TAKEN_MEASURES for one in measured) or any(
        parts.has(slot) for slot in ("g", "won", "result")
    )
    if "decision" in named and all(one.text in ("made", "make", "making") for one in parts.all("g")):
        is_of_taken = (
            any(one in _TAKEN_MEASURES for one in measured) or parts.has("won") or parts.has("result")
        )
    is_of_taken = is_of_taken or any(
        parts.has("rate", one) for one in ("won", "lost", "stop", "take_profit", "timeout", "abort")
    )
    is_left = any(one.has("action", "skip") or one.has("action", "abstain") for one in parts.all("action"))
    if is_left and is_of_taken:
        raise Unread(
            "what was not entered has no result; say on paper", [one.text for one in parts.all("action")]
        )
    if is_left or (is_refusal and not is_of_taken):
        return "decision"
    if parts.has("result", "unfilled"):
        return "decision"
    if is_of_taken or "trade" in named:
        return "trade"
    if "probe" in named:
        return "decision"
    if (
        "decision" in named
        or any(parts.has(slot) for slot in ("action", "rule"))
        or any(parts.has("rate", one) for one in ("skip", "enter", "abstain", "probe"))
    ):
        return "decision"
    if any(one in ENTITIES["decision"].columns for one in measured) and "cost" not in measured:
        return "decision"
    if parts.has("act", "refuse") or parts.has("dim", "rule"):
        return "decision"
    if (
        parts.has("unit", "bps")
        or parts.has("better")
        or any(parts.has("sup", one) for one in ("best", "worst"))
    ):
        return "trade"
    raise Unread("of what is not said")


def filters_of(parts: Parts, entity: str) -> list[Filter]:
    """What narrows the thing, in order; each part of it is accounted for.

    Raises:
        Unread: The thing has no such column.
    """
    found: list[Filter] = []
    _refusals(parts, entity)
    columns = ENTITIES[entity].columns
    for at, spot in enumerate(parts.spots):
        for slot, value in spot.slots:
            if slot not in FILTERS or (spot.is_used and not spot.has("ent")):
                continue
            column = "model" if slot == "model_name" else slot
            if column == "action" and entity in ("trade", "fill", "order", "paper") and not spot.is_negative:
                if value == "enter" and entity in ("fill", "order") and spot.has("ent"):
                    found.append(Filter("leg", "entry", False, at))
                    continue
                if value == "enter" or entity == "paper":
                    parts.use(spot)
                    if entity == "paper" and value != "enter":
                        found.append(Filter("action", value, False, at))
                    continue
            if column == "action" and entity in ("fill", "order") and value == "enter":
                column, value = "leg", "entry"
            if column == "standing" and value == "ended":
                found.append(Filter("standing", "active", not spot.is_negative, at))
                parts.use(spot)
                continue
            if column == "direction" and entity != "change":
                raise Unread("what was moved is not clear", [spot.text])
            if column not in columns:
                raise Unread(f"{ENTITIES[entity].many} have no {column}", [spot.text])
            is_not = spot.is_negative
            told: str | int = value
            if column in _FLAGS:
                told, is_not = (1 - int(value) if is_not else int(value)), False
            found.append(Filter(column, told, is_not, at))
            parts.use(spot)
    _noise(parts)
    once: dict[tuple[str, str | int, bool], Filter] = {}
    for one in found:
        once.setdefault((one.column, one.value, one.is_not), one)
    return list(once.values())


def _refusals(parts: Parts, entity: str) -> None:
    """A refusal is what a named rule did, or a skip; "didn't refuse" denies the rule."""
    for spot in parts.free("act", "refuse"):
        rules = parts.all("rule")
        if rules:
            if spot.is_negative:
                for one in rules:
                    one.is_negative = not one.is_negative
            parts.use(spot)
            after = parts.beside(spot, 1)
            if (
                after is not None
                and after.has("action", "skip")
                and any(word in spot.text for word in _VOTES)
            ):
                parts.use(after)  # what it voted for
        elif entity == "strategy":
            spot.slots = (("standing", "ended"),)
        elif entity == "decision" and parts.has("action"):
            parts.use(spot)
        elif entity == "decision" and not parts.has("route", "llm"):
            spot.slots = (("action", "skip"),)
        else:
            raise Unread("who refused what is not clear", [spot.text])


def _noise(parts: Parts) -> None:
    """A way to split that only names what stands beside it, "the panic regime", says nothing more."""
    for spot in parts.free("dim"):
        column = spot.get("dim")
        before, after = parts.beside(spot, -1), parts.beside(spot, 1)
        if before is not None and before.has("by"):
            continue
        if spot.text in ("market", "markets") and parts.has("regime"):
            parts.use(spot)
        names = (
            "t" if column in _TIMES and parts.is_vietnamese else {"model": "model_name"}.get(column, column)
        )
        if any(one is not None and one.has(names) for one in (before, after)):
            parts.use(spot)


def conditions(filters: Iterable[Filter]) -> tuple[Condition, ...]:
    """Filters as conditions: values of one column are alternatives, denials hold all at once."""
    wanted: dict[str, list[str | int]] = {}
    denied: dict[str, list[str | int]] = {}
    for one in filters:
        (denied if one.is_not else wanted).setdefault(one.column, []).append(one.value)
    found = [Condition(column, tuple(dict.fromkeys(values))) for column, values in wanted.items()]
    found += [
        Condition(column, tuple(dict.fromkeys(values)), is_not=True) for column, values in denied.items()
    ]
    return tuple(found)


def sides_of(filters: Sequence[Filter]) -> tuple[str, list[Filter]] | None:
    """The column of which two values or more are named, with them; None where no column has."""
    for column in (*PLACES, "result", "won", "action", "leg", "maker", "probe", "model", "kind", "purpose"):
        found = [one for one in filters if one.column == column and not one.is_not]
        if len({one.value for one in found}) > 1:
            return column, found
    return None


def is_money_word(spot: Spot) -> bool:
    """Whether a word for cost only says that money is meant."""
    return spot.text in _MONEY_WORDS
