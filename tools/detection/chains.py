"""Hands on one side: orders that are placed where one like them was withdrawn a moment before.

Who moves a quote withdraws it and places it anew near by. So each order remembered by its side may be
followed by later ones, and these by others: a chain. All followers of an order are kept, since the crowd
places orders too; of those only the hand's own are withdrawn and placed anew in their turn. A bid's and
an ask's chain that keep the same pace and size are followed as one market maker, whose sides need not
move in one moment (``apart.py`` says what speaks for it).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection.maker import GAPS, SIZES
from tools.market.kernel import kernel

SLOTS = 16  # orders of a side
SOON_NS = 400_000_000  # what is placed so soon after a withdrawal may be its quote anew
LATE_PERIODS = 2.0  # or so many of its periods, for one of a chain that is of its size
NEAR_BPS, NEAR_TICKS = 12.0, 4  # a quote comes back so near
FAR_BPS = 40.0  # or, for one of a chain, so far if it is of nearly its size
LATE_LIKE, FAR_LIKE, TAKEN_LIKE = 0.7, 0.3, 1.0  # log ratios of such sizes
EXACT = 0.02  # of an order's size: a level that fell by it but for so little lost the order
PART = 0.3  # of its size: a level that fell by so much may have lost an order of a chain
LEARNING = 0.15  # weight of a newer period and size, once there are some
LEAST_GAP_S = 0.02
LEAST_LINKS = 2  # of a chain that may be a quote
MOST_LINKS = 60.0  # more say no more
SAVED_LINKS = 3  # all longer chains are alike in what gives way to new orders
YOUNG_S = 3.0  # period taken for an order without a predecessor
MOST_PLACED = 600.0  # orders of a side in a minute; beyond, everything follows everything
MEMORY_S = 60.0  # time constant of the counts
LOST_NS = 60_000_000_000  # a pair that says nothing for so long is followed no more
CYCLE = 1.3  # periods from the other side's order within which it says something of the phase

QUOTE = np.dtype(
    [
        ("ts", np.int64),
        ("price", np.int64),
        ("size", np.int64),
        ("ts_gone", np.int64),  # 0 while it stands
        ("is_taken", np.int64),  # by a print
        ("links", np.int64),  # predecessors in its chain
        ("period", np.float64),  # seconds from order to order, usual
        ("log_period", np.float64),
        ("value", np.float64),  # log value of its chain's orders, quote, usual
        ("off", np.float64),  # how unlike its predecessor it is
        ("unsteady", np.float64),  # how far its chain's sizes and gaps are from the usual ones, log ratios
        ("hand", np.int64),  # name of its chain
    ],
    align=True,
)
CHAINS = np.dtype(
    [
        ("n", np.int64, (2,)),
        ("prices", np.int64, (2, SLOTS)),  # as in ``orders``, side by side
        ("orders", QUOTE, (2, SLOTS)),
        ("n_hands", np.int64),  # ever
        ("followed", np.int64, (2,)),  # hands of the bid and the ask; 0 is none
        ("quotes", QUOTE, (2,)),  # of them as they are now or were last
        ("is_changed", np.int64, (2,)),
        ("ts_linked", np.int64, (2,)),
        ("last", np.int64),  # 1 + the side that was placed anew last
        ("turns", np.float64),  # after the other side; forgetting over MEMORY_S
        ("repeats", np.float64),  # after the same side
        ("phase", np.float64, (3,)),  # sums of cosine and sine of the ask's phase in the bid's period, and n
        ("paces", np.float64, (2,)),  # quotes placed anew, forgetting over MEMORY_S
        ("n_gaps", np.int64),  # ever
        ("gaps", np.float64, (GAPS,)),  # seconds from quote to quote of a side
        ("n_sizes", np.int64),  # ever
        ("sizes", np.float64, (SIZES,)),  # log value, quote
        ("ts_believed", np.int64),  # when the pair was last believed to be a market maker
    ],
    align=True,
)


@kernel
def lose_chains(chains: Any) -> None:
    """The book is not to be believed, or too busy: nobody is followed and nothing remembered of orders."""
    state = chains
    for i in range(2):
        state.n[i] = 0
        state.followed[i] = 0
        state.quotes[i].price = 0
        state.quotes[i].ts_gone = 0


@kernel
def is_remembered(chains: Any, i: int, price: int) -> bool:
    """Whether an order of side ``i`` at ``price`` is remembered."""
    is_one = False
    for k in range(chains.n[i]):
        is_one = is_one or chains.prices[i, k] == price
    return is_one


@kernel
def note_fall(chains: Any, ts: int, i: int, price: int, before: int, after: int, is_taken: bool) -> None:
    """A level of side ``i`` fell: which orders went with it, withdrawn or taken."""
    state = chains
    fallen = before - after
    for k in range(state.n[i]):
        if state.prices[i, k] != price:
            continue
        row = state.orders[i, k]
        if is_taken:
            if row.ts_gone == 0 and 2 * after < row.size:
                row.ts_gone = ts
                row.is_taken = 1
                state.is_changed[i] = 1
            continue
        is_whole = 2 * after < row.size or abs(fallen - row.size) <= EXACT * row.size
        if not is_whole and (row.links == 0 or fallen <= PART * row.size):
            continue
        # at a shared price the crowd's orders go as well; only the last fall may be the quote's
        if row.ts_gone == 0 or (row.links > 0 and row.is_taken == 0):
            row.ts_gone = ts
            state.is_changed[i] = 1


@kernel
def is_alive(row: Any, ts: int) -> bool:
    """Whether an order may still be replaced, or stands no longer than is likely."""
    period = row.period if row.links > 0 else YOUNG_S
    if row.ts_gone > 0 and (ts - row.ts_gone) * 1e-9 > 2.0 * period + 1.0:
        return False
    return bool((ts - row.ts) * 1e-9 <= 6.0 * period + 5.0)


@kernel
def may_follow(row: Any, ts: int, price: int, value: float, near: float, far: float) -> bool:
    """Whether an order of log ``value`` at ``price`` may be that of ``row`` placed anew."""
    if row.ts_gone == 0 or row.ts >= ts:
        return False
    off = abs(row.price - price)
    unlike = abs(value - row.value)
    is_chain = row.links >= LEAST_LINKS
    if off > near and not (is_chain and off <= far and unlike <= FAR_LIKE):
        return False
    after = ts - row.ts_gone
    if row.is_taken == 1:
        return bool(is_chain and after * 1e-9 <= LATE_PERIODS * row.period and unlike < TAKEN_LIKE)
    if after <= SOON_NS:
        return True
    return bool(is_chain and after * 1e-9 <= LATE_PERIODS * row.period and unlike < LATE_LIKE)


@kernel
def free_slot(chains: Any, i: int, ts: int) -> int:
    """Where a new order of side ``i`` is remembered: of what gives way for it, the oldest."""
    state = chains
    if state.n[i] < SLOTS:
        state.n[i] += 1
        return int(state.n[i] - 1)
    best = 0
    least = SAVED_LINKS + 1
    for k in range(SLOTS):
        row = state.orders[i, k]
        rank = min(row.links, SAVED_LINKS) if is_alive(row, ts) else -1
        if rank < least or (rank == least and row.ts < state.orders[i, best].ts):
            least = rank
            best = k
    return best


@kernel
def count_link(chains: Any, ts: int, i: int, period: float, gap: float, value: float) -> None:
    """The followed quote of side ``i`` was placed anew, ``gap`` seconds after its predecessor."""
    state = chains
    if state.last == 2 - i:
        state.turns += 1.0
    elif state.last == 1 + i:
        state.repeats += 1.0
    if i == 1 and state.ts_linked[0] > 0:
        phase = (ts - state.ts_linked[0]) * 1e-9 / period
        if phase < CYCLE:
            state.phase[0] += np.cos(2.0 * np.pi * phase)
            state.phase[1] += np.sin(2.0 * np.pi * phase)
            state.phase[2] += 1.0
    state.last = 1 + i
    state.paces[i] += 1.0
    state.ts_linked[i] = ts
    state.gaps[state.n_gaps % GAPS] = gap
    state.n_gaps += 1
    state.sizes[state.n_sizes % SIZES] = value
    state.n_sizes += 1


@kernel
def note_order(chains: Any, ts: int, i: int, price: int, size: int, near: float, far: float) -> None:
    """An order of side ``i`` was placed: whose it may be, and remember it."""
    state = chains
    value = np.log(price * 1e-8 * size * 1e-8)
    best = -1
    for k in range(state.n[i]):
        row = state.orders[i, k]
        is_longer = best < 0 or row.links > state.orders[i, best].links
        if is_longer and may_follow(row, ts, price, value, near, far):
            best = k
    links = 0
    period = 0.0
    log_period = 0.0
    usual = value
    off = 0.0
    unsteady = 0.0
    if best >= 0:
        row = state.orders[i, best]
        links = row.links + 1
        gap = (ts - row.ts) * 1e-9
        weight = max(1.0 / links, LEARNING)
        log_gap = np.log(max(gap, LEAST_GAP_S))
        uneven = abs(value - row.value) + (abs(log_gap - row.log_period) if links > 1 else 0.0)
        unsteady = row.unsteady + weight * (uneven - row.unsteady)
        log_period = row.log_period + weight * (log_gap - row.log_period)
        period = np.exp(log_period)
        off = abs(value - row.value) + abs(price - row.price) / near
        usual = row.value + weight * (value - row.value)
        hand = row.hand
        # of several that may be the quote the first is counted
        if hand == state.followed[i] and row.ts_gone > state.ts_linked[i]:
            count_link(state, ts, i, period, gap, value)
    else:
        state.n_hands += 1
        hand = state.n_hands
    slot = free_slot(state, i, ts)
    state.prices[i, slot] = price
    new = state.orders[i, slot]
    new.ts = ts
    new.price = price
    new.size = size
    new.ts_gone = 0
    new.is_taken = 0
    new.links = links
    new.period = period
    new.log_period = log_period
    new.value = usual
    new.off = off
    new.unsteady = unsteady
    new.hand = hand
    state.is_changed[i] = 1


@kernel
def grow_chains(chains: Any, maker: Any, ts: int) -> None:
    """The message is whole: take in the orders it placed, before ``pair_message`` forgets them."""
    state = chains
    if max(maker.placed[0], maker.placed[1]) > MOST_PLACED:
        if state.n[0] > 0 or state.n[1] > 0:
            lose_chains(state)
        return
    near = max(float(NEAR_TICKS * maker.tick), NEAR_BPS * 1e-4 * maker.mid)
    far = FAR_BPS * 1e-4 * maker.mid
    for i in range(2):
        for k in range(maker.n_fresh[i]):
            row = maker.fresh[i, k]
            if row.size > 0:
                note_order(state, ts, i, row.price, row.size, near, far)
        if state.is_changed[i] == 1:
            find_quote(state, i)
            state.is_changed[i] = 0


@kernel
def find_quote(chains: Any, i: int) -> None:
    """The order of the followed hand of side ``i`` that is its quote; if there is none it is as it was."""
    state = chains
    if state.followed[i] == 0:
        return
    best = -1
    most = 0.0
    for k in range(state.n[i]):
        row = state.orders[i, k]
        if row.hand != state.followed[i] or row.links == 0:
            continue
        links = row.links - (1.5 if row.ts_gone > 0 else 0.0)
        is_better = best < 0 or links > most
        if best >= 0 and links == most:
            other = state.orders[i, best]
            is_better = row.off < other.off or (row.off == other.off and row.ts > other.ts)
        if is_better:
            best = k
            most = links
    if best >= 0:
        copy_quote(state.orders[i, best], state.quotes[i])


@kernel
def copy_quote(source: Any, target: Any) -> None:
    """All fields of a quote."""
    row = target
    row.ts = source.ts
    row.price = source.price
    row.size = source.size
    row.ts_gone = source.ts_gone
    row.is_taken = source.is_taken
    row.links = source.links
    row.period = source.period
    row.log_period = source.log_period
    row.value = source.value
    row.off = source.off
    row.unsteady = source.unsteady
    row.hand = source.hand


@kernel
def choose_hands(chains: Any, ts: int) -> None:
    """Follow the two chains that are the most alike and the longest."""
    state = chains
    best = 0.0
    bid = ask = -1
    for j in range(state.n[0]):
        one = state.orders[0, j]
        if one.links < LEAST_LINKS or not is_alive(one, ts):
            continue
        for k in range(state.n[1]):
            other = state.orders[1, k]
            if other.links < LEAST_LINKS or not is_alive(other, ts):
                continue
            score = np.log(min(float(min(one.links, other.links)), MOST_LINKS))
            score -= abs(one.log_period - other.log_period) + 0.5 * abs(one.value - other.value)
            if score > best:
                best = score
                bid = j
                ask = k
    if bid >= 0:
        state.followed[0] = state.orders[0, bid].hand
        state.followed[1] = state.orders[1, ask].hand
        find_quote(state, 0)
        find_quote(state, 1)
    elif state.followed[0] > 0 and ts - max(state.quotes[0].ts, state.quotes[1].ts) > LOST_NS:
        state.followed[0] = 0
        state.followed[1] = 0


@kernel
def pass_chains_second(chains: Any, ts: int) -> None:
    """Let the second that ends at ``ts`` pass over what forgets, and choose whom to follow."""
    state = chains
    keep = np.exp(-1.0 / MEMORY_S)
    state.turns *= keep
    state.repeats *= keep
    for k in range(3):
        state.phase[k] *= keep
    for i in range(2):
        state.paces[i] *= keep
    choose_hands(state, ts)
