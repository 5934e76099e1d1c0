"""Words of ``keeper download``; ``cli`` gathers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keeper_agent.command_list import Sentences
from keeper_agent.record_words import Home, Json

app = typer.Typer(
    cls=Sentences, no_args_is_help=True, help="Download a venue's history; a broken-off download goes on."
)

Venue = Annotated[str, typer.Option("--venue", help="binance or mexc.")]
Symbols = Annotated[str, typer.Option("--symbols", help="Symbols, e.g. BTCUSDT,ETHUSDT.")]
Until = Annotated[str | None, typer.Option("--until", help="Up to this moment; default: now.")]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="A local venue, e.g. http://127.0.0.1:8080.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder; default: history/VENUE[-local] in the home.")
]
Weight = Annotated[int, typer.Option("--weight", help="Most request weight in any minute.")]


@app.command()
def candles(
    venue: Venue,
    symbols: Symbols,
    timeframe: Annotated[str, typer.Option("--timeframe", help="Length of a candle, e.g. 5m.")] = "5m",
    since: Annotated[
        str | None, typer.Option("--since", help="From, e.g. 2025-01-01 (UTC); default: the first.")
    ] = None,
    until: Until = None,
    base_url: BaseUrl = None,
    out: Out = None,
    weight: Weight = 1_200,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Download closed candles: one Parquet file a symbol and timeframe."""
    # pyarrow takes long to load, and no other command should wait for it
    from keeper_agent.commands.download import download_candle_files
    from keeper_agent.download_session import Order

    order = Order(
        venue=venue,
        symbols=symbols,
        since=since,
        until=until,
        base_url=base_url,
        out=out,
        weight=weight,
        home=home,
    )
    download_candle_files(order, timeframe, as_json=as_json)


@app.command()
def trades(
    venue: Venue,
    symbols: Symbols,
    since: Annotated[
        str | None,
        typer.Option("--since", help="From this UTC day; default: the first there is, or yesterday."),
    ] = None,
    until: Until = None,
    base_url: BaseUrl = None,
    out: Out = None,
    weight: Weight = 1_200,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Download public trades in the layout that replay reads: one file a symbol and UTC day."""
    # pyarrow takes long to load, and no other command should wait for it
    from keeper_agent.commands.download import download_trade_files
    from keeper_agent.download_session import Order

    order = Order(
        venue=venue,
        symbols=symbols,
        since=since,
        until=until,
        base_url=base_url,
        out=out,
        weight=weight,
        home=home,
    )
    download_trade_files(order, as_json=as_json)


@app.command()
def symbols(
    venue: Venue,
    quote: Annotated[str | None, typer.Option("--quote", help="Only markets in this, e.g. USDT.")] = None,
    base_url: BaseUrl = None,
    weight: Weight = 1_200,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show a venue's markets: tick, lot, smallest order, volume of 24 hours, status."""
    # what a download needs takes long to load
    from keeper_agent.commands.markets import show_markets
    from keeper_agent.download_session import Order

    order = Order(venue=venue, base_url=base_url, weight=weight, home=home)
    show_markets(order, quote, as_json=as_json)
