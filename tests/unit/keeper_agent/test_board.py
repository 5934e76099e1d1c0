"""What is shown of many symbols at once."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from keeper_agent.views.board import GONE_NS, Board, MakerWatch, SymbolRow

SEEN: dict[str, float | None] = {
    "mid": 0.5123,
    "spread_bps": 9.8,
    "regime": 1.0,
    "mm_detected": 1.0,
    "mm_confidence": 0.8,
    "mm_avg_order_size": 8.2,
    "mm_refresh_rate": 0.4,
    "mm_lower_bound": 0.5121,
    "mm_upper_bound": 0.5127,
}


def a_row(**changes: Any) -> SymbolRow:
    """A symbol with a market maker, unless changed."""
    return SymbolRow("ORBUSDT", "sound", SEEN | changes, None)


def test_a_market_maker_is_told_once_when_found_and_once_when_gone() -> None:
    watch = MakerWatch()
    found = watch.look(a_row(), 0)
    assert found is not None
    assert "market maker found on ORBUSDT: orders of 8.2" in found.plain
    assert watch.look(a_row(), 1) is None
    absent = a_row(mm_detected=0.0)
    assert watch.look(absent, GONE_NS) is None
    gone = watch.look(absent, 1 + GONE_NS)
    assert gone is not None
    assert "no market maker seen on ORBUSDT" in gone.plain
    assert watch.look(absent, 3 * GONE_NS) is None
    assert watch.found == {"ORBUSDT"}


def test_a_market_maker_that_flickers_is_not_told_again() -> None:
    watch = MakerWatch()
    watch.look(a_row(), 0)
    assert watch.look(a_row(mm_detected=0.0), GONE_NS // 2) is None
    assert watch.look(a_row(), GONE_NS) is None
    assert watch.look(a_row(mm_detected=0.0), 2 * GONE_NS - 1) is None


def test_every_symbol_has_a_line_and_what_is_unknown_is_a_dash() -> None:
    console = Console(width=130, record=True, file=io.StringIO())
    console.print(Board([a_row(), SymbolRow("KITEUSDT", "gapped", {}, None, rest_s=212.0)]))
    lines = console.export_text().splitlines()
    assert "0.5121 – 0.5127" in lines[1]
    assert "████░ 0.80" in lines[1]
    assert "watching" in lines[1]
    assert "resting 212 s" in lines[2]
    assert "unavailable" not in lines[2].replace("unavailable  ", "", 1)


def test_a_narrow_terminal_gets_fewer_columns_and_nothing_cut_off() -> None:
    console = Console(width=76, record=True, file=io.StringIO())
    named = a_row(regime=3.0, mid=61719.62, spread_bps=12.5, mm_lower_bound=61719.62, mm_upper_bound=61723.4)
    console.print(Board([named, SymbolRow("KITEUSDT", "gapped", {}, None, rest_s=212.0)]))
    head, first, second = console.export_text().splitlines()
    assert head.split() == ["symbol", "market", "mid", "bps", "MM", "range", "seen", "doing"]
    assert first.split() == ["ORBUSDT", "trending", "61719.6", "12.5", "61719.6–61723.4", "0.80", "watching"]
    assert second.split() == ["KITEUSDT", "gapped", "–", "–", "–", "–", "resting", "212", "s"]
