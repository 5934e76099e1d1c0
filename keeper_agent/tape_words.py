"""Words of the commands that work on recorded files; ``cli`` gathers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keeper_agent.record_words import Home, Json

Trades = Annotated[Path, typer.Option("--trades", help="Prints, Tardis columns: .csv.gz, .csv or .parquet.")]
Book = Annotated[
    Path, typer.Option("--book", help="Book changes, Tardis columns: .csv.gz, .csv or .parquet.")
]
Symbol = Annotated[str, typer.Option("--symbol", help="Symbol as the file spells it, e.g. BTCUSDT.")]
QuoteUsd = Annotated[
    float | None,
    typer.Option("--quote-usd", help="US dollars per quote unit, where the quote is no dollar."),
]


def replay(
    trades: Trades,
    book: Book,
    symbol: Symbol,
    venue: Annotated[str, typer.Option("--venue", help="Venue as the file spells it, e.g. binance.")],
    memory: Annotated[
        str | None,
        typer.Option("--memory", help="Snapshot (name or folder) or home to start from; default: empty."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the record.")] = None,
    quote_usd: QuoteUsd = None,
    repeat: Annotated[
        str | None,
        typer.Option(
            "--repeat",
            help="Run of the home over this very recording: what it asked is asked again, of its record, "
            "and every decision is compared. Start from the memory it started from.",
        ),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Run the same cycle over recorded files, as fast as it goes, with a memory of its own."""
    from keeper_agent.commands.replay import replay_files  # heavy: the kernels

    replay_files(
        trades=trades,
        book=book,
        symbol=symbol,
        venue=venue,
        memory=memory,
        out=out,
        quote_usd=quote_usd,
        repeat=repeat,
        home=home,
        as_json=as_json,
    )


def lookahead(
    trades: Trades,
    book: Book,
    symbol: Symbol,
    venue: Annotated[str, typer.Option("--venue", help="Venue as the file spells it, e.g. binance.")],
    cuts: Annotated[int, typer.Option("--cuts", help="At how many points the recording is cut off.")] = 20,
    quote_usd: QuoteUsd = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Cut a recording off at many points and show that nothing before a cut depends on what came later."""
    from keeper_agent.commands.lookahead import look_for_it  # heavy: the kernels

    look_for_it(
        trades=trades,
        book=book,
        symbol=symbol,
        venue=venue,
        cuts=cuts,
        quote_usd=quote_usd,
        home=home,
        as_json=as_json,
    )


def sense(
    trades: Trades,
    book: Book,
    symbol: Symbol,
    out: Annotated[Path, typer.Option("--out", help="Parquet file to write.")],
    every: Annotated[str, typer.Option("--every", help="Step, e.g. 250ms, 1s, 1m.")] = "1s",
    venue: Annotated[
        str | None,
        typer.Option("--venue", help="Venue as the file spells it; default: what the file says."),
    ] = None,
    quote_usd: QuoteUsd = None,
    orders_out: Annotated[
        Path | None,
        typer.Option("--orders-out", help="Parquet file for the level orders inferred from book and tape."),
    ] = None,
    outlook_out: Annotated[
        Path | None,
        typer.Option("--outlook-out", help="Parquet file for variance ahead, regime and correlation."),
    ] = None,
    leader_trades: Annotated[
        Path | None, typer.Option("--leader-trades", help="Trades of the symbol to correlate with.")
    ] = None,
    leader_book: Annotated[
        Path | None, typer.Option("--leader-book", help="Book of the symbol to correlate with.")
    ] = None,
    leader_symbol: Annotated[
        str | None, typer.Option("--leader-symbol", help="The symbol to correlate with, e.g. BTCUSDT.")
    ] = None,
    alerts_out: Annotated[
        Path | None,
        typer.Option(
            "--alerts-out",
            help="Parquet file for withdrawn large orders that look like spoofing. "
            "On liquid markets a ranking by score, not findings.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the feature and detection series of a recording, one row a step."""
    from keeper_agent.commands.sense import sense_files  # heavy: the kernels

    sense_files(
        trades=trades,
        book=book,
        symbol=symbol,
        venue=venue,
        out=out,
        every=every,
        quote_usd=quote_usd,
        as_json=as_json,
        orders_out=orders_out,
        outlook_out=outlook_out,
        leader=(leader_trades, leader_book, leader_symbol),
        alerts_out=alerts_out,
    )
