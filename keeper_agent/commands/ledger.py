"""``keeper memory ledger``: what memory is worth, thing by thing."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from graphs.report import worth_as_data
from keeper_agent.console import OUT, print_json
from keeper_agent.settings import load_settings
from keeper_agent.views.fitting import Fitted
from memory.account import present
from memory.store import Store
from memory.worth import WorthBook, WorthRecord
from tools.domain.clock import SystemClock

SHORT = 12  # characters


def show_ledger(*, home: Path | None, as_json: bool) -> None:
    """The newest entry of every lesson, strategy and rule."""
    settings = load_settings(keeper_home=home)
    with Store.open(settings.keeper_home, read_only=True) as store:
        found = WorthBook(store).latest(present(store, SystemClock().now()))
    if as_json:
        print_json({"ledger": [worth_as_data(one) for one in found]})
        return
    if not found:
        OUT.print("nothing was valued yet; keeper reflect does it")
        return
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for head in ("what", "name", "signals", "quote", "95 % interval", "verdict"):
        right = head in ("signals", "quote")
        table.add_column(head, justify="right" if right else "left", no_wrap=True)
    for one in found:
        told = ("", "") if one.value_quote is None else (f"{one.value_quote:+.4f}", _interval(one))
        table.add_row(one.kind, _short(one.name), str(one.n), *told, one.verdict.replace("_", " "))
    OUT.print(Fitted(table, kept=2))


def _short(name: str) -> str:
    """An id by its beginning, which commands take as well; a rule's name whole."""
    return name if name.startswith("rule.") else name[:SHORT]


def _interval(one: WorthRecord) -> str:
    return f"{one.low_quote:+.4f} to {one.high_quote:+.4f}"
