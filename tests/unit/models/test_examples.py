"""Datasets: ordered in time, weighted by uniqueness, checked, hashed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.errors import BadInput, NotEnoughData
from tools.domain.market import Side
from tools.domain.trading import Outcome, Result, Signal
from tools.models.examples import Example, build_dataset, example_of
from tools.models.uniqueness import average_uniqueness

ONE = Example("s_1", "BTCUSDT", 100, 200, {"imbalance": 0.5}, 10.0, 20.0, True, 10.0)
TWO = Example("s_2", "BTCUSDT", 150, 250, {"imbalance": None}, 10.0, 20.0, False, -20.0)


def signal() -> Signal:
    return Signal(
        signal_id="s_1",
        run_id="r",
        world="recorded",
        symbol="BTCUSDT",
        venue="binance",
        source="mm_range",
        ts=100,
        ts_event=90,
        side=Side.BUY,
        entry_price=10_000,
        take_profit=10_030,
        stop=9_980,
        entry_timeout_ns=1,
        hold_timeout_ns=1,
        cost_bps=12.0,
        confidence=1.0,
        features={"imbalance": 0.5},
        vector=(),
    )


def outcome(net_bps: float | None, signal_id: str = "s_1") -> Outcome:
    return Outcome(
        outcome_id="o_1",
        signal_id=signal_id,
        decision_id="d_1",
        run_id="r",
        world="recorded",
        symbol="BTCUSDT",
        venue="binance",
        kind="shadow",
        is_probe=False,
        result=Result.UNFILLED if net_bps is None else Result.TIMEOUT,
        ts_entry=None,
        ts_exit=180,
        ts_known=190,
        entry_price=None,
        exit_price=None,
        size=0,
        gross_bps=None,
        net_bps=net_bps,
        net_quote=None,
        fees_quote=None,
        mfe_bps=None,
        mae_bps=None,
        time_to_target_ns=None,
        time_to_stop_ns=None,
    )


def test_a_followed_signal_becomes_an_example_known_when_its_outcome_was() -> None:
    example = example_of(signal(), outcome(-3.5))
    assert example is not None
    assert (example.ts, example.ts_end, example.won, example.net_bps) == (100, 190, False, -3.5)
    assert (example.gain_bps, example.loss_bps) == (pytest.approx(18.0), pytest.approx(32.0))


def test_an_entry_that_never_filled_is_no_example_and_a_stranger_is_refused() -> None:
    assert example_of(signal(), outcome(None)) is None
    with pytest.raises(BadInput, match="outcome of signal s_1, was that of s_9"):
        example_of(signal(), outcome(1.0, signal_id="s_9"))


def test_the_order_of_examples_does_not_matter() -> None:
    forth, back = build_dataset([ONE, TWO]), build_dataset([TWO, ONE])
    assert forth.data_hash == back.data_hash
    assert forth.ids == ("s_1", "s_2")
    assert forth.spans.tolist() == [[100, 200], [150, 250]]
    assert forth.weights.tolist() == [0.75, 0.75]


@pytest.mark.parametrize(
    "change",
    [
        {"net_bps": 9.0},
        {"ts_end": 201},
        {"features": {"imbalance": 0.6}},
        {"signal_id": "s_3"},
        {"gain_bps": 11.0},
    ],
)
def test_any_change_changes_the_hash(change: dict[str, object]) -> None:
    changed = replace(ONE, **change)  # type: ignore[arg-type]
    assert build_dataset([changed, TWO]).data_hash != build_dataset([ONE, TWO]).data_hash


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"won": False}, "won is False but net_bps is 10.0"),
        ({"ts_end": 99}, "expected ts_end at or after ts 100, was 99"),
        ({"net_bps": float("nan")}, "expected finite net_bps"),
        ({"loss_bps": 0.0}, "expected a positive loss_bps, was 0.0"),
    ],
)
def test_a_contradictory_example_is_refused_by_id(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=f"signal s_1: {message}"):
        build_dataset([replace(ONE, **change)])  # type: ignore[arg-type]


def test_a_signal_counts_once() -> None:
    with pytest.raises(BadInput, match="1 repeated signal ids"):
        build_dataset([ONE, ONE])


def test_trades_that_cannot_win_are_left_out_and_counted() -> None:
    dataset = build_dataset([ONE, replace(TWO, gain_bps=-1.0)])
    assert (len(dataset), dataset.left_out) == (1, 1)


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(NotEnoughData, match="found none among 0"):
        build_dataset([])


def test_other_symbols_do_not_share_a_label() -> None:
    spans = np.array([[0, 10], [0, 10]])
    assert average_uniqueness(spans, ["A", "B"]).tolist() == [1.0, 1.0]
    assert average_uniqueness(spans, ["A", "A"]).tolist() == [0.5, 0.5]


def test_uniqueness_equals_the_definition_counted_by_hand() -> None:
    # at times 0..5 these are open: {0}, {0, 1}, {0, 1, 2}, {1, 2}, {2}, none
    spans = np.array([[0, 3], [1, 4], [2, 5]])
    expected = [(1 + 1 / 2 + 1 / 3) / 3, (1 / 2 + 1 / 3 + 1 / 2) / 3, (1 / 3 + 1 / 2 + 1) / 3]
    np.testing.assert_allclose(average_uniqueness(spans, ["A"] * 3), expected)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15)), min_size=1, max_size=25))
def test_uniqueness_equals_a_count_at_every_instant(pairs: list[tuple[int, int]]) -> None:
    spans = np.array([(start, start + length) for start, length in pairs])
    open_at = [sum(start <= t < max(end, start + 1) for start, end in spans.tolist()) for t in range(60)]
    expected = [
        np.mean([1 / open_at[t] for t in range(start, max(end, start + 1))]) for start, end in spans.tolist()
    ]
    np.testing.assert_allclose(average_uniqueness(spans, ["A"] * len(pairs)), expected)
