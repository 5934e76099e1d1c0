"""Words of the commands that deal with what was learned; ``cli`` gathers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keeper_agent.command_list import Sentences
from keeper_agent.record_words import Home, Json

dataset_app = typer.Typer(
    cls=Sentences, no_args_is_help=True, help="What memory holds, as data to learn from."
)
models_app = typer.Typer(cls=Sentences, no_args_is_help=True, help="Versions of the outcome model.")
strategies_app = typer.Typer(cls=Sentences, no_args_is_help=True, help="Strategies learned from the record.")


@strategies_app.command("list")
def list_(home: Home = None, as_json: Json = False) -> None:
    """List what was learned to vote, with its results since and the reason it stands or fell."""
    from keeper_agent.commands.strategies import list_strategies  # heavy: the database

    list_strategies(home=home, as_json=as_json)


@strategies_app.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="File to write.")], home: Home = None, as_json: Json = False
) -> None:
    """Write the active strategies as signed JSON."""
    from keeper_agent.commands.strategies import export_strategies  # heavy: the database

    export_strategies(out=out, home=home, as_json=as_json)


@strategies_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="File that keeper strategies export wrote.")],
    trust: Annotated[
        list[str] | None, typer.Option("--trust", help="Public key that is believed; repeatable.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take strategies from signed JSON; they are silent until matches here prove them."""
    from keeper_agent.commands.strategies import import_strategies  # heavy: the database

    import_strategies(file=file, trust=trust or [], home=home, as_json=as_json)


@models_app.command("list")
def list_models(home: Home = None, as_json: Json = False) -> None:
    """List every version with what it showed on data it had not seen, and which one decides."""
    from keeper_agent.commands.models import list_models as list_versions  # heavy: the models

    list_versions(home=home, as_json=as_json)


@models_app.command("show")
def show_model(
    version: Annotated[str | None, typer.Argument(help="Version; default: the one in force.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show where a version comes from, what it showed, and when and why it was put in force."""
    from keeper_agent.commands.models import show_model as show_version  # heavy: the models

    show_version(version=version, home=home, as_json=as_json)


@models_app.command("promote")
def promote_model(
    version: Annotated[str, typer.Argument(help="Version, as keeper models list shows it.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Put a version in force by hand; the next run decides with it."""
    from keeper_agent.commands.models import promote_model as promote_version  # heavy: the models

    promote_version(version=version, home=home, as_json=as_json)


@models_app.command("rollback")
def roll_back_model(home: Home = None, as_json: Json = False) -> None:
    """Put the version in force that was before the one that is."""
    from keeper_agent.commands.models import roll_back_model as roll_back  # heavy: the models

    roll_back(home=home, as_json=as_json)


@dataset_app.command("export")
def export_dataset(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Parquet file; default: datasets/round_trips.parquet in the home."),
    ] = None,
    world: Annotated[str | None, typer.Option("--world", help="Only recorded, venue or live.")] = None,
    symbol: Annotated[str | None, typer.Option("--symbol", help="Only this symbol.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="From this UTC day, e.g. 2026-01-31.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Before this UTC day.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write one row a round trip, taken or followed on paper, with its label, span and weight, as Parquet."""
    from keeper_agent.commands.dataset import export_dataset as export_rows  # heavy: the database

    export_rows(out=out, world=world, symbol=symbol, since=since, until=until, home=home, as_json=as_json)


def ledger(home: Home = None, as_json: Json = False) -> None:
    """Show what each lesson, strategy and rule is worth in quote currency, with its interval."""
    from keeper_agent.commands.ledger import show_ledger  # heavy: the database

    show_ledger(home=home, as_json=as_json)
