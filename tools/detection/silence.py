"""How long a feed may say nothing before its book counts as gapped."""

from __future__ import annotations

from typing import Any

from tools.market.kernel import kernel

SETTLED = 100  # messages after which the feed's own pace limits its silence


@kernel
def tolerated_silence(book: Any, quiet_ns: int) -> float:
    """Nanoseconds the book may say nothing before it counts as gapped; ``quiet_ns`` must be positive.

    It follows the feed's own pace: fifty average intervals, at least ``quiet_ns`` and at
    most four times that.
    """
    longest = 4.0 * quiet_ns
    if book.messages < SETTLED:
        return longest
    limit: float = min(max(float(quiet_ns), 50.0 * book.interval), longest)
    return limit
