"""Compile every kernel by calling it once on nothing, so that no event ever waits for it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import numpy as np

from tools.domain.market import UNITS, Instrument
from tools.domain.parameter import default_parameters
from tools.execution.paper import PaperMarket
from tools.execution.stream import sense_until
from tools.market.events import EVENT


@cache
def warm_kernels() -> None:
    """Call every compiled entry point on an empty market, once a process."""
    instrument = Instrument("WARM", "none", "A", "B", 1, UNITS, Decimal(0), 0.0, 0.0, Decimal(1), None, False)
    market = PaperMarket(instrument, default_parameters())
    nothing = np.zeros(0, EVENT)
    market.advance(nothing, 0, 0)
    market.features(0)
    market.hear_leader(market.senses)
    market.evidence(0)
    market.settle(0)
    sense_until(nothing, 0, 0, market.senses)
