"""Of what a question speaks: which sort of thing."""

from __future__ import annotations

from collections.abc import Sequence

from memory.entities import ENTITIES
from prompts.reading.cutting import is_of_cuts
from prompts.reading.parts import Parts, Unread

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


_LEARNED = (
    "check",
    "trial",
    "experiment",
    "job",
    "lesson",
    "change",
    "strategy",
    "profile",
    "run",
    "report",
    "pattern",
)


_ROWS = ("spend", "reaction")


_TAKEN = ("take", "took", "taken")


def entity_of(parts: Parts) -> str:
    """The sort of thing that is meant.

    Raises:
        Unread: Nothing tells it, or several things do.
    """
    _settlers(parts)
    _unfilled(parts)
    _buys(parts)
    _of_lessons(parts)
    _of_strategies(parts)
    _of_one(parts)
    _sliced(parts)
    named = list(dict.fromkeys(spot.get("ent") for spot in parts.all("ent")))
    parts.use_all("ent")
    if parts.has("stage") or "spend" in named:
        parts.use_all("brain")
        parts.use_all("act", "consult")
        return "spend"
    if parts.is_vietnamese and parts.has("act", "place") and named == ["trade"]:
        named = ["order"]  # an order that was placed; else the same word is a trade
    _of_runs(parts, named)
    _settle_brain(parts, named)
    if parts.has("ent", "call") or "call" in named or _is_of_calls(parts):
        parts.use_all("act", "consult")
        return "call"
    _require_one(parts, named)
    if is_of_cuts(parts):
        return "decision"
    for one in _ROWS:
        if one in named:
            return one
    for one in _LEARNED:
        if one in named and not (one == "pattern" and ("trade" in named or "decision" in named)):
            return _learned(parts, one)
    if parts.has("parameter") or parts.has("act", "change") or parts.has("dim", "parameter"):
        return _learned(parts, "change")
    if not named and parts.has("act", "find"):
        raise Unread("what was found is not said", [one.text for one in parts.all("act", "find")])
    if "paper" in named:
        return "paper"
    if parts.has("m", "volume") and not set(named) - {"fill", "trade"}:
        return "fill"
    if "fill" in named:
        return "fill"
    if "order" in named and (parts.has("limit") or parts.has("clamped")):
        return "decision"  # a limit cuts what was decided to buy, whatever orders come of it
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
        if spot.has("ent", "decision") and before is not None and before.has("route") and parts.is_vietnamese:
            spot.slots = (("act", "settle"),)
        if any(spot.has("ent", one) for one in ("pattern", "strategy")):
            is_settler = before is not None and (before.has("act", "settle") or before.has("by"))
            is_of_cases = any(parts.has("ent", one) for one in ("trade", "decision", "probe"))
            is_settler |= is_of_cases and after is not None and after.has("act", "settle")
            if is_settler and not spot.has("dim"):
                spot.slots = (("route", spot.get("ent")),)
        if spot.has("action", "enter") and spot.text in _TAKEN:
            near = [one for one in (before, after) if one is not None]
            is_decision = any(
                one.slots == (("ent", "decision"),) and one.text.startswith(("decision", "quyết", "quyet"))
                for one in near
            )
            if is_decision and not parts.has("side", "buy"):
                spot.slots = (("act", "exist"),)


def _buys(parts: Parts) -> None:
    """Buying alone is entering: "how many buys", "mua mấy lần"."""
    is_of_rows = any(parts.has(slot) for slot in ("ent", "leg", "maker", "status", "kind", "m"))
    if parts.has("m", "volume"):
        return  # the value that was bought
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
        for spot in parts.all("dim", "rule"):
            if spot.text.startswith(("reason", "lý do", "ly do", "cause", "nguyên nhân", "nguyen nhan")):
                spot.slots = (("q", "why"),)
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
    if parts.has("clamped"):
        return "decision"
    if parts.has("m", "cost"):
        for spot in parts.all("m", "cost"):
            spot.slots = (("g", "lost"),)
        return "trade"
    if parts.has("id"):
        return "decision"
    if parts.has("agg", "drawdown"):
        return "trade"
    raise Unread("of what is not said")


def _of_one(parts: Parts) -> None:
    """The sort of a thing that is named by its id is no second sort beside what is asked of it."""
    for spot in parts.all("id"):
        before, after = parts.beside(spot, -1), parts.beside(spot, 1)
        others = [one for one in parts.all("ent") if one is not before and one is not after]
        for one in (before, after):
            if one is not None and one.has("ent") and others:
                one.slots, one.is_used = (("named", one.text),), True


def _sliced(parts: Parts) -> None:
    """A number of entry orders that a trade was entered with is that of its slices."""
    for spot in parts.all("num"):
        after = parts.beside(spot, 1)
        is_order = after is not None and after.has("leg", "entry") and "order" in after.text
        if after is not None and is_order and parts.has("ent", "trade"):
            after.slots = (("m", "slices"),)
    if parts.has("m", "slippage"):
        for spot in parts.all("leg", "entry"):
            spot.slots, spot.is_used = (("named", "entry"),), True  # slippage is that of entering


def _of_runs(parts: Parts, named: list[str]) -> None:
    """Runs that are ranked or told apart by what was done in them are a way to split it."""
    others = [one for one in named if one != "run"]
    if "run" not in named or len(others) != 1 or others[0] not in ("decision", "trade", "order", "fill"):
        return
    for spot in parts.all("ent", "run"):
        spot.slots, spot.is_used = (("dim", "run"),), False
    named.remove("run")


def _of_strategies(parts: Parts) -> None:
    """Fills beside a strategy are its matches."""
    if parts.has("ent", "strategy"):
        for spot in parts.all("ent", "fill"):
            spot.slots = (("m", "matches"),)


def _of_lessons(parts: Parts) -> None:
    """Trades that a lesson speaks of, or rests on, are not asked for beside it."""
    if not parts.has("ent", "lesson"):
        return
    trades = [one for one in parts.all("ent") if one.get("ent") in ("trade", "decision")]
    trades += [one for one in parts.all("action", "enter") if one.text in ("trades", "trade", "traded")]
    if not trades:
        return
    is_effect = parts.has("unit", "bps") or parts.has("agg", "mean") or parts.has("m", "net")
    for spot in trades:
        spot.slots = (("m", "effect"),) if is_effect else (("m", "evidence"),)
    if is_effect:
        for spot in parts.all("g"):
            spot.slots = (("named", spot.text),)
            spot.is_used = True
