"""The aggressor of a print that carries no flag, from quotes that may be old.

At the touch the quotes decide; beyond it, or where nothing is quoted, the tick rule; strictly
inside, the nearer quote. Prints of one stamp are one sweep: a price that walks tells its side.
Source: Ellis, Michaely, O'Hara (2000), The accuracy of trade classification rules.
"""

from __future__ import annotations

from tools.market.kernel import kernel


@kernel
def tick_side(price: int, last_price: int, last_side: int) -> int:
    """+1 above the last price, -1 below it, else the side it had; 0 where nothing is known."""
    if last_price > 0 and price != last_price:
        return 1 if price > last_price else -1
    return last_side


@kernel
def quoted_side(price: int, best_bid: int, best_ask: int, last_price: int, last_side: int) -> int:
    """Aggressor of a print that starts a sweep: +1, -1, or 0 where nothing says anything."""
    if best_bid <= 0 or best_ask <= best_bid:
        return tick_side(price, last_price, last_side)
    if price == best_ask:
        return 1
    if price == best_bid:
        return -1
    if best_bid < price < best_ask and 2 * price != best_bid + best_ask:
        return 1 if 2 * price > best_bid + best_ask else -1
    return tick_side(price, last_price, last_side)


@kernel
def infer_side(
    price: int, best_bid: int, best_ask: int, last_price: int, last_side: int, is_same_stamp: bool
) -> int:
    """Aggressor of a print; ``is_same_stamp`` says that the venue dates it as the one before."""
    if is_same_stamp and last_side != 0 and price != last_price:
        return 1 if price > last_price else -1
    if is_same_stamp and last_side != 0:
        return last_side
    return quoted_side(price, best_bid, best_ask, last_price, last_side)
