"""Records survive the way to JSON and to rows unchanged, and always as the same bytes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.codec import canonical, from_plain, json_line, to_plain
from memory.rows import (
    decision_row,
    fill_row,
    intent_row,
    order_row,
    outcome_row,
    record_of,
    signal_row,
    vector_bytes,
    vector_values,
)
from tools.domain.errors import InvariantBroken
from tools.domain.trading import Action, OrderStatus, Result
from tools.risk.exposure import LedgerSnapshot, OpenEntry


@pytest.fixture
def records(make: Any) -> list[Any]:
    signal = make.signal(1)
    decision = make.decision(signal)
    intent = make.intent(decision)
    bare = replace(
        decision, plan=None, probability=None, expected_bps=None, votes=(), clamps=(), model_version="m1"
    )
    unfilled = make.outcome(
        decision,
        result=Result.UNFILLED,
        ts_entry=None,
        ts_exit=None,
        entry_price=None,
        exit_price=None,
        gross_bps=None,
        net_bps=None,
        net_quote=None,
        fees_quote=None,
        mfe_bps=None,
        mae_bps=None,
        time_to_target_ns=None,
    )
    return [
        signal,
        decision,
        bare,
        intent,
        replace(intent, price=None),
        make.update(intent, OrderStatus.REJECTED, reason="too small"),
        make.fill(intent),
        make.outcome(decision),
        unfilled,
    ]


def test_every_record_survives_the_way_through_json(records: list[Any]) -> None:
    for record in records:
        assert from_plain(type(record), orjson.loads(json_line(record))) == record


def test_every_record_survives_the_way_through_a_row(records: list[Any]) -> None:
    def order(update: Any) -> Any:
        return order_row(update, sequence=0, run_id="r", world="w")

    writers: dict[str, Any] = {
        "Signal": signal_row,
        "Decision": decision_row,
        "Intent": intent_row,
        "OrderUpdate": order,
        "Fill": fill_row,
        "Outcome": outcome_row,
    }
    for record in records:
        row = writers[type(record).__name__](record)
        assert record_of(type(record), row.values) == record


def test_booked_amounts_are_integers_or_text_in_a_row(make: Any) -> None:
    decision = make.decision(make.signal(1))
    fill = fill_row(make.fill(make.intent(decision))).values
    assert type(fill["price"]) is int
    assert type(fill["size"]) is int
    assert fill["fee_quote"] == "0.0457500000000001"
    assert outcome_row(make.outcome(decision)).values["net_quote"] == "-0.0420900000000000001"


def test_units_are_shown_as_decimal_text_and_enums_by_value(make: Any) -> None:
    decision = make.decision(make.signal(1))
    plain = to_plain(decision)
    assert plain["action"] == Action.ENTER.value
    assert plain["plan"]["size"] == "0.003"
    assert plain["plan"]["slices"] == ["0.001", "0.002"]
    assert to_plain(make.intent(decision))["price"] == "61000"
    assert list(plain)[:2] == ["decision_id", "signal_id"]


def test_the_order_in_which_features_were_put_in_leaves_no_trace(make: Any) -> None:
    signal = make.signal(1)
    turned = replace(signal, features=dict(reversed(signal.features.items())))
    assert json_line(turned) == json_line(signal)
    assert signal_row(turned).values["features"] == signal_row(signal).values["features"]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(make: Any, bad: float) -> None:
    signal = make.signal(1)
    for broken in (replace(signal, features={"mid": bad}), replace(signal, cost_bps=bad)):
        with pytest.raises(InvariantBroken, match="finite"):
            json_line(broken)
        with pytest.raises(InvariantBroken, match="finite"):
            signal_row(broken)
    with pytest.raises(InvariantBroken, match="finite"):
        signal_row(replace(signal, vector=(bad, 0.0)))


def test_an_amount_that_is_not_finite_is_refused(make: Any) -> None:
    fill = make.fill(make.intent(make.decision(make.signal(1))), fee_quote=Decimal("NaN"))
    with pytest.raises(InvariantBroken, match="finite amount"):
        fill_row(fill)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=40))
def test_a_vector_comes_back_bit_for_bit(values: list[float]) -> None:
    assert vector_values(vector_bytes(values)) == tuple(values)


@given(st.dictionaries(st.text(max_size=5), st.floats(allow_nan=False, allow_infinity=False), max_size=6))
def test_canonical_text_does_not_depend_on_the_order_of_keys(data: dict[str, float]) -> None:
    turned = dict(reversed(data.items()))
    assert canonical(turned) == canonical(data)
    assert orjson.loads(canonical(data)) == data


def test_what_was_written_before_a_field_existed_has_its_default_and_nothing_else_is_guessed(
    make: Any,
) -> None:
    now = LedgerSnapshot(7, (OpenEntry("d_1", "BTCUSDT"),), is_paused=True)
    then = to_plain(now)
    del then["is_paused"]
    assert from_plain(LedgerSnapshot, then) == replace(now, is_paused=False)
    told = to_plain(make.signal(1))
    del told["stop"]
    with pytest.raises(KeyError, match="stop"):
        from_plain(type(make.signal(1)), told)
