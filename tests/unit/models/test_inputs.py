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
from tools.models.inputs import INPUTS_V1, breakeven_of, derive_inputs, input_matrix


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
