"""``keeper memory``: how full each layer of memory is, and what moved up and left."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from keeper_agent.console import OUT, print_json
from keeper_agent.settings import load_settings
from memory.account import present
from memory.layers import Layer, layers
from memory.parameters import ParameterStore
from memory.store import Store
from tools.domain.clock import SystemClock


def show_layers(*, home: Path | None, as_json: bool) -> None:
    """Every layer as it is known now; it may be asked beside a running agent."""
    settings = load_settings(keeper_home=home)
    with Store.open(settings.keeper_home, read_only=True) as store:
        ts = present(store, SystemClock().now())
        parameters = ParameterStore(store, settings.parameter_overrides()).snapshot(ts)
        found = layers(store, ts, parameters)
    if as_json:
        print_json({"ts": ts, "layers": layers_as_data(found)})
    else:
        OUT.print(_table(found))
        for one in found:
            OUT.print(f"[bold]{one.name}[/]: {one.holds}", soft_wrap=True)
            OUT.print(f"  moves up: {one.promotion}", soft_wrap=True)
            OUT.print(f"  leaves:   {one.decay}", soft_wrap=True)


def layers_as_data(found: tuple[Layer, ...]) -> list[dict[str, Any]]:
    """The layers as plain data."""
    return [asdict(one) for one in found]


def _table(found: tuple[Layer, ...]) -> Table:
    table = Table(title="Layers of memory", title_justify="left")
    table.add_column("layer")
    for name in ("in force", "capacity", "moved up", "left"):
        table.add_column(name, justify="right")
    for one in found:
        numbers = (_number(one.size, "in the agent"), _number(one.capacity, "no bound"))
        table.add_row(one.name, *numbers, _number(one.promoted, "-"), _number(one.retired, "-"))
    return table


def _number(value: int | None, without: str) -> str:
    return without if value is None else f"{value:,}"
