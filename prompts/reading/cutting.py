"""Limits in a question: whether they only narrow, or by how much they cut is asked for."""

from __future__ import annotations

from prompts.reading.parts import Parts
from prompts.reading.spotting import Spot


def is_of_cuts(parts: Parts) -> bool:
    """Whether it is asked by how much, or which limit, cut sizes; the size is then what was cut."""
    for spot in parts.all("dim", "limit"):
        before = parts.beside(spot, -1)
        is_asked = parts.has("q", "which") or (
            before is not None
            and (any(before.has(slot) for slot in ("by", "sup", "each")) or _is_named_by(before))
            and not (
                before.has("by")
                and _is_agent(parts, before)
                and (spot.at > before.at + 1 or parts.has("q", "count"))
            )
        )
        if not is_asked:
            spot.slots = (("clamped", "1"),)
    is_limit = parts.has("limit") or parts.has("dim", "limit")
    if not is_limit and not parts.has("clamped"):
        return False
    if any(parts.has(slot) for slot in ("g", "rate", "won", "result")) or any(
        one.get("m") not in ("value", "volume", "cut") for one in parts.all("m")
    ):
        return False
    is_money = any(one.get("unit") in ("quote", "money") for one in parts.all("unit"))
    is_asked = is_money or parts.has("m", "cut") or (parts.has("m", "value") and parts.has("q", "amount"))
    if is_asked:
        for spot in (*parts.all("m", "value"), *parts.all("clamped"))[:1]:
            spot.slots = (("m", "cut"),)
        if not parts.has("m", "cut"):
            parts.all("limit")[0].slots = (*parts.all("limit")[0].slots, ("m", "cut"))
    if is_asked or parts.has("dim", "limit"):
        for spot in (*parts.all("m", "value"), *parts.all("clamped"), *parts.all("action", "enter")):
            parts.use(spot)
            spot.slots = (("named", spot.text),)
        parts.use_all("ent")
        return True
    for spot in (*parts.all("m", "value"), *parts.all("m", "volume")):
        parts.use(spot)
        spot.slots = (("named", spot.text),)
    return False


def _is_named_by(spot: Spot) -> bool:
    """Whether it asks which of them, or how many; "how much did limits cut" does not."""
    return any(spot.has("q", one) for one in ("which", "count", "num", "list"))


def _is_agent(parts: Parts, by: Spot) -> bool:
    """Whether "by" names who did it: "reduced by a limit"."""
    before = parts.beside(by, -1)
    return before is not None and (before.has("clamped") or before.has("act"))
