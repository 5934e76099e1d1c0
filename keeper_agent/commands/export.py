"""``keeper export``: fills, round trips or profit and loss by day, as CSV or Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.markup import escape

from keeper_agent.console import OUT, print_json
from keeper_agent.exports import TABLES, Line, Totals
from keeper_agent.settings import load_settings
from keeper_agent.table_file import write_table
from memory.store import Store
from tools.domain.errors import BadUsage
from tools.domain.market import plain


def export_table(*, table: str, form: str, out: Path, home: Path | None, as_json: bool) -> None:
    """Write the table and say what it adds up to.

    Raises:
        BadUsage: There is no such table, or ``out`` must not be written to.
        NotInRecord: Nothing was remembered yet.
    """
    if table not in TABLES:
        raise BadUsage(f"expected one of {', '.join(TABLES)}, was {table[:40]!r}")
    types, lines, money = TABLES[table]
    totals = Totals()
    with Store.open(load_settings(keeper_home=home).keeper_home, read_only=True) as store:
        write_table(out, form, types, _counted(lines(store), totals, money))
    if as_json:
        sums: dict[str, dict[str, str]] = {}
        for (name, quote), value in sorted(totals.money.items()):
            sums.setdefault(quote, {})[name] = plain(value)
        print_json({"out": str(out), "table": table, "rows": totals.rows, "totals": sums})
        return
    OUT.print(f"{totals.rows:,} rows in {escape(str(out))}", soft_wrap=True)
    for (name, quote), value in sorted(totals.money.items()):
        OUT.print(f"  {name} {plain(value)} {escape(quote)}", soft_wrap=True)


def _counted(lines: Iterator[Line], totals: Totals, money: tuple[str, ...]) -> Iterator[Line]:
    for line in lines:
        totals.take(line, money)
        yield line
