"""``keeper limits``: every limit with the value in force, from the table that the checks are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from keeper_agent.console import OUT, print_json
from keeper_agent.settings import load_settings
from memory.account import present
from memory.connection import DATABASE
from memory.parameters import ParameterStore
from memory.store import Store
from tools.domain.clock import SystemClock
from tools.domain.parameter import ParameterSet, default_parameters
from tools.execution.kill import KillSwitch, PauseSwitch
from tools.risk.limit_table import TABLE, Blocks, Limit, Scope

OFF, ON = "off", "on"
SET, CLEAR, ALWAYS = "set", "not set", "always on"
NOTE = "MM: the market maker that is followed. No limit ever keeps what is held from being sold."
COUNTED = {Scope.ACCOUNT: "over the account", Scope.SYMBOL: "by symbol", Scope.ENTRY: "by entry"}


def show_limits(*, home: Path | None, as_json: bool) -> None:
    """The limits, with the values the home's parameters give them."""
    settings = load_settings(keeper_home=home)
    place = settings.keeper_home
    parameters = _in_force(place, settings.parameter_overrides())
    if as_json:
        print_json(
            {"parameters_version": parameters.version, "limits": [_row(one, parameters) for one in TABLE]}
        )
        return
    switches = {"kill_switch": KillSwitch(place), "pause": PauseSwitch(place)}
    states = {name: SET if one.is_set else CLEAR for name, one in switches.items()}
    values = {one.name: _value(one, parameters, states) for one in TABLE}
    for (blocks, scope), limits in _groups().items():
        OUT.print(Text.assemble((f"Blocks {blocks.value}", "bold"), (f" (counted {COUNTED[scope]})", "dim")))
        OUT.print(_table(limits, values))
    OUT.print(Text(NOTE, style="dim"))


def _groups() -> dict[tuple[Blocks, Scope], list[Limit]]:
    """The limits by what they block and over what they count, in the order of the table."""
    found: dict[tuple[Blocks, Scope], list[Limit]] = {}
    for blocks in Blocks:
        for one in TABLE:
            if one.blocks is blocks:
                found.setdefault((blocks, one.scope), []).append(one)
    return found


def _table(limits: Sequence[Limit], values: Mapping[str, str]) -> Table:
    """One group, its columns as wide as those of every other."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(width=2 + max(len(one.name) for one in TABLE), no_wrap=True)
    table.add_column(width=max(map(len, values.values())), justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for one in limits:
        table.add_row(f"  {one.name}", values[one.name], one.meaning)
    return table


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


def _value(one: Limit, parameters: ParameterSet, states: Mapping[str, str]) -> str:
    """What is in force, with its unit; of a switch whether it is set."""
    if not one.parameter:
        return states.get(one.name, ALWAYS)
    if one.is_off(parameters):
        return OFF
    value = parameters[one.parameter]
    if one.unit == "switch":
        return ON if value else OFF
    return f"{value:,.10g} {one.unit}".rstrip()
