"""Words of the commands that keep an agent running; ``cli`` gathers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keeper_agent.command_list import Sentences
from keeper_agent.record_words import Home, Json

heartbeat_app = typer.Typer(cls=Sentences, no_args_is_help=True, help="Whether the trading loop is alive.")


@heartbeat_app.callback()
def heartbeat() -> None:
    """Whether the trading loop is alive."""


@heartbeat_app.command("check")
def heartbeat_check(
    older: Annotated[
        float, typer.Option("--older", min=5, max=86_400, help="Seconds from which it counts as dead.")
    ] = 60.0,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Exit code 0 where the loop was seen at work lately, 10 where it was not."""
    from keeper_agent.commands.heartbeat import check_heartbeat  # a timer calls it: nothing heavy before

    check_heartbeat(older=older, home=home, as_json=as_json)


def export(
    table: Annotated[str, typer.Argument(help="fills, round-trips or pnl.")],
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    form: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write what was traded as a table, with fees and what brains cost; money is exact."""
    from keeper_agent.commands.export import export_table  # heavy: the database

    export_table(table=table, form=form, out=out, home=home, as_json=as_json)
