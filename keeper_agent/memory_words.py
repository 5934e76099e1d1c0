"""The words of ``keeper memory``: its layers, and what keeps them whole."""

from __future__ import annotations

from typing import Annotated

import typer

from keeper_agent.command_list import Sentences
from keeper_agent.learning_words import ledger
from keeper_agent.record_words import Home, Json
from keeper_agent.running_words import log

memory_app = typer.Typer(
    cls=Sentences, invoke_without_command=True, help="The layers of memory; rebuild, verify and freeze it."
)
memory_app.command()(ledger)
memory_app.command()(log)


@memory_app.callback()
def memory_layers(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """Show each layer of memory: how full it is, what moved up into it and what left."""
    if context.invoked_subcommand is not None:
        return
    from keeper_agent.commands.layers import show_layers  # heavy: the database

    show_layers(home=home, as_json=as_json)


@memory_app.command("rebuild")
def memory_rebuild(home: Home = None, as_json: Json = False) -> None:
    """Recreate everything that is derived from the database."""
    from keeper_agent.commands.memory import rebuild_memory  # heavy: the database

    rebuild_memory(home=home, as_json=as_json)


@memory_app.command("verify")
def memory_verify(home: Home = None, as_json: Json = False) -> None:
    """Check the database, its references and the pattern library against it."""
    from keeper_agent.commands.memory import verify_memory  # heavy: the database

    verify_memory(home=home, as_json=as_json)


@memory_app.command("archive")
def memory_archive(
    before: Annotated[
        str | None, typer.Option(help="Archive what was written before this date, YYYY-MM-DD, UTC.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would leave.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Move bulky columns of old rows to compressed files; without a date, as the disk budget asks."""
    from keeper_agent.commands.archive import archive_memory  # heavy: the database

    archive_memory(before=before, dry_run=dry_run, home=home, as_json=as_json)


@memory_app.command("freeze")
def memory_freeze(
    name: Annotated[str, typer.Argument(help="Name of the snapshot.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Keep a frozen snapshot that replays may start from."""
    from keeper_agent.commands.memory import freeze_memory  # heavy: the database

    freeze_memory(name=name, home=home, as_json=as_json)
