"""The command line: words in, exit code out; what a command does is in ``commands``.

Exit codes: 0 done, 1 failed, 2 wrong words or setting, 3 bad input file, 4 memory
unusable, 5 home locked, 6 not in the record, 7 model unusable, 8 not enough data, 9 a
broken promise of ours, 10 no agent runs here, 70 an error nobody foresaw (its traceback is in
the home's log), 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from keeper_agent import download_words
from keeper_agent.bench_words import PASSED_ON, bench
from keeper_agent.command_list import Commands, Sentences
from keeper_agent.evaluation_words import ablate, evaluate
from keeper_agent.learning_words import dataset_app, models_app, strategies_app
from keeper_agent.memory_words import memory_app
from keeper_agent.operation_words import export, heartbeat_app
from keeper_agent.record_words import Home, Json, ask, explain, mcp, parity, replay_decision
from keeper_agent.running_words import limits, link, pause, serve, status, telegram
from keeper_agent.tape_words import lookahead, replay, sense
from keeper_agent.vault_words import backup, rekey, restore
from keeper_agent.veil import veiling
from keeper_agent.venue_words import lab, record, venue
from tools.domain.errors import InvariantBroken, KeeperError

INTERNAL = 70
INTERRUPTED = 130
PRIVATE = 0o077  # what a library makes, Chroma or matplotlib, is the owner's alone too

app = typer.Typer(
    name="keeper",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A trading agent that remembers every decision and can prove why it took it.",
    epilog="Exit codes: 0 done, 1 failed, 2 usage, 3 bad input, 4 memory unusable, 5 home locked, "
    "6 not in the record, 7 model unusable, 8 not enough data, 9 broken promise, 10 no agent runs, "
    "70 internal error, 130 interrupted.",
)
train_app = typer.Typer(cls=Sentences, no_args_is_help=True, help="Train models from what memory holds.")
app.add_typer(train_app, name="train")
app.add_typer(memory_app, name="memory")
app.add_typer(download_words.app, name="download")
app.add_typer(strategies_app, name="strategies")
app.add_typer(dataset_app, name="dataset")
app.add_typer(models_app, name="models")
app.add_typer(heartbeat_app, name="heartbeat")


def _tell_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"keeper {version('keeper-agent')}")
        raise typer.Exit


@app.callback()
def before_any(
    is_version_wanted: Annotated[
        bool,
        typer.Option("--version", help="Tell which version this is.", is_eager=True, callback=_tell_version),
    ] = False,
) -> None:
    """A trading agent that remembers every decision and can prove why it took it."""


@app.command()
def run(
    tape: Annotated[Path | None, typer.Option(help="Folder of tapes to play (KEEPER_TAPES).")] = None,
    speed: Annotated[float | None, typer.Option(help="1 is real time (KEEPER_SPEED).")] = None,
    world: Annotated[
        str | None,
        typer.Option(help="recorded (paper), venue (a local exchange) or live (real money) (KEEPER_WORLD)."),
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="Length at a venue (KEEPER_MINUTES).")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Run the agent: on recorded tapes in paper mode, at a local venue, or live with real money."""
    from keeper_agent.settings import load_settings

    settings = load_settings(
        keeper_home=home, keeper_tapes=tape, keeper_speed=speed, keeper_world=world, keeper_minutes=minutes
    )
    if settings.keeper_world == "venue":
        from keeper_agent.commands.local_venue import trade_at_local_venue

        trade_at_local_venue(settings, as_json=as_json)
    elif settings.keeper_world == "live":
        from keeper_agent.commands.live import trade_live

        trade_live(settings, as_json=as_json)
    else:
        from keeper_agent.commands.run import run_agent

        run_agent(settings, as_json=as_json)


