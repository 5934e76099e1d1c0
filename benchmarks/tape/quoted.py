"""Each print of a recording beside the quotes that were known when it was received."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tools.market.book import LADDER, best_key, clear, find, insert, remove
from tools.market.events import LAST, PRINT, RESET
from tools.market.instruments import instrument_for
from tools.market.kernel import kernel
from tools.market.tapes import TapeFiles
from tools.market.tardis import read_recording

Quoted: TypeAlias = npt.NDArray[np.void]

QUOTED = np.dtype(
    [
        (name, np.int64)
        for name in ("ts", "ts_event", "price", "size", "side", "bid", "ask")  # bid and ask 0: unknown
    ]
)


@kernel
def set_level(ladder: Any, key: int, size: int) -> None:
    """Make the level at ``key`` hold ``size``."""
    slot = find(ladder, key)
    if slot < 0:
        if size > 0:
            insert(ladder, key, size, 1)
    elif size == 0:
        remove(ladder, key)
    else:
        ladder.sizes[slot] = size


@kernel
def beside_quotes(events: Any, ladders: Any, out: Any) -> None:
    """Fill ``out`` with every print and the touch of the last whole book before it."""
    n = 0
    bid = 0
    ask = 0
    for i in range(events.shape[0]):
        e = events[i]
        if e.kind == PRINT:
            row = out[n]
            row.ts = e.ts_init
            row.ts_event = e.ts_event
            row.price = e.price
            row.size = e.size
            row.side = e.side
            row.bid = bid
            row.ask = ask
            n += 1
            continue
        if e.flags & RESET:
            clear(ladders[0])
            clear(ladders[1])
        set_level(ladders[0 if e.side > 0 else 1], e.price * e.side, e.size)
        if e.flags & LAST:
            bid = best_key(ladders[0]) if ladders[0].count > 0 else 0
            ask = -best_key(ladders[1]) if ladders[1].count > 0 else 0


def quoted_prints(tape: TapeFiles) -> Quoted:
    """Every print of ``tape``, shape (n_prints,) of ``QUOTED``."""
    instrument = instrument_for(tape.venue, tape.symbol, quote_usd=Decimal(1))
    events = read_recording(tape.trades, tape.book, instrument).events
    out: Quoted = np.zeros(int((events["kind"] == PRINT).sum()), QUOTED)
    beside_quotes(events, np.zeros(2, LADDER), out)
    return out
