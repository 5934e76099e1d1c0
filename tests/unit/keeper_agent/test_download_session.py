"""The words of ``keeper download`` as moments and names, its bars, and the table of markets."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from keeper_agent.commands.markets import market_rows
from keeper_agent.download_session import Order
from keeper_agent.views.download import Bars, market_table
from tests.support.histories import HOUR, START
from tools.domain.errors import BadUsage
from tools.domain.market import NANOS
from tools.market.history.listing import Listing, Listings, Ticker


class Watch:
    """A stopwatch set by hand, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def elapsed(self) -> int:
        """Nanoseconds."""
        return round(self.seconds * NANOS)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2025-01-01", START),
        ("2025-01-01T01:00", START + HOUR),
        ("2025-01-01 01:00:00.5", START + HOUR + 500),
        ("2025-01-01T01:00Z", START + HOUR),
        ("2025-01-01T03:00+02:00", START + HOUR),
    ],
)
def test_moments_are_utc_unless_they_say_otherwise(text: str, ms: int) -> None:
    assert Order(venue="binance", since=text).window == (ms, None)


@pytest.mark.parametrize("text", ["", "today", "2025-13-01", "1735689600", "2200-01-01", "2025-01-01T25:00"])
def test_other_words_are_no_moments(text: str) -> None:
    with pytest.raises(BadUsage, match="--until expects a moment such as 2025-01-01"):
        _ = Order(venue="binance", until=text).window


@pytest.mark.parametrize("until", ["2025-01-01", "2024-12-31"])
def test_nothing_lies_between_the_end_and_the_start(until: str) -> None:
    with pytest.raises(BadUsage, match=f"--since must lie before --until, was 2025-01-01 and {until}"):
        _ = Order(venue="binance", since="2025-01-01", until=until).window


def test_symbols_are_spelled_as_the_venues_do_each_once() -> None:
    assert Order(venue="binance", symbols=" btc/usdt,ETHUSDT,,BTCUSDT").names == ["BTCUSDT", "ETHUSDT"]


def test_files_go_below_the_home_unless_told_otherwise(tmp_path: Path) -> None:
    assert Order(venue="mexc", home=tmp_path).folder == tmp_path / "history" / "mexc"
    local = Order(venue="mexc", home=tmp_path, base_url="http://127.0.0.1:8080")
    assert local.folder == tmp_path / "history" / "mexc-local"
    assert Order(venue="mexc", home=tmp_path, out=Path("here")).folder == Path("here")


def shown(is_terminal: bool) -> str:
    """What is on the screen after half an hour of a download, and a note."""
    watch, screen = Watch(), io.StringIO()
    with Bars(Console(file=screen, force_terminal=is_terminal, width=120), watch) as bars:
        bars.begin("BTCUSDT", 1_000)
        watch.seconds = 30
        bars.advance("BTCUSDT", 250, 240)
        bars.note("a [hole]")
        watch.seconds = 61
        bars.advance("BTCUSDT", 250, 370)
    return screen.getvalue()


def test_bars_tell_how_far_how_fast_and_how_long() -> None:
    text = shown(True)
    assert "a [hole]" in text
    for words in ("BTCUSDT", "50 %", "610 rows, 10/s"):
        assert words in text


def test_without_a_terminal_there_is_a_line_a_minute() -> None:
    assert shown(False) == "a [hole]\nBTCUSDT: 50 %, 610 rows, 10 a second\n"


def test_markets_are_ordered_by_what_was_traded() -> None:
    markets = Listings(
        (
            Listing("AUSDT", "A", "USDT", "0.1", "1", "5", "TRADING"),
            Listing("BUSDT", "B", "USDT", "0.01", "1", "", "HALT"),
            Listing("CBTC", "C", "BTC", "0.1", "1", "0.0001", "TRADING"),
            Listing("DUSDT", "D", "USDT", "0.1", "1", "5", "TRADING"),
        )
    )
    tickers = {"AUSDT": Ticker("1", "2", "3"), "BUSDT": Ticker("1.5", "9", "1234567.8")}
    rows = market_rows(markets, tickers, "usdt")
    assert [row["symbol"] for row in rows] == ["BUSDT", "AUSDT", "DUSDT"]
    assert len(market_rows(markets, tickers, None)) == 4
    screen = io.StringIO()
    Console(file=screen, width=120).print(market_table(rows))
    lines = [line.split() for line in screen.getvalue().splitlines()]
    assert lines[1] == ["BUSDT", "0.01", "1", "–", "1,234,568", "USDT", "1.5", "HALT"]
    assert lines[3] == ["DUSDT", "0.1", "1", "5", "–", "–", "TRADING"]
