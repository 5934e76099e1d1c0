"""What an entry aims at before the limits speak."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.support.executions import entry_signal
from tests.support.senses import BTCUSDT
from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.domain.trading import Action, Route
from tools.execution.entries import SizingDesk, draft_entries
from tools.risk.routing import Settlement


@pytest.mark.parametrize(
    ("is_probe", "probe_target", "expected"),
    [(False, 0.0, None), (True, 0.0, Decimal(1)), (True, 20.0, Decimal(20)), (True, 0.5, Decimal(1))],
)
def test_a_probe_aims_at_the_smallest_order_unless_a_parameter_says_more(
    is_probe: bool, probe_target: float, expected: Decimal | None
) -> None:
    parameters = default_parameters({"probe_target_usd": probe_target})
    settlement = Settlement(Action.ENTER, Route.PATTERN, None, None, "said so", is_probe=is_probe)
    desk = SizingDesk({BTCUSDT.symbol: replace(BTCUSDT, min_notional=Decimal(1))})
    signal = entry_signal(1, NANOS, BTCUSDT)
    (draft,) = draft_entries([signal], [settlement], desk, parameters, signal.ts)
    assert draft is not None
    assert draft.size.target_usd == expected
