"""The followed market maker's bid and ask, each by itself: placed, moved, taken or withdrawn.

A pair says who quotes; when only one side moves, or a side pauses after a fill, there is no pair to
see. So each quote is followed until it goes. A print at its price took it; otherwise it was withdrawn.
An order of the usual size on the same side afterwards is its renewal, alone or with the other side.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection.evidence import median_of
from tools.detection.maker import PAIR_NS, RECENT, SIZES
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]

UNKNOWN, STANDS, WITHDRAWN, TAKEN = 0, 1, 2, 3  # what is known of a quote
LEAST_LIKE, MOST_LIKE = 0.2, 1.0  # log ratio of sizes that are still alike
SPREADS = 4.5  # median deviations of the log size that are still alike: three sigmas
LOST_NS = 60_000_000_000  # a quote that is gone for so long does not come back by itself
MOMENT_NS = 150_000_000  # quotes that went so soon after each other went together
REPLACED_SOON_NS = 600_000_000  # one side seen again so soon is a refresh of which the other side is hidden
EXACT = 0.02  # of a quote's size: a level that fell by it but for so little lost the quote
NEAR = 4  # part of the maker's distance: a quote that comes back later is so near its old price

TRAIL = np.dtype(
    [
        ("state", np.int64, (2,)),  # of bid and ask
        ("price", np.int64, (2,)),
        ("size", np.int64, (2,)),
        ("other", np.int64, (2,)),  # its size if it was replaced in its place by a smaller one; 0 is none
        ("level", np.int64, (2,)),  # what its price holds now
        ("ts_gone", np.int64, (2,)),
        ("ts_placed", np.int64),  # the last quote of either side
        ("usual", np.float64),  # log value of the maker's order, quote; NaN is unknown
        ("alike", np.float64),  # log ratio up to which another value may be the maker's
        ("off", np.float64, (SIZES,)),  # of the values remembered from the usual one
    ],
    align=True,
)


@kernel
def lose_trail(trail: Any) -> None:
    """The book is not to be believed: where the quotes stand is unknown."""
    state = trail
    for i in range(2):
        state.state[i] = UNKNOWN
        state.price[i] = 0


@kernel
def is_alike(trail: Any, price: int, size: int) -> bool:
    """Whether an order of ``size`` at ``price`` may be the maker's."""
    if size <= 0:
        return False
    return bool(abs(np.log(price * 1e-8 * size * 1e-8) - trail.usual) <= trail.alike)


@kernel
def pass_trail_second(trail: Any, maker: Any, scratch: Reals) -> None:
    """Learn the maker's usual order and how much it varies: median and median deviation of log values."""
    state = trail
    n = min(maker.n_sizes, SIZES)
    state.usual = median_of(maker.sizes, n, scratch)
    if not np.isnan(state.usual):
        for i in range(n):
            state.off[i] = abs(maker.sizes[i] - state.usual)
        state.alike = min(max(SPREADS * median_of(state.off, n, scratch), LEAST_LIKE), MOST_LIKE)


@kernel
def note_trail_level(trail: Any, ts: int, side: int, price: int, after: int, is_taken: bool) -> None:
    """The level of a followed quote has changed: whether the quote still stands, and what ended it.

    A quote that is withdrawn takes exactly its size along; less is an order of the crowd's, or the
    quote replaced in its place by a smaller one.
    """
    state = trail
    i = 0 if side > 0 else 1
    if price != state.price[i] or state.state[i] != STANDS:
        return
    fallen = state.level[i] - after
    state.level[i] = after
    size = state.size[i]
    is_short = 2 * after < size
    if is_taken:
        if is_short:
            state.state[i] = TAKEN
            state.ts_gone[i] = ts
    elif (
        after == 0 or is_size(fallen, size) or is_size(fallen, state.other[i]) or (fallen > size and is_short)
    ):
        state.state[i] = WITHDRAWN
        state.ts_gone[i] = ts
    elif 0 < fallen < size:
        state.other[i] = size - fallen


@kernel
def is_size(fallen: int, size: int) -> bool:
    """Whether a level fell by ``size``."""
    return bool(size > 0 and abs(fallen - size) <= EXACT * size)


