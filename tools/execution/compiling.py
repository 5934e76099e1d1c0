"""Compile every kernel of these rooms into the cache; what a session of one kind needs is in ``warmup``."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from tools.detection.order_log import OrderLog
from tools.detection.state import new_senses
from tools.domain.market import UNITS, Instrument
from tools.domain.parameter import default_parameters
from tools.execution.warmup import warm_kernels
from tools.market.decode import ENVELOPE, Scratch, envelope, proto_deals, proto_depth
from tools.market.events import EVENT
from tools.market.wire.binance import BinanceWire
from tools.models.flat_trees import NODE, FlatTrees
from tools.signals.candle_scores import score_candles

NOWHERE = Instrument("WARM", "none", "A", "B", 1, UNITS, Decimal(0), 0.0, 0.0, Decimal(1), None, False)
DEPTH = b'{"e":"depthUpdate","E":1,"s":"A","U":1,"u":1,"b":[["1","1"]],"a":[]}'


def compile_kernels() -> None:
    """Senses and paper trading, live decoders, level orders, trees of models, scores of candles."""
    warm_kernels()
    BinanceWire().parse(DEPTH)
    nothing = np.frombuffer(b"-", np.uint8)[:0]  # not to be written to, as a frame
    room = Scratch()
    envelope(nothing, np.zeros(ENVELOPE, np.int64))
    proto_depth(nothing, 0, room.rows(0), np.zeros(2, np.int64))
    proto_deals(nothing, 0, room.rows(0))
    OrderLog(new_senses(NOWHERE, default_parameters())).sense_until(np.zeros(1, EVENT), 0, 0)
    FlatTrees(np.zeros(1, NODE), np.zeros(1, np.uint32), 0, np.float32(0)).margin(
        np.zeros((1, 1), np.float32)
    )
    score_candles(np.zeros(1), np.zeros(1), np.zeros(1), 0.0)
