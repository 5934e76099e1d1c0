"""Executions are counted by trade id: any order, any duplication, any interruption."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.support.order_path import SOL, an_order
from tools.domain.market import UNITS
from tools.execution.trades import TradeLedger, trade_key
from tools.execution.wire import Trade

INTENT = an_order("kp1", ts=1)
SIZES = st.lists(st.integers(1, 10**12), min_size=1, max_size=12)


def a_trade(number: int, size: int, *, fee: Decimal = Decimal(0), asset: str = "USDT") -> Trade:
    return Trade("SOL/USDT", str(number), "7", 150 * UNITS, size, fee, asset, False, number)


@given(SIZES, st.randoms(use_true_random=False), st.integers(0, 12))
def test_shuffled_repeated_and_cut_by_a_restart_they_add_up(
    sizes: list[int], chance: object, cut: int
) -> None:
    """INV-03: position = sum of unique fills."""
    trades = [a_trade(number, size) for number, size in enumerate(sizes)]
    told = [*trades, *trades, *trades[::2]]
    chance.shuffle(told)  # type: ignore[attr-defined]
    before = TradeLedger()
    remembered = [
        fill for trade in told[:cut] for fill in [before.take(trade, INTENT, SOL)] if fill is not None
    ]
    after = TradeLedger()
    after.know(remembered)
    new = [fill for trade in told for fill in [after.take(trade, INTENT, SOL)] if fill is not None]
    assert sum(fill.size for fill in remembered + new) == sum(sizes) == after.filled("kp1")
    assert len({fill.trade_id for fill in remembered + new}) == len(sizes)


def test_trade_ids_are_unique_over_symbols() -> None:
    """A venue numbers trades symbol by symbol; memory keeps one id for each venue."""
    assert trade_key("SOLUSDT", "7") != trade_key("BTCUSDT", "7")
    assert trade_key("SOLUSDT", trade_key("SOLUSDT", "7")) == "SOLUSDT:7"


def test_fees_are_booked_in_their_asset_and_valued() -> None:
    ledger = TradeLedger(
        rate=lambda asset, quote: Decimal(600) if (asset, quote) == ("BNB", "USDT") else None
    )
    in_quote = ledger.take(a_trade(1, UNITS, fee=Decimal("0.15")), INTENT, SOL)
    in_coin = ledger.take(a_trade(2, UNITS, fee=Decimal("0.001"), asset="SOL"), INTENT, SOL)
    in_third = ledger.take(a_trade(3, UNITS, fee=Decimal("0.0002"), asset="BNB"), INTENT, SOL)
    unknown = ledger.take(a_trade(4, UNITS, fee=Decimal(3), asset="XYZ"), INTENT, SOL)
    assert in_quote is not None
    assert in_coin is not None
    assert in_third is not None
    assert unknown is not None
    assert (in_quote.fee_quote, in_quote.fee_asset, in_quote.held_change("SOL")) == (
        Decimal("0.15"),
        "",
        UNITS,
    )
    assert (in_coin.fee_quote, in_coin.held_change("SOL")) == (Decimal("0.15"), UNITS - UNITS // 1000)
    assert (in_third.fee_quote, in_third.fee_amount, in_third.held_change("SOL")) == (
        Decimal("0.12"),
        Decimal("0.0002"),
        UNITS,
    )
    assert (unknown.fee_quote, unknown.fee_asset) == (Decimal(0), "XYZ")
    assert ledger.unvalued == {"XYZ": Decimal(3)}
