"""What inferring level orders costs an event: the same senses with and without, in one run."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from tools.detection.order_log import OrderLog
from tools.detection.state import new_senses
from tools.domain.market import Instrument
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.events import Events

ROUNDS = 5


def cost(events: Events, instrument: Instrument) -> dict[str, Any]:
    """Medians of CPU microseconds an event over rounds that alternate, and the median of the ratios."""
    one(events, instrument, is_asked=True)
    one(events, instrument, is_asked=False)
    spent = np.array(
        [[one(events, instrument, is_asked=asked) for asked in (False, True)] for _ in range(ROUNDS)]
    )
    without, asked = np.median(spent, axis=0) * 1e6 / len(events)
    ratios = spent[:, 1] / spent[:, 0]
    return {
        "events": len(events),
        "us_an_event": round(float(without), 3),
        "us_an_event_with_orders": round(float(asked), 3),
        "ratio": round(float(np.median(ratios)), 3),
        "ratio_range": [round(float(ratios.min()), 3), round(float(ratios.max()), 3)],
    }


def one(events: Events, instrument: Instrument, *, is_asked: bool) -> float:
    """CPU seconds of one pass."""
    senses = new_senses(instrument, default_parameters())
    log = OrderLog(senses) if is_asked else None
    began = time.process_time()
    if log is None:
        sense_until(events, 0, 1 << 62, senses)
    else:
        log.sense_until(events, 0, 1 << 62)
    return time.process_time() - began
