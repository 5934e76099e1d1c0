"""Inputs of the outcome model: scale-free, and unavailable where the features are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.errors import BadInput
from tools.domain.market import Side
from tools.domain.trading import Signal
from tools.features.names import FEATURES
from tools.models.inputs import INPUTS_V1, INPUTS_V2, INPUTS_V3, breakeven_of, derive_inputs, input_matrix


def test_there_are_ten_inputs_and_a_value_for_each() -> None:
    assert len(INPUTS_V1) == len(set(INPUTS_V1)) == 10
    assert len(derive_inputs({}, 10.0, 20.0)) == 10


def test_only_known_features_are_read() -> None:
    asked = set()

    class Watched(dict[str, float | None]):
        def get(self, key: str, default: object = None) -> float:  # type: ignore[override]
            asked.add(key)
            return 1.0

    derive_inputs(Watched(), 10.0, 20.0)
    assert asked <= set(FEATURES)


def test_what_is_unavailable_becomes_nan_and_geometry_stays() -> None:
    row = dict(zip(INPUTS_V1, derive_inputs({"imbalance": None, "mid": 100.0}, 5.0, 15.0), strict=True))
    assert row.pop("breakeven") == 0.75
    assert all(math.isnan(value) for value in row.values())


@given(scale=st.floats(1e-6, 1e6))
def test_the_price_scale_does_not_matter(scale: float) -> None:
    def offset(factor: float) -> float:
        row = derive_inputs({"mid": 100 * factor, "microprice": 100.02 * factor}, 10.0, 20.0)
        return row[INPUTS_V1.index("microprice_offset_bps")]

    assert offset(scale) == pytest.approx(offset(1.0), rel=1e-6) == pytest.approx(2.0, rel=1e-6)


def test_a_negative_lifetime_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match=r"order_lifetime_avg must not be negative, was -1\.0"):
        derive_inputs({"order_lifetime_avg": -1.0}, 10.0, 20.0)


def test_breakeven_is_the_signals_own() -> None:
    signal = Signal(
        signal_id="s",
        run_id="r",
        world="recorded",
        symbol="BTCUSDT",
        venue="binance",
        source="mm_range",
        ts=0,
        ts_event=0,
        side=Side.BUY,
        entry_price=10_000,
        take_profit=10_030,
        stop=9_980,
        entry_timeout_ns=1,
        hold_timeout_ns=1,
        cost_bps=12.0,
        confidence=1.0,
        features={},
        vector=(),
    )
    assert breakeven_of(signal.gain_bps, signal.loss_bps) == pytest.approx(signal.breakeven)
    assert breakeven_of(-5.0, 5.0) == 1.0


def test_training_and_scoring_share_one_matrix() -> None:
    rows = [({"imbalance": 0.25}, 10.0, 30.0), ({}, 20.0, 20.0)]
    matrix = input_matrix(rows)
    assert matrix.dtype == np.float32
    np.testing.assert_array_equal(matrix[1], np.array(derive_inputs({}, 20.0, 20.0), dtype=np.float32))


SEEN: dict[str, float | None] = {
    "mid": 100.0,
    "microprice": 100.01,
    "mm_lower_bound": 99.9,
    "mm_upper_bound": 100.3,
    "realised_volatility": 0.001,
    "large_trades_count": 0.0,
    "mm_avg_order_size": 12.0,
    "mm_detected": 1.0,
}


def second(features: dict[str, float | None]) -> dict[str, float]:
    return dict(zip(INPUTS_V2, derive_inputs(features, 5.0, 20.0, INPUTS_V2), strict=True))


def test_the_second_set_is_the_first_and_fifteen_more() -> None:
    assert len(INPUTS_V2) == len(set(INPUTS_V2)) == 25
    assert INPUTS_V2[:10] == INPUTS_V1
    assert derive_inputs(SEEN, 5.0, 20.0, INPUTS_V2)[:10] == pytest.approx(
        derive_inputs(SEEN, 5.0, 20.0), nan_ok=True
    )


def test_the_second_set_by_hand() -> None:
    row = second(SEEN)
    assert row["mm_lower_distance_bps"] == pytest.approx((100 / 99.9 - 1) * 1e4)
    assert row["mm_upper_distance_bps"] == pytest.approx(30.0)
    assert row["mm_range_position"] == pytest.approx(0.25)
    assert row["gain_over_volatility"] == pytest.approx(0.5)  # 5 bps against 10 bps a minute
    assert row["log_mm_avg_order_size"] == pytest.approx(math.log(13))
    assert (row["mm_detected"], row["log_large_trades_count"], row["gain_bps"]) == (1.0, 0.0, 5.0)
    assert math.isnan(row["mm_departed"])


def test_without_range_or_movement_the_distances_are_unavailable() -> None:
    row = second({**SEEN, "mm_lower_bound": None, "realised_volatility": 0.0})
    assert math.isnan(row["mm_lower_distance_bps"])
    assert math.isnan(row["mm_range_position"])
    assert math.isnan(row["gain_over_volatility"])
    assert row["mm_upper_distance_bps"] == pytest.approx(30.0)


@given(scale=st.floats(1e-6, 1e6))
def test_the_second_set_does_not_know_the_price_either(scale: float) -> None:
    priced = ("mid", "microprice", "mm_lower_bound", "mm_upper_bound")
    moved = {name: value * scale if name in priced and value else value for name, value in SEEN.items()}
    assert second(moved) == pytest.approx(second(SEEN), rel=1e-6, nan_ok=True)


def test_no_other_set_of_inputs_is_derived() -> None:
    with pytest.raises(ValueError, match="expected the inputs of one of v1, v2, v3, were mid"):
        derive_inputs(SEEN, 5.0, 20.0, ("mid",))


RESTING: dict[str, float | None] = {
    "mm_confidence": 0.9,
    "mm_spread_stability": 0.7,
    "return_30s_bps": -4.0,
    "outlook_volatility": 0.0008,
    "entry_edge_bps": 6.0,
    "prints_60s": 20.0,
    "mm_quote_age_s": 1.0,
    "ask_age_s": 3.0,
}


def third(features: dict[str, float | None]) -> dict[str, float]:
    return dict(zip(INPUTS_V3, derive_inputs(features, 5.0, 20.0, INPUTS_V3), strict=True))


def test_the_third_set_by_hand() -> None:
    assert third(RESTING) == pytest.approx(
        {
            "mm_confidence": 0.9,
            "mm_spread_stability": 0.7,
            "return_30s_bps": -4.0,
            "log_outlook_volatility_bps": math.log(9),
            "log_edge_over_outlook": math.log(1.75),
            "log_prints_60s": math.log(21),
            "log_mm_quote_age_s": math.log(2),
            "log_ask_age_s": math.log(4),
            "breakeven": 0.8,
        }
    )
    assert third({**RESTING, "entry_edge_bps": -3.0})["log_edge_over_outlook"] == 0.0


@pytest.mark.parametrize("name", list(RESTING))
def test_of_the_third_set_only_what_is_not_known_is_unavailable(name: str) -> None:
    lost = {word for word, value in third({**RESTING, name: None}).items() if math.isnan(value)}
    also = {"outlook_volatility": {"log_outlook_volatility_bps", "log_edge_over_outlook"}}
    ways = {"entry_edge_bps": {"log_edge_over_outlook"}, **also}
    plain = name if name in INPUTS_V3 else f"log_{name}"
    assert lost == ways.get(name, {plain})


def test_without_movement_ahead_the_edge_is_not_measured() -> None:
    row = third({**RESTING, "outlook_volatility": 0.0})
    assert row["log_outlook_volatility_bps"] == 0.0
    assert math.isnan(row["log_edge_over_outlook"])
