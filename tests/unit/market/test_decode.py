"""Decimals from wire bytes are exact, or they are refused; kernels stay within the bytes they are given."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.market import to_units
from tools.market.decode import MALFORMED, WORDS, decimal_units, json_depth, whole_number

MOST = 2**63 - 1


def read(text: str) -> int:
    data = np.frombuffer(f"<{text}>".encode(), np.uint8)
    return int(decimal_units(data, 1, len(data) - 1))


@given(st.integers(0, MOST // 10 - 10))
def test_every_amount_survives_text(amount: int) -> None:
    assert read(f"{Decimal(amount).scaleb(-8):f}") == amount


@given(st.decimals(0, 10**10, allow_nan=False, places=8), st.integers(0, 4))
def test_zeros_behind_change_nothing(value: Decimal, zeros: int) -> None:
    assert read(f"{value:f}" + "0" * zeros) == to_units(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-1",
        "+1",
        "1e5",
        " 1",
        "1.2.3",
        "0.000000001",
        "1,5",
        "NaN",
        "inf",
        "99999999999999999999",
        "\uff11",
    ],
)
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    assert read(text) == MALFORMED


@given(st.text("0123456789.", max_size=30))
def test_number_is_read_as_decimal_reads_it_or_refused(text: str) -> None:
    found = read(text)
    if found != MALFORMED:
        assert Decimal(found).scaleb(-8) == Decimal(text)


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("42", 42), ("", MALFORMED), ("4x", MALFORMED)])
def test_whole_number(text: str, number: int) -> None:
    assert whole_number(np.frombuffer(text.encode(), np.uint8), 0, len(text)) == number


@given(st.text('[]", .0123456789x', max_size=60))
def test_no_text_makes_the_level_reader_leave_its_bounds(text: str) -> None:
    out = np.full((6, WORDS), 7, np.int64)
    data = np.frombuffer(text.encode(), np.uint8)
    n = json_depth(data, data, 1, out[:4])
    assert -1 <= n <= 4
    assert (out[4:] == 7).all()


def test_more_levels_than_room_are_refused() -> None:
    side = np.frombuffer(b'[["1","1"],["2","1"]]', np.uint8)
    assert json_depth(side, side, 1, np.zeros((4, WORDS), np.int64)) == 4
    assert json_depth(side, side, 1, np.zeros((3, WORDS), np.int64)) == MALFORMED
