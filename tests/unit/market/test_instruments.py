"""Venues, symbols and grids known before a feed is read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.errors import BadUsage
from tools.domain.market import UNITS
from tools.market.instruments import GRIDS, UNKNOWN_QUOTE, VENUES, instrument_for


@pytest.mark.parametrize(
    ("venue", "symbol", "base", "quote"),
    [
        ("binance", "BTCUSDT", "BTC", "USDT"),
        ("binance", "ETHBTC", "ETH", "BTC"),
        ("binance", "BTCFDUSD", "BTC", "FDUSD"),
        ("binance", "DOTTUSD", "DOT", "TUSD"),
        ("binance", "TUSDUSDT", "TUSD", "USDT"),
        ("binance", "BNBETH", "BNB", "ETH"),
        ("binance", "USDTTRY", "USDT", "TRY"),
        ("binance-futures", "1000PEPEUSDT", "1000PEPE", "USDT"),
        ("binance-futures", "ETHUSDT_250328", "ETH", "USDT"),
        ("binance-delivery", "BNBUSD_PERP", "BNB", "USD"),
        ("mexc", "XRPUSDC", "XRP", "USDC"),
        ("hyperliquid", "BTC", "BTC", "USD"),
        ("hyperliquid", "kPEPE", "kPEPE", "USD"),
        ("nasdaq", "AMZN", "AMZN", "USD"),
        ("kraken", "DOT/USD", "DOT", "USD"),
        ("kraken", "DOTUSD", "DOT", "USD"),
        ("okex-swap", "BTC-USDT-SWAP", "BTC", "USDT"),
        ("bybit", "BTC/USDT:USDT", "BTC", "USDT"),
        ("somewhere", "GOLD", "GOLD", UNKNOWN_QUOTE),
        ("binance", "USDT", "USDT", UNKNOWN_QUOTE),
    ],
)
def test_base_and_quote_are_read_from_the_spelling(venue: str, symbol: str, base: str, quote: str) -> None:
    instrument = instrument_for(venue, symbol)
    assert (instrument.base, instrument.quote, instrument.symbol) == (base, quote, symbol)


@pytest.mark.parametrize(
    ("venue", "maker", "taker"),
    [
        ("binance", 10, 10),
        ("binance-futures", 2, 5),
        ("hyperliquid", 1.5, 4.5),
        ("mexc", 0, 5),
        ("nasdaq", 0, 0),
    ],
)
def test_fees_are_the_public_base_tier(venue: str, maker: float, taker: float) -> None:
    instrument = instrument_for(venue, "BTCUSDT")
    assert (instrument.maker_fee_bps, instrument.taker_fee_bps) == (maker, taker)


def test_known_grids_are_in_units() -> None:
    spot = instrument_for("binance", "BTCUSDT")
    assert (spot.tick, spot.lot, spot.min_notional) == (UNITS // 100, UNITS // 100_000, Decimal(5))
    perpetual = instrument_for("binance-futures", "ETHUSDT")
    assert (perpetual.tick, perpetual.lot, perpetual.min_notional) == (
        UNITS // 100,
        UNITS // 1000,
        Decimal(20),
    )
    cross = instrument_for("binance", "ETHBTC")
    assert (cross.tick, cross.lot, cross.min_notional) == (100, UNITS // 1000, Decimal("0.0001"))


def test_unknown_symbol_has_a_tick_to_learn_and_the_finest_lot() -> None:
    instrument = instrument_for("binance", "NEARUSDT")
    assert (instrument.tick, instrument.lot, instrument.min_notional) == (0, 1, Decimal(1))
    assert instrument_for("binance", "NEARBTC").min_notional == 0


def test_quiet_limit_and_dense_ids_belong_to_the_venue() -> None:
    quiet = {venue: instrument_for(venue, "BTCUSDT").quiet_limit_s for venue in (*VENUES, "elsewhere")}
    assert quiet.pop("nasdaq") is None
    assert set(quiet.values()) == {30.0}
    dense = {
        venue for venue in (*VENUES, "elsewhere") if instrument_for(venue, "BTCUSDT").has_dense_trade_ids
    }
    assert dense == {"binance", "binance-futures"}


def test_dollar_rate_is_one_for_dollar_like_quotes_and_otherwise_given() -> None:
    assert instrument_for("binance", "BTCUSDT").quote_usd == 1
    assert instrument_for("binance", "ETHBTC").quote_usd is None
    assert instrument_for("binance", "ETHBTC", quote_usd=Decimal(60_000)).quote_usd == 60_000
    assert instrument_for("binance", "BTCUSDT", quote_usd=Decimal("0.999")).quote_usd == Decimal("0.999")


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_impossible_rate_is_refused(rate: str) -> None:
    with pytest.raises(BadUsage, match="BTC rate must be a positive number"):
        instrument_for("binance", "ETHBTC", quote_usd=Decimal(rate))


@pytest.mark.parametrize("venue", ["", "Binance", "../etc", "bin ance", "9gag", "a\nb", "x" * 41])
def test_venue_that_is_no_name_is_refused(venue: str) -> None:
    with pytest.raises(BadUsage, match="venue must be") as refused:
        instrument_for(venue, "BTCUSDT")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("symbol", ["", "BTC USDT", "BTC\n", "A" * 41, "BTC'--", "ÄÖ"])
def test_symbol_that_is_no_name_is_refused(symbol: str) -> None:
    with pytest.raises(BadUsage, match="symbol must be") as refused:
        instrument_for("binance", symbol)
    assert "\n" not in str(refused.value)


@given(
    st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9_/:-]{1,40}", fullmatch=True),
)
def test_every_well_formed_name_gives_an_instrument(venue: str, symbol: str) -> None:
    instrument = instrument_for(venue, symbol)
    assert (instrument.venue, instrument.symbol) == (venue, symbol)
    assert instrument.base
    assert instrument.lot >= 1


def test_every_listed_grid_is_of_a_listed_venue() -> None:
    assert {venue for venue, _ in GRIDS} <= set(VENUES)
    for venue, symbol in GRIDS:
        assert instrument_for(venue, symbol).lot > 1
