"""``keeper download symbols``: the table of a venue's markets, from caches that are young enough."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from keeper_agent.console import OUT, print_json
from keeper_agent.download_session import Order, Session, in_session, listings_of
from keeper_agent.views.download import market_table
from tools.domain.clock import iso
from tools.market.history.cache import Fetched
from tools.market.history.listing import Listings, Ticker, Tickers

TICKERS_S = 60.0


def show_markets(order: Order, quote: str | None, *, as_json: bool) -> None:
    """The venue's markets from the caches, largest volume first."""

    async def run(session: Session) -> tuple[Fetched[Listings], Fetched[Tickers]]:
        return await listings_of(session), await session.cache.get(
            "tickers",
            TICKERS_S,
            fetch=session.source.tickers,
            pack=lambda value: {name: asdict(ticker) for name, ticker in value.items()},
            unpack=lambda value: {name: Ticker(**row) for name, row in value.items()},
        )

    (markets, tickers), _ = in_session(order, run, is_timed=False)
    rows = market_rows(markets.value, tickers.value, quote)
    if as_json:
        times = {"markets_fetched_at": iso(markets.at), "tickers_fetched_at": iso(tickers.at)}
        print_json({"venue": order.venue, **times, "markets": rows})
        return
    OUT.print(market_table(rows))
    OUT.print(
        f"{len(rows)} markets; rules of {iso(markets.at)}, volumes of {iso(tickers.at)}", soft_wrap=True
    )


def market_rows(markets: Listings, tickers: Tickers, quote: str | None) -> list[dict[str, Any]]:
    """Markets and what became of them, largest volume in its own quote first."""
    nothing = Ticker("", "", "")
    rows = []
    for market in markets.markets:
        ticker = tickers.get(market.symbol, nothing)
        if quote is None or market.quote == quote.upper():
            row = asdict(market) | {"volume_24h": ticker.volume, "quote_volume_24h": ticker.quote_volume}
            rows.append(row | {"last": ticker.last})
    return sorted(rows, key=lambda row: (-float(row["quote_volume_24h"] or 0), row["symbol"]))
