"""Who moves both sides together: a market maker by the distance it keeps.

An order book names nobody, but one hand on both sides gives itself away: a bid and an ask that
are placed in the same moment, again and again the same distance apart, whatever their sizes. The
histogram of these distances has a peak where such a hand is; a crowd's coincidences are spread.
The pairs at the peak are the maker's refreshes: they say where its quotes stand, how large they
are, how often it comes back, and when it has failed to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]

LEAST_TICKS = 3  # closer than this is the touch itself, whoever makes it
LINEAR = 32  # distances up to so many ticks have a bin each; beyond, bins grow with the distance
PER_DOUBLING = 24.0  # bins a doubling: 3 % wide
DISTANCES = 320  # bins of distance between bid and ask, up to 130,000 ticks
REACH_BPS = 40.0  # from the mid: quotes farther away are nobody's market
FRESH = 12  # placements a side in one message
RECENT = 8  # placements a side of earlier messages that a new one may pair with
PAIR_NS = 50_000_000  # both sides of a refresh lie no further apart than this
MEMORY_S = 60.0  # time constant of the histogram
LIKE = 0.7  # of the greatest excess: as good a peak
AROUND = 6  # bins each way that make the background
GAPS = 64  # refresh gaps remembered
LEAST_GAPS = 3  # values that make a median
LEAST_PAIRS = 2.5  # excess at the peak from which its pairs are followed
SIZES = 64  # order sizes remembered
PACES = 3
PACE_S = (4.0, 15.0, MEMORY_S)  # time constants of the counts of linked refreshes
UNSEEN = 60.0  # refresh gaps: as silent as a maker never seen
EVIDENCE = 11
REPLACED_NS = 1_000_000_000  # a quote that comes back later than this is not the one that went
TAKEN_NS = 150_000_000  # a print explains a decrease this soon after

PLACED = np.dtype([("ts", np.int64), ("price", np.int64), ("size", np.int64), ("level", np.int64)])

MAKER = np.dtype(
    [
        ("tick", np.int64),  # price units
        ("reach", np.int64),  # price units from the mid
        ("mid", np.float64),  # price units
        ("pairs", np.float64, (DISTANCES,)),  # weight by distance, forgetting
        ("placed", np.float64, (2,)),  # placements a side, forgetting
        ("peak", np.int64),  # bin of the distance kept; 0 is none
        ("excess", np.float64),  # pairs at the peak beyond the background
        ("background", np.float64),
        ("n_fresh", np.int64, (2,)),
        ("fresh", PLACED, (2, FRESH)),  # of the open message, nearest the mid first
        ("n_recent", np.int64, (2,)),  # ever
        ("recent", PLACED, (2, RECENT)),
        ("chosen", PLACED, (2,)),  # bid and ask of the pair that may be the maker's
        ("quote_price", np.int64, (2,)),  # as last placed; 0 is none
        ("quote_size", np.int64, (2,)),
        ("quote_level", np.int64, (2,)),  # what the level held right after
        ("is_standing", np.int64, (2,)),
        ("ts_refresh", np.int64),
        ("ts_gone", np.int64),  # since when neither quote stands; 0 if one does
        ("n_gaps", np.int64),  # ever
        ("gaps", np.float64, (GAPS,)),  # seconds
        ("n_sizes", np.int64),  # ever
        ("sizes", np.float64, (SIZES,)),  # log value of the maker's orders, quote
        ("refreshes", np.float64),  # all refreshes, forgetting over MEMORY_S
        ("ts_vanished", np.int64, (2,)),  # at which each followed quote went
        ("ts_linked", np.int64),  # last refresh that moved both quotes together
        ("n_links", np.int64),  # ever
        ("link_gaps", np.float64, (GAPS,)),  # seconds between such refreshes
        ("quiet", np.float64),  # CUSUM of the rate, nats
        ("n_links_then", np.int64),  # links when it was last brought up
        ("paces", np.float64, (PACES,)),  # such refreshes, forgetting over PACE_S
    ],
    align=True,
)


@kernel
def measure_market(maker: Any, mid: float, tick: int) -> None:
    """Follow the price, and begin anew where the tick turns out to be another."""
    state = maker
    state.mid = mid
    state.reach = np.int64(mid * REACH_BPS * 1e-4)
    if tick != state.tick:
        for d in range(DISTANCES):
            state.pairs[d] = 0.0
        state.tick = tick
        state.peak = 0


@kernel
def lose_sight(maker: Any) -> None:
    """The book is not to be believed: what was placed and where the quotes stand is unknown."""
    state = maker
    state.ts_gone = 0
    for side in range(2):
        state.n_fresh[side] = 0
        state.quote_price[side] = 0
        state.is_standing[side] = 0


@kernel
def copy_placement(source: Any, target: Any) -> None:
    """All fields of a placement."""
    row = target
    row.ts = source.ts
    row.price = source.price
    row.size = source.size
    row.level = source.level


@kernel
def note_placement(maker: Any, ts: int, side: int, price: int, size: int, level: int) -> None:
    """An order of ``size`` seems to have been placed in the open message; its level now holds ``level``."""
    state = maker
    i = 0 if side > 0 else 1
    n = state.n_fresh[i]
    at = n
    while at > 0 and side * (price - state.fresh[i, at - 1].price) > 0:
        at -= 1
    if at == FRESH:
        return
    last = min(n, FRESH - 1)
    for k in range(last, at, -1):
        copy_placement(state.fresh[i, k - 1], state.fresh[i, k])
    row = state.fresh[i, at]
    row.ts = ts
    row.price = price
    row.size = size
    row.level = level
    state.n_fresh[i] = last + 1


@kernel
def note_level(maker: Any, ts: int, side: int, price: int, level: int) -> bool:
    """A level changed: whether the quote that we follow there has just gone."""
    state = maker
    i = 0 if side > 0 else 1
    if price != state.quote_price[i]:
        return False
    stands = level > 0 and level >= state.quote_level[i] - state.quote_size[i] // 2
    has_gone = state.is_standing[i] == 1 and not stands
    if has_gone:
        state.ts_vanished[i] = ts
    state.is_standing[i] = 1 if stands else 0
    if state.is_standing[0] == 0 and state.is_standing[1] == 0:
        if state.ts_gone == 0:
            state.ts_gone = ts
    else:
        state.ts_gone = 0
    return has_gone


@kernel
def bin_of(maker: Any, bid: int, ask: int) -> int:
    """Bin of the distance from ``bid`` to ``ask``; 0 where it is none of interest."""
    ticks = (ask - bid) // maker.tick
    if ticks < LEAST_TICKS:
        return 0
    if ticks <= LINEAR:
        return max(0, int(ticks))
    d = LINEAR + int(np.log2(ticks / LINEAR) * PER_DOUBLING)
    return d if d < DISTANCES else 0


@kernel
def count_pair(maker: Any, bid: Any, ask: Any, weight: float) -> float:
    """Take a pair into the histogram; how far it is from what the followed maker would place.

    The offset is in price units; NaN where the distance is another.
    """
    state = maker
    d = bin_of(state, bid.price, ask.price)
    if d == 0:
        return np.nan
    state.pairs[d] += weight
    if state.peak == 0 or abs(d - state.peak) > 1:
        return np.nan
    centre = 0.5 * (bid.price + ask.price)
    off: float = abs(centre - state.mid) + abs(d - state.peak) * state.tick
    return off


@kernel
def pair_fresh(maker: Any) -> float:
    """Pairs within the message: best bid with best ask and so on where a ladder was placed, else all.

    Returns the offset of the best candidate for a refresh; where it stands is in ``maker.chosen``.
    """
    state = maker
    n = state.n_fresh[0]
    m = state.n_fresh[1]
    best = np.inf
    for i in range(n):
        for j in range(m):
            if n == m and i != j:
                continue
            off = count_pair(state, state.fresh[0, i], state.fresh[1, j], 1.0 if n == m else 1.0 / max(n, m))
            if off < best:
                best = off
                copy_placement(state.fresh[0, i], state.chosen[0])
                copy_placement(state.fresh[1, j], state.chosen[1])
    return best


@kernel
def pair_recent(maker: Any, ts: int, best: float) -> float:
    """Pairs of the message with placements of the moment before it; as ``pair_fresh``."""
    state = maker
    for side in range(2):
        n = state.n_fresh[side]
        m = min(state.n_recent[1 - side], RECENT)
        for i in range(n):
            for j in range(m):
                mine = state.fresh[side, i]
                theirs = state.recent[1 - side, j]
                if ts - theirs.ts > PAIR_NS:
                    continue
                bid = mine if side == 0 else theirs
                ask = theirs if side == 0 else mine
                off = count_pair(state, bid, ask, 1.0 / max(n, 1))
                if off < best:
                    best = off
                    copy_placement(bid, state.chosen[0])
                    copy_placement(ask, state.chosen[1])
    return best


@kernel
def pair_message(maker: Any, ts: int) -> bool:
    """The message is whole: count its pairs and follow the one that keeps the distance, if there is one."""
    state = maker
    if state.n_fresh[0] == 0 and state.n_fresh[1] == 0:
        return False
    best = pair_recent(state, ts, pair_fresh(state))
    if best < np.inf:
        refresh(state, ts, state.chosen[0], state.chosen[1])
    for side in range(2):
        state.placed[side] += state.n_fresh[side]
        for k in range(state.n_fresh[side]):
            copy_placement(state.fresh[side, k], state.recent[side, state.n_recent[side] % RECENT])
            state.n_recent[side] += 1
        state.n_fresh[side] = 0
    return bool(best < np.inf)


@kernel
def is_linked(maker: Any, ts: int, bid: Any, ask: Any) -> bool:
    """Whether this refresh replaces both followed quotes, which went in one moment."""
    if maker.quote_price[0] == 0:
        return False
    went_bid = ts if maker.is_standing[0] else maker.ts_vanished[0]
    went_ask = ts if maker.is_standing[1] else maker.ts_vanished[1]
    if maker.is_standing[0] and bid.price != maker.quote_price[0]:
        return False
    if maker.is_standing[1] and ask.price != maker.quote_price[1]:
        return False
    return bool(abs(went_bid - went_ask) <= PAIR_NS and ts - min(went_bid, went_ask) <= REPLACED_NS)


@kernel
def refresh(maker: Any, ts: int, bid: Any, ask: Any) -> None:
    """The followed maker has placed both its quotes anew."""
    state = maker
    if state.ts_refresh > 0 and ts > state.ts_refresh:
        state.gaps[state.n_gaps % GAPS] = (ts - state.ts_refresh) * 1e-9
        state.n_gaps += 1
    state.ts_refresh = ts
    state.ts_gone = 0
    state.refreshes += 1.0
    if is_linked(state, ts, bid, ask):
        if state.ts_linked > 0 and ts > state.ts_linked:
            state.link_gaps[state.n_links % GAPS] = (ts - state.ts_linked) * 1e-9
            state.n_links += 1
        state.ts_linked = ts
        for k in range(PACES):
            state.paces[k] += 1.0
    for side in range(2):
        row = bid if side == 0 else ask
        if row.size == row.level:  # alone at its price: the change is the order
            state.sizes[state.n_sizes % SIZES] = np.log(row.price * 1e-8 * row.size * 1e-8)
            state.n_sizes += 1
        state.quote_price[side] = row.price
        state.quote_size[side] = row.size if row.size > 0 else row.level
        state.quote_level[side] = row.level
        state.is_standing[side] = 1


@kernel
def nearest_like(maker: Any, best: int, excess: float) -> int:
    """The nearest distance with nearly the weight of the ``best``: of a ladder, its first quotes."""
    for d in range(LEAST_TICKS, best - 1):
        here = maker.pairs[d]
        if here < maker.pairs[d - 1] or here < maker.pairs[d + 1]:
            continue
        if maker.pairs[d - 1] + here + maker.pairs[d + 1] >= LIKE * excess:
            return d
    return best


@kernel
def find_peak(maker: Any) -> None:
    """The distance at which pairs exceed their neighbourhood the most."""
    state = maker
    best = 0
    best_excess = 0.0
    best_background = 0.0
    for d in range(1, DISTANCES - 1):
        inner = state.pairs[d - 1] + state.pairs[d] + state.pairs[d + 1]
        if inner <= best_excess:
            continue
        around = 0.0
        n = 0
        for k in range(max(1, d - AROUND), min(DISTANCES, d + AROUND + 1)):
            if k < d - 1 or k > d + 1:
                around += state.pairs[k]
                n += 1
        background = 3.0 * around / n if n else 0.0
        if inner - background > best_excess:
            best = d
            best_excess = inner - background
            best_background = background
    best = nearest_like(state, best, best_excess)
    is_neighbour = best > 0 and state.peak > 0 and abs(best - state.peak) <= 1
    # two neighbours share the weight of one rounded distance: stay with the heavier
    if is_neighbour and state.pairs[best] < state.pairs[state.peak]:
        best = state.peak
    state.peak = best if best_excess >= LEAST_PAIRS else 0
    state.excess = best_excess
    state.background = best_background


@kernel
def pass_maker_second(maker: Any) -> None:
    """Let a second pass over what forgets."""
    state = maker
    keep = np.exp(-1.0 / MEMORY_S)
    for d in range(DISTANCES):
        state.pairs[d] *= keep
    state.placed[0] *= keep
    state.placed[1] *= keep
    state.refreshes *= keep
    for k in range(PACES):
        state.paces[k] *= np.exp(-1.0 / PACE_S[k])
    find_peak(state)