@kernel
def renew_quote(trail: Any, i: int, placed: Any) -> None:
    """The maker's quote of side ``i`` is ``placed`` from now on."""
    state = trail
    size = placed.size
    if state.state[i] == STANDS and placed.price == state.price[i]:
        size += state.size[i]
    if size <= 0 or size > placed.level:
        size = placed.level
    state.state[i] = STANDS
    state.price[i] = placed.price
    state.size[i] = size
    state.other[i] = 0
    state.level[i] = placed.level
    state.ts_placed = placed.ts


@kernel
def is_renewal(trail: Any, maker: Any, ts: int) -> bool:
    """Whether the pair just seen at the maker's distance is the maker's: by its link or by its sizes."""
    if np.isnan(trail.usual) or maker.ts_linked == ts:
        return True
    bid = maker.chosen[0]
    ask = maker.chosen[1]
    if bid.size > 0 and ask.size > 0:
        ratio = np.log((bid.price * float(bid.size)) / (ask.price * float(ask.size)))
        if abs(ratio) <= trail.alike:
            return True
    is_one = is_alike(trail, bid.price, bid.size) or is_alike(trail, ask.price, ask.size)
    return bool(is_one and not went_together(trail))


@kernel
def went_together(trail: Any) -> bool:
    """Whether both quotes are out of the book since one moment."""
    if trail.state[0] < WITHDRAWN or trail.state[1] < WITHDRAWN:
        return False
    return bool(abs(trail.ts_gone[0] - trail.ts_gone[1]) <= MOMENT_NS)


@kernel
def is_candidate(trail: Any, i: int, row: Any) -> bool:
    """Whether a placement may be the quote of side ``i`` anew: like it, and placed since it went."""
    if row.ts + PAIR_NS < trail.ts_gone[i] or (row.price == trail.price[i] and row.ts < trail.ts_gone[i]):
        return False
    return is_alike(trail, row.price, row.size)


@kernel
def renew_both(trail: Any, maker: Any) -> bool:
    """Renew both quotes by the last two orders like them that were placed in one moment, at any distance."""
    best = 0
    bid = ask = 0
    for j in range(min(maker.n_recent[0], RECENT)):
        row = maker.recent[0, j]
        if row.ts <= best or not is_candidate(trail, 0, row):
            continue
        for k in range(min(maker.n_recent[1], RECENT)):
            other = maker.recent[1, k]
            if abs(row.ts - other.ts) <= PAIR_NS and is_candidate(trail, 1, other):
                best = row.ts
                bid = j
                ask = k
    if best > 0:
        renew_quote(trail, 0, maker.recent[0, bid])
        renew_quote(trail, 1, maker.recent[1, ask])
    return best > 0


@kernel
def renew_side(trail: Any, maker: Any, i: int, is_alone: bool) -> None:
    """Renew the quote of side ``i`` by an order like it: placed at once, or near it where it went alone."""
    state = trail
    reach = maker.peak * maker.tick
    for j in range(min(maker.n_recent[i], RECENT)):
        row = maker.recent[i, j]
        after = row.ts - state.ts_gone[i]
        off = abs(row.price - state.price[i])
        is_near = is_alone and after <= LOST_NS and off <= max(maker.tick, reach // NEAR)
        if (is_near or (after <= REPLACED_SOON_NS and off <= reach)) and is_candidate(state, i, row):
            renew_quote(state, i, row)
            return


@kernel
def follow_message(trail: Any, maker: Any, ts: int, is_refresh: bool) -> None:
    """The message is whole: see which quotes its pair or its orders renewed.

    ``is_refresh`` says that a pair at the maker's distance was placed: ``maker.chosen``.
    """
    state = trail
    if maker.peak == 0:
        return
    if is_refresh and is_renewal(state, maker, ts):
        renew_quote(state, 0, maker.chosen[0])
        renew_quote(state, 1, maker.chosen[1])
        return
    bid = state.state[0]
    ask = state.state[1]
    if bid >= WITHDRAWN and ask >= WITHDRAWN and renew_both(state, maker):
        return
    is_alone = not went_together(state)
    # beside a quote withdrawn, one that was taken does not come back alone
    if bid >= WITHDRAWN and not (bid == TAKEN and ask == WITHDRAWN):
        renew_side(state, maker, 0, is_alone)
    if ask >= WITHDRAWN and not (ask == TAKEN and bid == WITHDRAWN):
        renew_side(state, maker, 1, is_alone)
