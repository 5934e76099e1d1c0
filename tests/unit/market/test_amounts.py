"""Prices and amounts become units exactly, or not at all."""

from decimal import Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tools.domain.market import UNITS
from tools.market.amounts import decimals, rounded_units, units
from tools.market.cells import CellFault

LARGEST = 2**63 - 1
in_units = st.integers(0, LARGEST)
written = st.one_of(
    st.text("0123456789.eE+-_ naif", max_size=12),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    in_units.map(lambda amount: f"{Decimal(amount) / UNITS:f}"),
)


@given(st.lists(in_units, min_size=1))
def test_units_survive_the_way_through_arrow(amounts: list[int]) -> None:
    column = decimals(np.array(amounts, np.int64))
    assert column.to_pylist() == [Decimal(amount).scaleb(-8) for amount in amounts]
    assert units(column, "price", at_least=0).tolist() == amounts


@given(st.lists(in_units, min_size=3), st.data())
def test_slice_of_a_column_is_read_at_its_own_place(amounts: list[int], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(amounts) - 1))
    column = decimals(np.array(amounts, np.int64)).slice(start, 2)
    assert units(column, "price", at_least=0).tolist() == amounts[start : start + 2]


@given(written)
@example("1e-99999999")
@example("1e99999999")
@example("1e-77")
@example("1" + "0" * 600)
@example("0." + "0" * 60 + "1")
@example("1." + "0" * 60 + "1")
@example("00000000000000000000000000000000000000000001.5")
@example("0.00000001")
@example("92233720368.54775807")
@example("92233720368.54775808")
def test_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        (found,) = units(pa.array([text]), "price", at_least=0).tolist()
    except CellFault:
        assert not is_sound(text)
    else:
        assert Decimal(text) == Decimal(found).scaleb(-8)


def is_sound(text: str) -> bool:
    """Whether ``text`` is plainly a number that units can hold."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    is_plain = set(text) <= set("0123456789.") and value < LARGEST // UNITS
    return is_plain and len(text.partition(".")[2]) <= 8


@given(st.lists(st.sampled_from(["1", "0.5", "1e-05", "2.5E+2", "0" * 40 + "7"]), min_size=1))
def test_exponents_amid_plain_numbers_are_read_each_at_its_place(texts: list[str]) -> None:
    for kind in (pa.string(), pa.large_string()):
        found = units(pa.array(texts, kind), "amount", at_least=0)
        assert [Decimal(amount).scaleb(-8) for amount in found.tolist()] == [Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "row"), [(["1e-5", "x", "1e-9"], 1), (["1", "1e-9", "1e99"], 1), (["1", "1e99"], 1)]
)
def test_bad_number_amid_exponents_is_found(texts: list[str], row: int) -> None:
    with pytest.raises(CellFault) as fault:
        units(pa.array(texts), "amount", at_least=0)
    assert fault.value.row == row


@given(st.integers(0, 10**15))
def test_double_of_up_to_15_digits_means_its_decimal(amount: int) -> None:
    column = pa.array([float(Decimal(amount).scaleb(-8))])
    assert units(column, "price", at_least=0).tolist() == [amount]


@given(st.integers(1, 10**14), st.integers(1, 9))
def test_double_with_a_ninth_decimal_is_refused(amount: int, ninth: int) -> None:
    column = pa.array([float(Decimal(amount * 10 + ninth).scaleb(-9))])
    with pytest.raises(CellFault, match=r"multiple of 0\.00000001"):
        units(column, "price", at_least=0)


fine = st.decimals(0, 10**9, allow_nan=False, places=14)


@given(st.lists(fine, min_size=1), st.sampled_from(["text", "exponent", "decimal", "wide decimal"]))
def test_finer_amount_becomes_the_nearest_unit(amounts: list[Decimal], kind: str) -> None:
    columns = {
        "text": pa.array([f"{amount:f}" for amount in amounts]),
        "exponent": pa.array([f"{amount:e}" for amount in amounts]),
        "decimal": pa.array(amounts, pa.decimal128(38, 14)),
        "wide decimal": pa.array(amounts, pa.decimal256(60, 14)),
    }
    found, is_rounded = rounded_units(columns[kind], "amount", at_least=0)
    nearest = [amount.quantize(Decimal("1e-8")) for amount in amounts]
    assert [Decimal(units).scaleb(-8) for units in found.tolist()] == nearest
    assert is_rounded.tolist() == [near != amount for near, amount in zip(nearest, amounts, strict=True)]


def test_finer_plain_amounts_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.market.amounts.nearest_units", None)
    texts = ["0.123456789012", "12.3456", "0.00012345678901234567", "7", "1.000000005", "1.000000015"]
    for column in (pa.array(texts), pa.array([Decimal(text) for text in texts], pa.decimal256(60, 20))):
        found, is_rounded = rounded_units(column, "amount", at_least=1)
        assert found.tolist() == [12345679, 1234560000, 12346, 700000000, 100000000, 100000002]
        assert is_rounded.tolist() == [True, False, True, False, True, True]


@given(st.lists(st.floats(0, 1e5), min_size=1))
def test_finer_double_becomes_the_nearest_unit(amounts: list[float]) -> None:
    found, is_rounded = rounded_units(pa.array(amounts), "amount", at_least=0)
    for in_unit, rounded, amount in zip(found.tolist(), is_rounded.tolist(), amounts, strict=True):
        assert abs(Decimal(in_unit).scaleb(-8) - Decimal(amount)) <= Decimal("0.500001e-8")
        assert rounded or abs(in_unit / UNITS - amount) <= amount * 2**-50


@given(st.lists(in_units, min_size=1))
def test_amount_that_needs_no_rounding_is_read_as_ever(amounts: list[int]) -> None:
    column = decimals(np.array(amounts, np.int64))
    found, is_rounded = rounded_units(column, "amount", at_least=0)
    assert found.tolist() == amounts
    assert not is_rounded.any()


@pytest.mark.parametrize("text", ["-0.000000000001", "-1e-12", "-4e-9"])
@pytest.mark.parametrize("convert", [str, float, Decimal])
def test_amount_just_below_nothing_is_not_rounded_to_it(text: str, convert: type) -> None:
    with pytest.raises(CellFault, match="0 or more") as fault:
        rounded_units(pa.array([convert("1.5"), convert(text)]), "amount", at_least=0)
    assert fault.value.row == 1


@pytest.mark.parametrize("bad", ["cheap", "nan", "1e40", "", "92233720368.999999999999"])
def test_rounding_cures_nothing_but_fineness(bad: str) -> None:
    with pytest.raises(CellFault) as fault:
        rounded_units(pa.array(["0.123456789012", "1", bad]), "amount", at_least=0)
    assert fault.value.row == 2


@given(st.integers(1, 9_999_999), st.integers(-8, 3))
def test_single_means_its_shortest_text(digits: int, exponent: int) -> None:
    value = Decimal(digits).scaleb(exponent)
    column = pa.array([float(value)], pa.float32())
    assert units(column, "price", at_least=1).tolist() == [int(value * UNITS)]
    assert rounded_units(column, "amount", at_least=1)[0].tolist() == [int(value * UNITS)]


@pytest.mark.parametrize("bad", range(9))
def test_first_refused_row_is_found_wherever_it_is(bad: int) -> None:
    texts = ["1"] * 9
    texts[bad] = texts[-1] = "x"
    with pytest.raises(CellFault) as fault:
        units(pa.array(texts), "price", at_least=0)
    assert fault.value.row == bad
