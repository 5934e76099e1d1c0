"""``keeper limits``: every limit with the value in force, from the table that the checks are made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table

from keeper_agent.console import OUT, print_json
from keeper_agent.settings import load_settings
from memory.account import present
from memory.connection import DATABASE
from memory.parameters import ParameterStore
from memory.store import Store
from tools.domain.clock import SystemClock
from tools.domain.parameter import ParameterSet, default_parameters
from tools.risk.limit_table import TABLE, Limit

OFF = "off"


def show_limits(*, home: Path | None, as_json: bool) -> None:
    """The limits, with the values the home's parameters give them."""
    settings = load_settings(keeper_home=home)
    parameters = _in_force(settings.keeper_home, settings.parameter_overrides())
    if as_json:
        print_json(
            {"parameters_version": parameters.version, "limits": [_row(one, parameters) for one in TABLE]}
        )
        return
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for head in ("limit", "over", "value", "unit", "from", "blocks", "what"):
        is_wrapped = head in ("blocks", "what")
        table.add_column(head, justify="right" if head == "value" else "left", no_wrap=not is_wrapped)
    for one in TABLE:
        told = (one.unit, one.source, one.blocks, one.meaning)
        table.add_row(one.name, one.scope, _value(one, parameters), *told)
    OUT.print(table)


def _in_force(home: Path, overrides: dict[str, float]) -> ParameterSet:
    """The parameters that memory has, where there is a memory."""
    if not (home / DATABASE).exists():
        return default_parameters(overrides)
    with Store.open(home, read_only=True) as store:
        return ParameterStore(store, overrides).snapshot(present(store, SystemClock().now()))


def _row(one: Limit, parameters: ParameterSet) -> dict[str, Any]:
    return {
        "name": one.name,
        "scope": one.scope.value,
        "blocks": one.blocks.value,
        "parameter": one.parameter or None,
        "value": parameters[one.parameter] if one.parameter else None,
        "default": one.default,
        "unit": one.unit,
        "source": one.source,
        "is_off": one.is_off(parameters),
        "watched_by": one.watched or "tools.risk.limits",
        "meaning": one.meaning,
    }


def _value(one: Limit, parameters: ParameterSet) -> str:
    if one.is_off(parameters):
        return OFF
    return _number(parameters[one.parameter] if one.parameter else None)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.10g}"
