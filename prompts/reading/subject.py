"""What is said of a thing: the values that narrow it, what advised and refused it, what says nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from memory.entities import ENTITIES
from memory.tally import Condition
from prompts.reading.parts import FILTERS, PLACES, PREDICATES, Parts, Unread
from prompts.reading.spotting import Spot

_TIMES = ("day", "hour", "week", "month", "weekday")


_FLAGS = ("won", "probe", "answered", "clamped", "gone", "post_only", "reduce_only")


OF_MANY = ("rule", "limit", "objecting", "favouring", "feature")  # of which a row may have several


_WITH_EFFECT = ("lesson", "change", "check", "trial")


_VOTES = ("vote", "phiếu", "phieu", "said", "say")


_VOICES = ("pattern", "model", "strategy", "llm")


_MONEY_WORDS = ("tiền", "hết tiền", "tien")


@dataclass(frozen=True, slots=True)
class Filter:
    """What is said of a thing: a column is, or is not, a value; or with others of its column at once."""

    column: str
    value: str | int
    is_not: bool
    at: int
    is_together: bool = False

    @property
    def is_predicate(self) -> bool:
        """Whether it is said of a thing, rather than tells where it was."""
        return self.column in PREDICATES


def filters_of(parts: Parts, entity: str) -> list[Filter]:
    """What narrows the thing, in order; each part of it is accounted for.

    Raises:
        Unread: The thing has no such column.
    """
    found = _votes(parts, entity)
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
            if column == "won" and entity in _WITH_EFFECT:
                continue
            if column not in columns:
                raise Unread(f"{ENTITIES[entity].many} have no {column}", [spot.text])
            is_not = spot.is_negative
            told: str | int = value
            if column == "standing" and entity == "change" and value in ("active", "ended"):
                parts.use(spot)
                continue
            if column in _FLAGS:
                told, is_not = (1 - int(value) if is_not else int(value)), False
            found.append(Filter(column, told, is_not, at))
            parts.use(spot)
    _noise(parts)
    once: dict[tuple[str, str | int, bool], Filter] = {}
    for one in found:
        once.setdefault((one.column, one.value, one.is_not), one)
    is_both = parts.has("both")
    return [
        replace(one, is_together=is_both and one.column in OF_MANY and not one.is_not)
        for one in once.values()
    ]


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
            is_vote = any(word in spot.text for word in _VOTES)
            is_other = (
                is_vote
                or parts.has("action")
                or parts.has("probe")
                or parts.has("result")
                or parts.has("won")
            )
            if entity == "decision" and not spot.is_negative and not is_other:
                spot.slots = (("action", "skip"),)
                spot.is_used = False
        elif entity == "strategy":
            spot.slots = (("standing", "ended"),)
        elif entity == "decision" and parts.has("action"):
            parts.use(spot)
        elif entity == "decision" and not parts.has("route", "llm"):
            spot.slots = (("action", "skip"),)
        else:
            raise Unread("who refused what is not clear", [spot.text])


def _votes(parts: Parts, entity: str) -> list[Filter]:
    """What a component other than the rules advised, whatever was decided then."""
    advice = parts.free("act", "advise")
    said = [one for one in parts.free("act", "refuse") if any(word in one.text for word in _VOTES)]
    voices = parts.all("route")
    if not advice and not (said and voices and not parts.has("rule")):
        return []
    if (
        len(voices) != 1
        or voices[0].get("route") not in _VOICES
        or "objecting" not in ENTITIES[entity].columns
    ):
        raise Unread("who advised what is not clear", [one.text for one in (*advice, *said)])
    stance = [one for one in parts.free("action") if not one.is_negative]
    is_skip = bool(said) or any(one.has("action", "skip") for one in stance)
    if not said and not stance:
        raise Unread("what was advised is not clear", [one.text for one in advice])
    parts.use(*advice, *said, *stance)
    voice = voices[0]
    near = (parts.beside(voice, -1), parts.beside(voice, 1))
    is_settler = any(one is not None and one.has("act", "settle") for one in near)
    if not is_settler:
        parts.use(voice)
    return [Filter("objecting" if is_skip else "favouring", voice.get("route"), False, parts.place(voice))]


def _noise(parts: Parts) -> None:
    """A way to split that only names what stands beside it, "the panic regime", says nothing more."""
    if parts.has("rule") and any(parts.has("q", one) for one in ("count", "num", "share", "list")):
        for spot in [*parts.free("q", "why"), *parts.free("dim", "rule")]:
            spot.slots, spot.is_used = (("named", "rule"),), True  # "with spoofing among its reasons"
    _enumerated(parts)
    for spot in parts.free("dim", "symbol"):
        before = parts.beside(spot, -1)
        is_named = spot.has("q") or (before is not None and (before.has("by") or before.has("q")))
        if parts.has("limit", "symbol_exposure") and not is_named and not parts.has("q", "which"):
            parts.use(spot)  # "the limit on a coin"
            spot.slots = (("named", "symbol"),)
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


def _enumerated(parts: Parts) -> None:
    """A number of things that are then named, "the three coins ADA, DOT and FIL", says nothing more."""
    for spot in parts.free("num"):
        dim = parts.beside(spot, 1)
        if dim is None or not dim.has("dim"):
            continue
        at = parts.place(dim)
        named = [one for one in parts.spots[at + 1 :] if one.has(dim.get("dim"))]
        after = parts.beside(dim, 1)
        if after is not None and after in named and str(len(named)) == spot.get("num"):
            parts.use(spot, dim)
            spot.slots, dim.slots = (("named", spot.text),), (("named", dim.text),)


def conditions(filters: Sequence[Filter]) -> tuple[Condition, ...]:
    """Filters as conditions: values of a column are alternatives; denials, and what is together, all hold."""
    wanted: dict[str, list[str | int]] = {}
    denied: dict[str, list[str | int]] = {}
    for one in filters:
        if not one.is_together:
            (denied if one.is_not else wanted).setdefault(one.column, []).append(one.value)
    found = [Condition(one.column, (one.value,)) for one in filters if one.is_together]
    found += [Condition(column, tuple(dict.fromkeys(values))) for column, values in wanted.items()]
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
