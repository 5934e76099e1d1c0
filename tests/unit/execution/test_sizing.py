"""Size follows the MM's average order; the worked cases of the specification hold exactly."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Context, Decimal, getcontext, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet, default_parameters
from tools.execution.sizing import SizeRequest, SizingMode, entry_wish, mm_average_usd, size_entry
from tools.risk.limits import RiskAppetite, money

PARAMETERS = default_parameters()
ALGO = Instrument(
    symbol="ALGOUSDT",
    venue="mexc",
    base="ALGO",
    quote="USDT",
    tick=10_000,
    lot=1_000_000,
    min_notional=Decimal(1),
    maker_fee_bps=0.0,
    taker_fee_bps=5.0,
    quote_usd=Decimal(1),
    quiet_limit_s=10.0,
    has_dense_trade_ids=False,
)
PRICE = 20_000_000  # 0.20
TEN = Decimal(10)


def request(**changes: object) -> SizeRequest:
    base = SizeRequest(ALGO, PRICE, target_usd=TEN, mm_average_usd=Decimal("2.00"))
    return base._replace(**changes)  # type: ignore[arg-type]


def limits_of(clamps: object) -> list[str]:
    return [clamp.limit for clamp in clamps]  # type: ignore[attr-defined]


def test_an_mm_of_two_dollars_is_met_with_seven_slices_of_at_most_one_sixty_two_seconds_apart() -> None:
    sizing = size_entry(request(), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.size_usd == Decimal("1.60")
    assert len(sizing.plan.slices) == 7
    assert sizing.plan.split_delay_s == 2.0
    assert sizing.plan.value_quote == TEN
    values = [ALGO.value(size, PRICE) for size in sizing.plan.slices]
    assert sum(values) == TEN
    assert all(Decimal(1) <= value <= Decimal("1.60") for value in values)
    assert sizing.clamps == ()


def test_an_mm_of_fifty_dollars_is_met_with_one_order() -> None:
    sizing = size_entry(request(mm_average_usd=Decimal(50)), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.plan.slices == (sizing.plan.size,)
    assert sizing.plan.value_quote == TEN
    assert sizing.plan.split_delay_s == 0.0
    assert "one order" in sizing.plan.reasoning


@pytest.mark.parametrize(
    ("appetite", "slice_usd", "count"),
    [
        (RiskAppetite.CONSERVATIVE, "1.60", 7),
        (RiskAppetite.BALANCED, "2.00", 5),
        (RiskAppetite.AGGRESSIVE, "2.40", 5),
    ],
)
def test_appetite_scales_the_slice(appetite: RiskAppetite, slice_usd: str, count: int) -> None:
    sizing = size_entry(request(appetite=appetite), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.size_usd == Decimal(slice_usd)
    assert len(sizing.plan.slices) == count


def test_without_an_mm_average_one_slice_of_the_default_is_taken_and_said() -> None:
    sizing = size_entry(request(mm_average_usd=None), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.plan.value_quote == Decimal(2)
    assert len(sizing.plan.slices) == 1
    assert limits_of(sizing.clamps) == ["mm_unknown"]
    assert "no MM average" in sizing.plan.reasoning


def test_fixed_mode_slices_by_the_default_order_size() -> None:
    sizing = size_entry(request(mode=SizingMode.FIXED, mm_average_usd=Decimal(50)), PARAMETERS)
    assert sizing.plan is not None
    assert [ALGO.value(size, PRICE) for size in sizing.plan.slices] == [Decimal(2)] * 5


def test_fixed_mode_stays_within_the_conservative_share_and_leaves_it_only_by_choice() -> None:
    held = size_entry(request(mode=SizingMode.FIXED), PARAMETERS)
    free = size_entry(request(mode=SizingMode.FIXED, appetite=RiskAppetite.BALANCED), PARAMETERS)
    assert held.size_usd == Decimal("1.60")
    assert free.size_usd == Decimal(2)


@pytest.mark.parametrize(
    ("confidence", "target"), [(0.0, "1"), (0.5, "5.5"), (1.0, "10"), (7.0, "10"), (float("nan"), "1")]
)
def test_dynamic_mode_grows_with_confidence_from_the_minimum(confidence: float, target: str) -> None:
    wish = entry_wish(request(mode=SizingMode.DYNAMIC, confidence=confidence), PARAMETERS)
    assert wish.usd == Decimal(target)


def test_a_quote_without_a_dollar_rate_gets_no_order_and_says_why() -> None:
    foreign = replace(ALGO, quote="BTC", quote_usd=None)
    sizing = size_entry(request(instrument=foreign), PARAMETERS)
    assert sizing.plan is None
    assert limits_of(sizing.clamps) == ["quote_rate"]
    assert "BTC" in sizing.clamps[0].reason


def test_a_dollar_rate_other_than_one_is_applied_to_target_and_slices() -> None:
    euro = replace(ALGO, quote_usd=Decimal("1.25"))
    sizing = size_entry(request(instrument=euro), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.plan.value_quote == Decimal(8)
    assert len(sizing.plan.slices) == 7


def test_the_venue_minimum_raises_an_entry_up_to_the_largest_allowed() -> None:
    strict = replace(ALGO, min_notional=Decimal(5))
    sizing = size_entry(request(instrument=strict, target_usd=None, mm_average_usd=Decimal(500)), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.plan.value_quote == Decimal(5)
    assert [(c.limit, c.before, c.after) for c in sizing.clamps] == [("smallest_order", "2", "5")]


def test_a_venue_minimum_beyond_the_largest_entry_gets_no_order() -> None:
    strict = replace(ALGO, min_notional=Decimal(11))
    sizing = size_entry(request(instrument=strict), PARAMETERS)
    assert sizing.plan is None
    assert limits_of(sizing.clamps) == ["smallest_order"]


def test_a_lot_worth_more_than_the_largest_entry_gets_no_order() -> None:
    share = replace(ALGO, lot=100_000_000, min_notional=Decimal(0))
    assert size_entry(request(instrument=share, price=220 * 10**8), PARAMETERS).plan is None


def test_conservative_never_enters_where_the_smallest_order_outgrows_the_mms_share() -> None:
    sizing = size_entry(request(mm_average_usd=Decimal("1.20")), PARAMETERS)
    assert sizing.plan is None
    assert limits_of(sizing.clamps) == ["mm_protection"]


def test_the_operator_may_choose_to_slice_at_the_venue_minimum_instead() -> None:
    sizing = size_entry(request(mm_average_usd=Decimal("0.80"), appetite=RiskAppetite.AGGRESSIVE), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.size_usd == Decimal(1)
    assert limits_of(sizing.clamps) == ["smallest_order"]


def test_a_target_beyond_the_largest_entry_is_cut_and_recorded() -> None:
    sizing = size_entry(request(target_usd=Decimal(25)), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.plan.value_quote == TEN
    assert [(c.limit, c.before, c.after) for c in sizing.clamps] == [("max_order_size", "25", "10")]


def test_slices_beyond_the_most_allowed_are_left_out_and_recorded() -> None:
    parameters = default_parameters({"max_split_count": 3})
    sizing = size_entry(request(), parameters)
    assert sizing.plan is not None
    assert sizing.plan.value_quote == Decimal("4.8")
    assert [(c.limit, c.before, c.after) for c in sizing.clamps] == [("slices", "10", "4.8")]


def test_a_brains_fraction_is_never_undone_by_a_raise() -> None:
    strict = replace(ALGO, min_notional=Decimal(5))
    sizing = size_entry(request(instrument=strict, target_usd=None, fraction=Decimal("0.5")), PARAMETERS)
    assert sizing.plan is None
    assert limits_of(sizing.clamps)[-1] == "smallest_order"


def test_what_the_limits_left_is_never_exceeded() -> None:
    sizing = size_entry(request(ceiling_usd=Decimal("3.333")), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.plan.value_quote <= Decimal("3.333")


def test_the_mm_average_is_read_in_quote_and_told_in_dollars() -> None:
    euro = replace(ALGO, quote_usd=Decimal("1.25"))
    assert mm_average_usd({"mm_avg_order_size": 4.0}, euro) == Decimal(5)
    assert mm_average_usd({"mm_avg_order_size": None}, euro) is None
    assert mm_average_usd({"mm_avg_order_size": float("nan")}, euro) is None
    assert mm_average_usd({}, ALGO) is None


def decimals(low: str, high: str) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=8)


@given(
    target=decimals("0.01", "30"),
    average=st.none() | decimals("0.01", "5000"),
    lot=st.sampled_from([1, 10, 1_000, 1_000_000, 100_000_000]),
    price=st.integers(1, 10**13),
    minimum=st.sampled_from([Decimal(0), Decimal(1), Decimal(5)]),
    rate=decimals("0.001", "70000"),
    mode=st.sampled_from(SizingMode),
    appetite=st.sampled_from(RiskAppetite),
    confidence=st.floats(0, 1),
    fraction=decimals("0", "1"),
    ceiling=st.none() | decimals("0.01", "20"),
)
def test_a_plan_is_exact_bounded_and_on_the_grid_or_absent_with_a_reason(
    target: Decimal,
    average: Decimal | None,
    lot: int,
    price: int,
    minimum: Decimal,
    rate: Decimal,
    mode: SizingMode,
    appetite: RiskAppetite,
    confidence: float,
    fraction: Decimal,
    ceiling: Decimal | None,
) -> None:
    instrument = replace(ALGO, lot=lot, min_notional=minimum, quote_usd=rate)
    asked = SizeRequest(instrument, price, target, average, confidence, mode, appetite, fraction, ceiling)
    sizing = size_entry(asked, PARAMETERS)
    if sizing.plan is None:
        assert sizing.clamps
        return
    plan = sizing.plan
    usd = [instrument.value(size, price) * rate for size in plan.slices]
    assert sum(plan.slices) == plan.size > 0
    assert all(size % lot == 0 for size in plan.slices)
    assert 1 <= len(plan.slices) <= PARAMETERS.whole("max_split_count")
    assert all(value >= max(Decimal(1), minimum * rate) - Decimal("1e-15") for value in usd)
    assert sum(usd) <= Decimal(10) + Decimal("1e-15")
    assert ceiling is None or sum(usd) <= ceiling + Decimal("1e-15")
    if average is not None and appetite is RiskAppetite.CONSERVATIVE:
        assert all(value <= average * Decimal("0.8") + Decimal("1e-15") for value in usd)


@given(price=st.integers(1, 10**13), lot=st.integers(1, 10**9), rate=decimals("0.0001", "90000"))
def test_raising_to_the_smallest_order_never_loses_the_last_lot_to_rounding(
    price: int, lot: int, rate: Decimal
) -> None:
    instrument = replace(ALGO, lot=lot, quote_usd=rate, min_notional=Decimal(0))
    sizing = size_entry(SizeRequest(instrument, price, target_usd=Decimal("0.01")), PARAMETERS)
    lot_usd = Fraction(lot * price, 10**16) * Fraction(rate)
    smallest_usd = math.ceil(1 / lot_usd) * lot_usd
    assert (sizing.plan is not None) == (smallest_usd <= 10)


@pytest.mark.parametrize("average", [0.9999999999999998, 0.99999999951])
def test_a_slice_that_is_short_by_less_than_the_record_keeps_is_not_told_as_bent(average: float) -> None:
    mm = mm_average_usd({"mm_avg_order_size": average}, ALGO)
    sizing = size_entry(request(mm_average_usd=mm, appetite=RiskAppetite.BALANCED), PARAMETERS)
    assert sizing.plan is not None
    assert sizing.size_usd == Decimal(1)
    assert sizing.clamps == ()


@given(
    target=st.decimals("0.01", "300", places=10),
    average=st.none() | st.floats(0.01, 500),
    confidence=st.floats(0, 1),
    mode=st.sampled_from(SizingMode),
    appetite=st.sampled_from(RiskAppetite),
    fraction=st.decimals("0", "1", places=3),
)
def test_every_recorded_clamp_changes_something(
    target: Decimal,
    average: float | None,
    confidence: float,
    mode: SizingMode,
    appetite: RiskAppetite,
    fraction: Decimal,
) -> None:
    sizing = size_entry(
        request(
            target_usd=target,
            mm_average_usd=mm_average_usd({"mm_avg_order_size": average}, ALGO),
            confidence=confidence,
            mode=mode,
            appetite=appetite,
            fraction=fraction,
        ),
        PARAMETERS,
    )
    assert all(clamp.before != clamp.after for clamp in sizing.clamps)


@given(usd=st.decimals("0", "1e12", places=17) | st.sampled_from([Decimal("1E+3"), Decimal("-0.000000001")]))
def test_an_amount_is_told_in_full_to_eight_places_as_the_record_keeps_amounts(usd: Decimal) -> None:
    told = money(usd.quantize(Decimal("0.00000001"), context=Context(prec=60)))
    sizing = size_entry(request(mm_average_usd=usd), PARAMETERS)
    if sizing.plan is not None:
        assert f"MM average order {told} USD" in sizing.plan.reasoning
    wish = entry_wish(request(fraction=Decimal("0.5"), target_usd=max(Decimal(1), min(TEN, usd))), PARAMETERS)
    assert wish.clamps[0].before == money(
        max(Decimal(1), min(TEN, usd)).quantize(Decimal("0.00000001"), context=Context(prec=60))
    )


@pytest.mark.parametrize("price", [PRICE, 0])
def test_the_callers_decimals_are_as_they_were_even_where_a_size_fails(price: int) -> None:
    mine = Context(prec=7)
    with localcontext(mine):
        before = getcontext()
        if price:
            assert size_entry(request(price=price), PARAMETERS).plan is not None
        else:
            with pytest.raises(ValueError, match="price must be positive"):
                size_entry(request(price=price), PARAMETERS)
        assert getcontext() is before
        assert Decimal(1) / Decimal(3) == Decimal("0.3333333")


def learned(share: float) -> ParameterSet:
    values = {**PARAMETERS.values, "symbol_size_share@ALGOUSDT": share}
    return ParameterSet(values, 12, {"symbol_size_share@ALGOUSDT": "version 12"})


def test_a_symbol_that_is_marked_gets_its_share_of_the_usual_size_and_the_record_says_so() -> None:
    sizing = size_entry(request(), learned(0.5))
    assert sizing.plan is not None
    assert sizing.plan.value_quote == TEN / 2
    (clamp,) = sizing.clamps
    assert (clamp.limit, clamp.before, clamp.after) == ("symbol_size_share", "10", "5")
    assert clamp.reason == "ALGOUSDT is held to 0.5 of the usual size (version 12)"


def test_a_symbol_that_is_taken_out_is_not_entered_and_another_is() -> None:
    sizing = size_entry(request(), learned(0.0))
    assert sizing.plan is None
    assert limits_of(sizing.clamps) == ["symbol_size_share"]
    other = replace(ALGO, symbol="ADAUSDT")
    assert size_entry(request(instrument=other), learned(0.0)).plan is not None
