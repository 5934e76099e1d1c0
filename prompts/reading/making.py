"""Market makers in a question: what is sensed of them, or that one left; they are no rows of the record."""

from __future__ import annotations

from prompts.reading.parts import Parts

_SENSED = {"value": "mm_order_size", "spread": "mm_spread", "confidence": "confidence"}


def makers(parts: Parts) -> None:
    """Account for the market maker beside what is sensed of it, and for its leaving as a way to end."""
    if parts.has("act", "leave"):
        for spot in parts.all("maker", "maker"):
            spot.slots = (("mm", "1"),)  # "the maker left"
    spots = parts.all("mm")
    if not spots:
        return
    for spot in parts.free("act", "leave"):
        spot.slots = (("result", "abort"),)
        parts.use(*spots)
    for spot in parts.free("m"):
        name = spot.get("m")
        if name in _SENSED or name.startswith("mm_"):
            spot.slots = (("m", _SENSED.get(name, name)),)
            parts.use(*spots)
    is_named = any(parts.has("result", one) for one in ("abort", "departed"))
    if is_named or parts.has("rule", "mm_confidence") or parts.has("limit") or parts.has("parameter"):
        parts.use(*spots)
