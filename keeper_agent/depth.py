"""The best levels of a book and the last prints of its tape, as plain data; read in the loop's own thread."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from scheduler.parts import Market
from tools.domain.market import plain, to_decimal
from tools.market.tape import RING

LEVELS = 12
PRINTS = 24
SIDES = {1: "buy", -1: "sell", 0: "unknown"}


def depth_of(market: Market) -> dict[str, Any]:
    """``bids`` and ``asks`` as [price, size] from the best on, ``prints`` newest first; decimal text."""
    senses = market.senses[0]
    return {
        "ts": market.ts,
        "bids": _side(senses["bids"], 1),
        "asks": _side(senses["asks"], -1),
        "prints": _prints(senses["tape"], senses["ring"]),
    }


def _side(ladder: npt.NDArray[np.void], sign: int) -> list[list[str]]:
    """Levels from the best on; asks are kept by minus price."""
    shown = int(ladder["shown"])
    told = []
    for place in range(shown - 1, max(-1, shown - 1 - LEVELS), -1):
        price = sign * int(ladder["view_keys"][place])
        size = int(ladder["sizes"][ladder["view_slots"][place]])
        told.append([_text(price), _text(size)])
    return told


def _prints(tape: npt.NDArray[np.void], ring: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    count = int(tape["count"])
    told = []
    for number in range(count - 1, max(-1, count - 1 - PRINTS), -1):
        ts, price, size, side = (int(value) for value in ring[number & (RING - 1)])
        told.append({"ts": ts, "price": _text(price), "size": _text(size), "aggressor": SIDES[side]})
    return told


def _text(units: int) -> str:
    return plain(to_decimal(units))
