"""How our own orders would have fared in a recorded market, pessimistically.

An order acts only after its latency. A passive order joins behind everything displayed at
its price and is filled when prints have eaten that queue or the price traded through it; a
displayed queue that shrinks without prints helps only down to what is displayed. The
recording does not react to us.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection.state import SOUND
from tools.market.book import depth_at
from tools.market.kernel import kernel

ORDERS = 16
NOTICES = 128

FREE, TRAVELLING, RESTING = 0, 1, 2

FILLED, OPENED, CANCELLED, REJECTED = 1, 2, 3, 4  # kinds of notice

ORDER = np.dtype(
    [
        ("state", np.int64),
        ("number", np.int64),
        ("side", np.int64),
        ("price", np.int64),  # 0: take what is there
        ("remaining", np.int64),
        ("queue", np.int64),
        ("ts_active", np.int64),
        ("ts_cancel", np.int64),  # 0: no cancel under way
    ],
    align=True,
)

NOTICE = np.dtype(
    [
        ("kind", np.int64),
        ("number", np.int64),
        ("price", np.int64),
        ("size", np.int64),
        ("is_maker", np.int64),
        ("ts", np.int64),
    ],
    align=True,
)


@kernel
def notify(desk: Any, kind: int, order: Any, price: int, size: int, is_maker: int, ts: int) -> None:
    """Leave a notice for the executor."""
    notice = desk.notices[desk.noticed]
    notice.kind = kind
    notice.number = order.number
    notice.price = price
    notice.size = size
    notice.is_maker = is_maker
    notice.ts = ts
    desk.noticed += 1


@kernel
def release(desk: Any, order: Any) -> None:
    """Forget an order that is over."""
    order.state = FREE
    desk.working -= 1


@kernel
def fill(desk: Any, order: Any, price: int, size: int, is_maker: int, ts: int) -> None:
    """Execute ``size`` of the order at ``price``."""
    order.remaining -= size
    notify(desk, FILLED, order, price, size, is_maker, ts)
    if order.remaining == 0:
        release(desk, order)


@kernel
def take(desk: Any, order: Any, ladder: Any, ts: int) -> None:
    """Walk the opposite side until the order is done; what the view does not hold is cancelled."""
    i = ladder.shown - 1
    while i >= 0 and order.remaining > 0 and desk.noticed < NOTICES - 4 * ORDERS:
        size = min(order.remaining, ladder.sizes[ladder.view_slots[i]])
        fill(desk, order, abs(ladder.view_keys[i]), size, 0, ts)
        i -= 1
    if order.remaining > 0:
        notify(desk, CANCELLED, order, 0, order.remaining, 0, ts)
        release(desk, order)


@kernel
def arrive(desk: Any, s: Any, order: Any, ts: int) -> None:
    """The order reaches the venue: take, rest behind the queue, or be refused as post-only."""
    if order.price == 0:
        if order.side > 0:
            take(desk, order, s.asks, ts)
        else:
            take(desk, order, s.bids, ts)
        return
    if order.side > 0:
        crosses = s.book.best_ask > 0 and order.price >= s.book.best_ask
        queue = depth_at(s.bids, order.price)
    else:
        crosses = s.book.best_bid > 0 and order.price <= s.book.best_bid
        queue = depth_at(s.asks, -order.price)
    if crosses:
        notify(desk, REJECTED, order, order.price, order.remaining, 0, ts)
        release(desk, order)
        return
    order.queue = queue
    order.state = RESTING
    notify(desk, OPENED, order, order.price, order.remaining, 1, ts)


@kernel
def is_whole(book: Any) -> bool:
    """Whether an arriving order can be judged: a sound book between two messages."""
    return bool(book.status == SOUND and book.in_message == 0)


@kernel
def orders_before(desk: Any, s: Any, ts: int) -> None:
    """Before an event at ``ts``: cancels and arrivals that are due act on the book as it stands.

    While the book is broken nothing can be said of an arrival, so it waits for the next whole one.
    """
    for k in range(ORDERS):
        order = desk.orders[k]
        if order.state == FREE:
            continue
        if order.state == TRAVELLING and order.ts_active <= ts and is_whole(s.book):
            order.ts_active = max(order.ts_active, s.book.ts_book)
            arrive(desk, s, order, order.ts_active)
        if order.state == RESTING and order.ts_cancel > 0 and order.ts_cancel <= ts:
            acted = max(order.ts_cancel, order.ts_active)
            notify(desk, CANCELLED, order, order.price, order.remaining, 1, acted)
            release(desk, order)


@kernel
def eaten(side: int, price: int, queue: int, print_price: int, print_size: int, print_side: int) -> int:
    """What a print does to a resting order: -1 nothing, else the size left over after the queue.

    A print through the price is worth the largest integer: everything at the price is gone.
    """
    if print_side == side:
        return -1
    if (print_price - price) * side < 0:
        return 1 << 62
    if print_price != price:
        return -1
    return print_size - queue


@kernel
def orders_on_print(desk: Any, ts: int, price: int, size: int, side: int) -> None:
    """A print consumes the queue ahead of resting orders, then them."""
    for k in range(ORDERS):
        order = desk.orders[k]
        if order.state != RESTING:
            continue
        left = eaten(order.side, order.price, order.queue, price, size, side)
        if left > 0:
            order.queue = 0
            fill(desk, order, order.price, min(left, order.remaining), 1, ts)
        elif price == order.price and side != order.side:
            order.queue = max(0, order.queue - size)


@kernel
def orders_on_book(desk: Any, s: Any, ts: int) -> None:
    """A whole book: the queue ahead cannot exceed what is displayed; a book through us fills us."""
    for k in range(ORDERS):
        order = desk.orders[k]
        if order.state != RESTING:
            continue
        if order.side > 0:
            through = s.book.best_ask > 0 and s.book.best_ask < order.price
            displayed = depth_at(s.bids, order.price)
        else:
            through = s.book.best_bid > order.price
            displayed = depth_at(s.asks, -order.price)
        if through:
            fill(desk, order, order.price, order.remaining, 1, ts)
        else:
            order.queue = min(order.queue, displayed)
