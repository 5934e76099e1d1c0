"""``keeper dataset export``: every round trip of memory as one Parquet file to learn from."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from functools import partial
from pathlib import Path

from rich.markup import escape

from keeper_agent.console import OUT, print_json, progress
from keeper_agent.dataset import NAME, SUFFIX, Written, require_dataset_path, write_dataset
from keeper_agent.settings import load_settings
from memory.account import present
from memory.round_trips import TripFilter
from memory.store import Store
from tools.domain.clock import SystemClock, day_bounds
from tools.domain.errors import BadUsage
from tools.market.instruments import instrument_for
from tools.models.round_trips import COLUMNS, SCHEMA_VERSION


def export_dataset(
    *,
    out: Path | None,
    world: str | None,
    symbol: str | None,
    since: str | None,
    until: str | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Write the dataset and say what is in it."""
    settings = load_settings(keeper_home=home)
    path = out or settings.keeper_home / "datasets" / f"{NAME}{SUFFIX}"
    first, end = _day(since, "--since"), _day(until, "--until")
    if first is not None and end is not None and first >= end:
        raise BadUsage(f"--since must lie before --until, was {since} and {until}")
    require_dataset_path(path)
    rate = partial(_rate, settings.quote_usd)
    with Store.open(settings.keeper_home, read_only=True) as store:
        as_of = present(store, SystemClock().now())
        wanted = TripFilter(as_of=as_of, world=world, symbol=symbol, ts_from=first or 0, ts_to=end)
        with progress("writing round trips", 1) as bar:

            def each(done: int, total: int) -> None:
                bar.update(bar.task_ids[0], completed=done, total=total)

            written = write_dataset(store, wanted, path, rate, each)
    _say(path, written, as_of, as_json=as_json)


def _say(path: Path, written: Written, as_of: int, *, as_json: bool) -> None:
    columns = len(COLUMNS) + 1
    if as_json:
        told = {"out": str(path), "schema_version": SCHEMA_VERSION, "columns": columns, "as_of": as_of}
        print_json({**told, **asdict(written)})
        return
    kinds = ", ".join(
        f"{n:,} {kind} (worth {written.effective[kind]:,.0f} independent)"
        for kind, n in sorted(written.rows.items())
    )
    total = sum(written.rows.values())
    OUT.print(f"{total:,} round trips of {columns} columns in {escape(str(path))}", soft_wrap=True)
    OUT.print(f"{kinds}; {written.repeated:,} left out: the same market played again", soft_wrap=True)
    OUT.print(f"schema {SCHEMA_VERSION}, sha256 {written.sha256}", soft_wrap=True)


def _rate(given: Decimal | None, venue: str, symbol: str) -> Decimal | None:
    return instrument_for(venue, symbol, quote_usd=given).quote_usd


def _day(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    try:
        return day_bounds(text)[0]
    except ValueError:
        raise BadUsage(f"{option} expects a date such as 2026-01-31, was {text[:40]!r}") from None
