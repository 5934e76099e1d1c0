"""What was learned of a market maker's tolerance, as sizing reads it from a signal, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tools.risk.tolerance import tolerated_share

Features = Mapping[str, float | None]


def tolerated_of(features: Features) -> Decimal | None:
    """What the MM is believed to bear, against its average order; None where nobody learned."""
    share = tolerated_share(features)
    return None if share is None else Decimal(f"{share:.4f}")


def tolerance_reason(features: Features) -> str:
    """What sizing rests on, as text."""
    share = tolerated_share(features)
    if share is None:
        return "nothing was learned of this MM"
    seen, left = int(features.get("mm_reactions") or 0), int(features.get("mm_reactions_left") or 0)
    return in_words(share, features.get("mm_tolerance"), seen, left)


def in_words(share: float, median: float | None, seen: int, left: int) -> str:
    """A belief in a sentence."""
    if seen == 0:
        return f"no fill was seen taken yet, so {share:.2f} of its order"
    middle = "" if median is None else f", its limit is most likely near {median:.2f}"
    return f"after {seen} fills it left {left} times, so {share:.2f} of its order{middle}"
