"""Slices of what the market maker was seen to bear, within the operator's appetite."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tools.domain.market import Instrument
from tools.domain.parameter import default_parameters
from tools.execution.sizing import SizeRequest, SizingMode, size_entry
from tools.execution.tolerating import tolerance_reason, tolerated_of
from tools.risk.limits import RiskAppetite

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
TEN = Decimal(10)


def request(**changes: object) -> SizeRequest:
    base = SizeRequest(ALGO, 20_000_000, target_usd=TEN, mm_average_usd=Decimal("2.00"))
    return base._replace(**changes)  # type: ignore[arg-type]


def limits_of(clamps: object) -> list[str]:
    return [clamp.limit for clamp in clamps]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("tolerated", "appetite", "slice_usd"),
    [
        ("0.5", RiskAppetite.CONSERVATIVE, "1.000"),
        ("3", RiskAppetite.CONSERVATIVE, "1.600"),
        ("3", RiskAppetite.AGGRESSIVE, "2.40"),
        ("1.1", RiskAppetite.AGGRESSIVE, "2.200"),
        (None, RiskAppetite.AGGRESSIVE, "1.600"),
    ],
)
def test_learned_slices_are_what_the_mm_bears_and_never_beyond_the_appetite(
    tolerated: str | None, appetite: RiskAppetite, slice_usd: str
) -> None:
    bears = None if tolerated is None else Decimal(tolerated)
    asked = request(mode=SizingMode.LEARNED, appetite=appetite, tolerated=bears, tolerance_reason="because")
    sizing = size_entry(asked, PARAMETERS)
    assert sizing.plan is not None
    assert sizing.size_usd == Decimal(slice_usd)
    assert sizing.plan.value_quote == TEN
    assert "(because)" in sizing.plan.reasoning


def test_learned_sizing_never_enters_where_the_smallest_order_is_more_than_is_borne() -> None:
    asked = request(mode=SizingMode.LEARNED, appetite=RiskAppetite.AGGRESSIVE, tolerated=Decimal("0.4"))
    sizing = size_entry(asked, PARAMETERS)
    assert sizing.plan is None
    assert limits_of(sizing.clamps) == ["mm_protection"]


def test_what_was_learned_of_the_mm_is_heeded_in_learned_mode_alone() -> None:
    sizing = size_entry(request(tolerated=Decimal("0.5")), PARAMETERS)
    assert sizing.size_usd == Decimal("1.60")


def test_what_was_learned_is_read_from_the_signal_and_told_in_words() -> None:
    told = {
        "mm_tolerated_share": 0.61234,
        "mm_tolerance": 1.4,
        "mm_reactions": 12.0,
        "mm_reactions_left": 1.0,
    }
    assert tolerated_of(told) == Decimal("0.6123")
    assert tolerance_reason(told) == (
        "after 12 fills it left 1 times, so 0.61 of its order, its limit is most likely near 1.40"
    )
    assert tolerated_of({}) is None
    assert tolerance_reason({}) == "nothing was learned of this MM"
