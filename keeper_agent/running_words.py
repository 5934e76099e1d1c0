"""Words of the commands that speak with a running agent; ``cli`` gathers them."""

from __future__ import annotations

from typing import Annotated

import typer

from keeper_agent.record_words import Home, Json


def status(
    watch: Annotated[bool, typer.Option("--watch", help="Draw again every second, until Ctrl-C.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show how the running agent stands; exit code 10 and the last known state where none runs."""
    from keeper_agent.commands.status import show_status  # heavy: the terminal's tables

    show_status(home=home, as_json=as_json, is_watching=watch)


def limits(home: Home = None, as_json: Json = False) -> None:
    """List every limit of the account: over what it counts, its value in force, what it blocks."""
    from keeper_agent.commands.limits import show_limits  # heavy: a store

    show_limits(home=home, as_json=as_json)


def serve(
    port: Annotated[int | None, typer.Option(help="0 takes a free one (KEEPER_API_PORT).")] = None,
    home: Home = None,
) -> None:
    """Serve the HTTP API over the home until Ctrl-C, beside a running agent or without one."""
    from keeper_agent.commands.serve import serve_home  # heavy: the server

    serve_home(home=home, port=port)


def link(
    rotate: Annotated[
        bool,
        typer.Option("--rotate", help="First make all tokens anew, which ends links and browsers' sessions."),
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print a link that opens the dashboard of the running agent, once and within ten minutes."""
    from keeper_agent.commands.link import show_link  # heavy: the terminal

    show_link(home=home, is_rotating=rotate, as_json=as_json)


def telegram(home: Home = None) -> None:
    """Serve the Telegram bot of TELEGRAM_BOT_TOKEN until Ctrl-C, beside a running agent or without one."""
    from keeper_agent.commands.telegram import serve_telegram  # heavy: the database, HTTP

    serve_telegram(home=home)


def pause(
    reason: Annotated[
        str, typer.Option("--reason", help="Kept in the file, shown with refusals.")
    ] = "by hand",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Enter nothing new, at once and across restarts; what is held and what was begun goes on."""
    from keeper_agent.commands.kill import pause as set_pause  # heavy: the terminal

    set_pause(reason=reason, home=home, as_json=as_json)


def log(
    since: Annotated[
        str | None, typer.Option("--since", help="30m, 2h, 3d before the last event, or a date or time, UTC.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is added, until Ctrl-C.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print what is remembered as text, one line a decision, round trip, lesson or change."""
    from keeper_agent.commands.memory_log import show_log  # heavy: a store

    show_log(home=home, since=since, is_following=follow, as_json=as_json)
