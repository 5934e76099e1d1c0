"""Words of the commands that keep memory safe; ``cli`` gathers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keeper_agent.record_words import Home, Json


def backup(
    to: Annotated[
        Path | None, typer.Option("--to", help="File or folder; default: the folder backups of the home.")
    ] = None,
    gently: Annotated[
        bool, typer.Option("--gently", help="Give way to everything else on this machine.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write everything that is truth to one checked file, beside a running agent too."""
    from keeper_agent.commands.backup import back_up_home  # heavy: the database

    back_up_home(to=to, home=home, as_json=as_json, is_gentle=gently)


def restore(
    file: Annotated[Path, typer.Argument(help="File that keeper backup wrote.")],
    home: Home = None,
    force: Annotated[
        bool, typer.Option("--force", help="Move a memory that is there to a folder beside.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a backup be the memory of the home again; what is there is moved aside, never overwritten."""
    from keeper_agent.commands.restore import restore_home  # heavy: the database

    restore_home(file=file, home=home, is_forced=force, as_json=as_json)


def rekey(
    files: Annotated[list[Path] | None, typer.Argument(help="Backups; default: all in the home.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Seal backups with KEEPER_KEY that are plain or sealed with KEEPER_KEY_BEFORE."""
    from keeper_agent.commands.rekey import reseal  # heavy: the database

    reseal(files=files or [], home=home, as_json=as_json)
