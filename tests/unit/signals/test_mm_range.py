"""The range signal: where it asks to buy, where it hopes to sell, and when it keeps silent."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.senses import BTCUSDT
from tools.detection.state import BOOKKEEPING, feature_buffer
from tools.domain.market import NANOS, UNITS
from tools.domain.parameter import default_parameters
from tools.features.names import INDEX
from tools.signals.mm_range import RANGE, round_trip_cost_bps, seek_entry, tune_range

CENT = UNITS // 100


def plan(**changed: float) -> Any:
    record: Any = np.zeros(1, RANGE)
    tune_range(record, BTCUSDT, default_parameters({"entry_ticks_ahead": 0} | changed))
    return record


def seek(
    record: Any,
    best_bid: int,
    *,
    belief: float = 0.5,
    lower: float = 100.0,
    upper: float = 101.0,
    best_ask: int = 200 * UNITS,
) -> bool:
    features = feature_buffer()
    for name, value in {"mm_confidence": belief, "mm_lower_bound": lower, "mm_upper_bound": upper}.items():
        features[INDEX[name]] = value
    book: Any = np.zeros(1, BOOKKEEPING)
    book["best_bid"], book["best_ask"], book["tick"] = best_bid, best_ask, CENT
    return bool(seek_entry(record[0], NANOS, book[0], features))


def prices(record: Any) -> tuple[int, int, int]:
    return tuple(int(record[name][0]) for name in ("entry", "target", "stop"))  # type: ignore[return-value]


def test_the_worked_case() -> None:
    record = plan()
    assert seek(record, 100 * UNITS + 30 * CENT)
    # enter at the lower bound; the range of 1 % pays the 20 bps of fees and the buffer; stop 20 bps below
    assert prices(record) == (100 * UNITS, 101 * UNITS, 99 * UNITS + 80 * CENT)
    assert record["next_check"][0] == 6 * NANOS


def test_a_narrow_range_asks_for_what_pays_the_round_trip() -> None:
    record = plan()
    assert seek(record, 100 * UNITS, upper=100.05)
    costs = round_trip_cost_bps(BTCUSDT) + default_parameters()["take_profit_buffer_bps"]
    assert prices(record)[1] == 100 * UNITS + round(costs) * CENT
    assert costs == 22


def test_a_bid_below_the_range_is_the_entry() -> None:
    record = plan()
    assert seek(record, 99 * UNITS + CENT // 2)
    assert prices(record)[0] == 99 * UNITS


@pytest.mark.parametrize(("ask_cents", "entry_cents"), [(100, 3), (3, 2), (1, 0), (0, 0)])
def test_an_entry_steps_in_front_as_far_as_the_best_ask_leaves(ask_cents: int, entry_cents: int) -> None:
    record = plan(entry_ticks_ahead=3)
    assert seek(record, 100 * UNITS + 30 * CENT, best_ask=100 * UNITS + ask_cents * CENT)
    assert prices(record)[0] == 100 * UNITS + entry_cents * CENT


@pytest.mark.parametrize(
    ("best_bid", "changes"),
    [
        (100 * UNITS + 41 * CENT, {}),  # above the zone
        (100 * UNITS, {"belief": 0.04}),
        (100 * UNITS, {"belief": float("nan")}),
        (100 * UNITS, {"lower": float("nan")}),
        (100 * UNITS, {"upper": float("nan")}),
    ],
)
def test_silence(best_bid: int, changes: dict[str, float]) -> None:
    record = plan()
    before = record.copy()
    assert not seek(record, best_bid, **changes)
    assert record == before


@given(st.integers(1, 10**7), st.floats(0.5, 10**5), st.floats(0, 0.05))
def test_prices_are_on_the_tick_and_in_order(bid_cents: int, lower: float, width: float) -> None:
    record = plan()
    if seek(record, bid_cents * CENT, lower=lower, upper=lower * (1 + width)):
        entry, target, stop = prices(record)
        assert entry % CENT == target % CENT == stop % CENT == 0
        assert stop < entry < target
        assert entry <= bid_cents * CENT
        assert target >= entry * (1 + 22e-4) - 1
