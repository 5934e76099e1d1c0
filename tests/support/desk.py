"""The matching and following kernels behind the same few verbs as their plain oracles."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.support.plain import Notice
from tests.support.senses import BTCUSDT
from tools.detection.state import feature_buffer, new_senses
from tools.domain.market import Instrument
from tools.domain.parameter import default_parameters
from tools.execution import following as fo
from tools.execution import matching as ma
from tools.execution.stream import DESK, advance
from tools.market.events import Events
from tools.signals.mm_range import tune_range

FOREVER = 1 << 62


class KernelDesk:
    """One symbol's senses and desk; signals are off unless asked for."""

    def __init__(
        self,
        instrument: Instrument = BTCUSDT,
        *,
        signals: bool = False,
        latency_ns: int = 0,
        dwell_ns: int = 0,
    ) -> None:
        parameters = default_parameters()
        self.market = new_senses(instrument, parameters)
        self.desk: Any = np.zeros(1, DESK)
        self.desk["latency_ns"], self.desk["dwell_ns"] = latency_ns, dwell_ns
        self.buffer = feature_buffer()
        tune_range(self.desk["plan"], instrument, parameters)
        if not signals:
            self.desk["plan"]["next_check"] = FOREVER
        self.notices: list[Notice] = []
        self.reasons: list[int] = []

    def place(
        self, number: int, side: int, price: int, size: int, ts_active: int, ts_cancel: int = 0
    ) -> None:
        """An order on its way; price 0 takes what is there."""
        order = self.desk["orders"][0, np.flatnonzero(self.desk["orders"]["state"][0] == ma.FREE)[0]]
        values = (ma.TRAVELLING, number, side, price, size, 0, ts_active, ts_cancel)
        for name, value in zip(ma.ORDER.names or (), values, strict=True):
            order[name] = value
        self.desk["working"] += 1

    def follow(self, **asked: int) -> int:
        """Follow a signal; returns its slot."""
        slot = int(self.desk["following"][0])
        follow = self.desk["follows"][0, slot]
        for name, value in asked.items():
            follow[name] = value
        follow["remaining"] = follow["size"]
        follow["state"], follow["number"] = fo.TRAVELLING, slot + 1
        self.desk["following"] += 1
        return slot

    def feed(self, events: Events) -> list[Notice]:
        """Everything that was told up to the end of ``events``."""
        i = 0
        while True:
            i, reasons = advance(events, i, FOREVER, self.market, self.desk, self.buffer)
            self.drain()
            self.desk["finished"] = 0
            if reasons == 0:
                return self.notices
            self.reasons.append(reasons)

    def drain(self) -> None:
        """Read the notices of one stop."""
        names = ("kind", "number", "price", "size", "is_maker", "ts")
        for notice in self.desk["notices"][0][: int(self.desk["noticed"][0])]:
            kind, number, price, size, is_maker, ts = (int(notice[name]) for name in names)
            self.notices.append((kind, number, price, size, is_maker, ts))
        self.desk["noticed"] = 0

    def followed(self, slot: int = 0) -> dict[str, int]:
        """What is known of a follow."""
        follow = self.desk["follows"][0, slot]
        names = (
            "result",
            "ts_entry",
            "ts_end",
            "highest",
            "lowest",
            "ts_target",
            "ts_stop",
            "exit",
            "ts_exit",
        )
        return {name: int(follow[name]) for name in names}