@train_app.command("outcome")
def train_outcome(
    tape: Annotated[
        list[Path] | None,
        typer.Option(
            "--tape", help="Folder of tapes whose replayed signals are learned from too; repeatable."
        ),
    ] = None,
    only_tapes: Annotated[bool, typer.Option("--only-tapes", help="Leave memory out.")] = False,
    promote: Annotated[bool, typer.Option("--promote", help="Promote even if the gate refuses.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Train the outcome model on followed signals; promoted only where it beats chance out of sample."""
    from keeper_agent.commands.train import train_outcome_model

    train_outcome_model(home=home, tape=tape or [], only_tapes=only_tapes, promote=promote, as_json=as_json)


@app.command()
def reflect(
    date: Annotated[
        str | None, typer.Option("--date", help="Day, YYYY-MM-DD UTC; default: the last.")
    ] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="Over all history up to that day.")] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Do the daily and weekly reflections that are due, each once.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Reflect on a day: statistics, lessons with their evidence, tested changes, a report to read."""
    from keeper_agent.commands.reflect import reflect_on, reflect_when_due

    if due:
        reflect_when_due(home=home, as_json=as_json)
    else:
        reflect_on(date=date, home=home, as_json=as_json, weekly=weekly)


@app.command()
def kill(
    reason: Annotated[
        str, typer.Option("--reason", help="Kept in the file, shown with refusals.")
    ] = "by hand",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Forbid every order that increases exposure, at once and across restarts; exits still pass."""
    from keeper_agent.commands.kill import kill as set_switch

    set_switch(reason=reason, home=home, as_json=as_json)


@app.command()
def resume(home: Home = None, as_json: Json = False) -> None:
    """Allow entries again after keeper kill or keeper pause."""
    from keeper_agent.commands.kill import resume as clear_switch

    clear_switch(home=home, as_json=as_json)


@app.command()
def doctor(home: Home = None, as_json: Json = False) -> None:
    """Check that Keeper can work here; what hurts comes with its fix. Exit code 1 where one is a fault."""
    from keeper_agent.commands.doctor import examine

    examine(home=home, as_json=as_json)


@app.command("compile")
def compile_kernels(as_json: Json = False) -> None:
    """Compile the kernels into the cache, so that the first run starts at once."""
    from keeper_agent.commands.compile import compile_all

    compile_all(as_json=as_json)


app.command()(replay)
app.command()(lookahead)
app.command()(sense)
app.command()(status)
app.command()(limits)
app.command()(serve)
app.command()(link)
app.command()(telegram)
app.command()(pause)
app.command()(ask)
app.command()(explain)
app.command("replay-decision")(replay_decision)
app.command()(parity)
app.command()(mcp)
app.command()(venue)
app.command()(record)
app.command()(lab)
app.command(context_settings=PASSED_ON)(bench)
app.command()(evaluate)
app.command()(ablate)
app.command()(backup)
app.command()(restore)
app.command()(rekey)
app.command()(export)


def main() -> None:
    """Entry point: every known error is one line and an exit code, and nobody else reads what is written."""
    before = os.umask(PRIVATE)
    try:
        with veiling():
            _run()
    finally:
        os.umask(before)


@cache
def _command() -> Any:
    """All commands with their options, read from the functions once a process."""
    return typer.main.get_command(app)


def _run() -> None:
    try:
        code = _command()(standalone_mode=False)
        sys.stdout.flush()
    except KeeperError as error:
        from keeper_agent.console import fail

        _note_if_broken(error)
        fail(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        from keeper_agent.console import fail

        fail("interrupted; what was written so far is incomplete")
        sys.exit(INTERRUPTED)
    except typer.Exit as leaving:
        sys.exit(leaving.exit_code)
    except BrokenPipeError:
        # Whoever read us has gone; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 (the last line of defence)
        sys.exit(_usage(error) if hasattr(error, "format_message") else _internal(error))
    sys.exit(code or 0)


def _note_if_broken(error: KeeperError) -> None:
    """Count a broken promise in the home, where there is one: alerts look there."""
    from keeper_agent.broken import note_broken
    from keeper_agent.settings import load_home

    if isinstance(error, InvariantBroken):
        with suppress(KeeperError, OSError):  # the error itself matters more than its count
            note_broken(load_home(_home_given(sys.argv)), str(error))


def _usage(error: Any) -> int:
    """Show a usage error of the parser in one line."""
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message())
    else:
        from keeper_agent.console import fail

        fail(f"{error.format_message()} Try {_path_of(getattr(error, 'ctx', None))} --help.")
    return int(getattr(error, "exit_code", 2))


def _path_of(context: Any) -> str:
    """The words of the command that did not understand, however the program was started."""
    names: list[str] = []
    while context is not None and context.parent is not None:
        names.insert(0, context.info_name)
        context = context.parent
    return " ".join(["keeper", *names])


def _internal(error: Exception) -> int:
    """Keep the traceback of a bug in the home's log and show one line of it."""
    from keeper_agent.console import fail

    what = f"{type(error).__name__}: {error}".splitlines()[0]
    try:
        from keeper_agent.logs import keep_traceback

        where = f"details in {keep_traceback(_home_given(sys.argv), error)}"
    except (KeeperError, OSError) as trouble:
        where = f"its details could not be kept: {trouble}"
    fail(f"internal error: {what}; {where}")
    return INTERNAL


def _home_given(words: list[str]) -> Path | None:
    """The home named on the command line, which is all that is known of it here."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name == "--home":
            return Path(value if equals else following)
    return None


if __name__ == "__main__":
    main()
