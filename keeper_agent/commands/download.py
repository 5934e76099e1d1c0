"""``keeper download``: candles and trades of a venue, brought up to now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from keeper_agent.console import OUT, print_json
from keeper_agent.download_session import NS_A_MS, Order, Session, in_session, require_listed
from tools.domain.clock import iso
from tools.market.history.candle_download import CandleCounts, download_candles
from tools.market.history.candle_file import CandleFile, open_candles
from tools.market.history.files import sole_writer
from tools.market.history.spans import Span
from tools.market.history.timeframes import DAY_MS
from tools.market.history.trade_download import TradeCounts, download_trades
from tools.market.history.trade_store import TradeStore


def download_candle_files(order: Order, timeframe: str, *, as_json: bool) -> None:
    """Bring one Parquet file a symbol up to now, and say what was new."""
    since, _ = order.window

    async def run(session: Session) -> list[dict[str, Any]]:
        frame = session.source.timeframe(timeframe)
        end = session.end(order)
        await require_listed(session, order)
        told = []
        with sole_writer(order.folder):
            for symbol in order.names:
                path = order.folder / f"{symbol}-{frame.name}.parquet"
                file = open_candles(
                    path,
                    venue=order.venue,
                    symbol=symbol,
                    timeframe=frame,
                    note=session.bars.note,
                    source=order.source,
                )
                counts = await download_candles(session.source, file, since, end, session.bars)
                told.append(_candle_row(file, counts))
        return told

    rows, counts = in_session(order, run)
    _report(order, rows, counts, as_json=as_json, line=_candle_line)


def download_trade_files(order: Order, *, as_json: bool) -> None:
    """Bring one file a symbol and UTC day up to now, and say what was new."""
    since, _ = order.window

    async def run(session: Session) -> list[dict[str, Any]]:
        end = session.end(order)
        await require_listed(session, order)
        told = []
        with sole_writer(order.folder):
            for symbol in order.names:
                store = TradeStore(order.folder, order.venue, symbol, session.bars.note, source=order.source)
                start = since if since is not None else store.earliest
                start = (end - DAY_MS if start is None else start) // DAY_MS * DAY_MS
                counts = await download_trades(session.source, store, symbol, (start, end), session.bars)
                told.append(_trade_row(order, symbol, counts))
        return told

    rows, counts = in_session(order, run)
    _report(order, rows, counts, as_json=as_json, line=_trade_line)


def _candle_row(file: CandleFile, counts: CandleCounts) -> dict[str, Any]:
    frame = file.timeframe
    return {
        "symbol": file.symbol,
        "file": str(file.path),
        "candles": len(file.candles),
        **asdict(counts),
        "duplicates_removed": file.duplicates,
        "covered": [_span(span) for span in file.covered.parts],
        "outages": [_span(span) | {"candles": frame.count(span)} for span in file.outages.parts],
    }


def _trade_row(order: Order, symbol: str, counts: TradeCounts) -> dict[str, Any]:
    return {
        "symbol": symbol,
        "files": [str(order.folder / name) for name in counts.files],
        "trades": counts.rows,
        "new": counts.new,
        "filled": counts.faults.refilled,
        "duplicates_removed": counts.faults.duplicates,
        "covered": [_span(counts.covered)],
        "holes": [{"from": first, "up_to": last} for first, last in counts.holes],
    }


def _report(
    order: Order,
    rows: list[dict[str, Any]],
    counts: dict[str, int],
    *,
    as_json: bool,
    line: Callable[[dict[str, Any]], str],
) -> None:
    if as_json:
        print_json({"venue": order.venue, "out": str(order.folder), "symbols": rows, "asked": counts})
        return
    for row in rows:
        OUT.print(line(row), soft_wrap=True, markup=False)
    OUT.print(
        f"{counts['requests']:,} requests, weight {counts['weight']:,}, {counts['retries']} asked again"
    )


def _candle_line(row: dict[str, Any]) -> str:
    missing = sum(outage["candles"] for outage in row["outages"])
    outages = f", {missing:,} missing in {len(row['outages'])} outages of the venue" if missing else ""
    return f"{row['symbol']}: {row['candles']:,} candles, {row['new']:,} new{outages} in {row['file']}"


def _trade_line(row: dict[str, Any]) -> str:
    holes = f", {len(row['holes'])} holes in the venue's own count" if row["holes"] else ""
    return f"{row['symbol']}: {row['trades']:,} trades, {row['new']:,} new{holes}, {len(row['files'])} files"


def _span(span: Span) -> dict[str, str]:
    return {"from": iso(span[0] * NS_A_MS), "up_to": iso(span[1] * NS_A_MS)}
