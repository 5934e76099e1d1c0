"""Words of the commands that read the record; ``cli`` gathers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tools.domain.dates import is_date
from tools.domain.errors import BadUsage

Json = Annotated[bool, typer.Option("--json", help="Machine-readable result on stdout.")]
Home = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of Keeper's state (KEEPER_HOME)."),
]


def ask(
    question: Annotated[
        str | None,
        typer.Argument(help="For example: why did you skip the last signal? Without one a talk begins."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Answer a question about the past from the record, citing decisions."""
    from keeper_agent.commands.ask import answer_question  # heavy: a store and the parser

    answer_question(question=question, home=home, as_json=as_json)


def explain(
    decision: Annotated[str, typer.Argument(help="Decision id or a unique beginning of it.")],
    form: Annotated[str, typer.Option("--format", help="text, json, html or mermaid.")] = "text",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Explain a decision: what was sensed, who voted how, what was clamped, what came of it."""
    from keeper_agent.commands.explain import explain_decision  # heavy: a store

    explain_decision(decision=decision, home=home, form="json" if as_json else form)


def mcp(home: Home = None) -> None:
    """Serve the record to other programs' models: read-only, MCP, on standard input and output."""
    from keeper_agent.mcp_server import serve  # heavy: the protocol's library

    serve(home)


def replay_decision(
    decision: Annotated[str, typer.Argument(help="Decision id or a unique beginning of it.")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--with", help="parameter=value to take it under instead; may be given again."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take a decision again from what was sealed with it: identical, or different under another policy."""
    from keeper_agent.commands.replay_decision import (
        replay_decision as take_again,  # heavy: the decision graph
    )

    take_again(decision=decision, changes=changes or [], home=home, as_json=as_json)


def parity(
    date: Annotated[
        str | None,
        typer.Option("--date", help="Day, YYYY-MM-DD UTC; default: the last one with decisions at a venue."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Play a day at a venue again, and give each decision, fill and result that differs its one cause.

    Exit codes: 0 compared, whatever differs; 2 no date; 3 damaged market data; 6 nothing decided on that day;
    7 a model that decided is gone; 8 no market data kept of it.
    """
    if date is not None and not is_date(date):
        raise BadUsage(f"--date expects a day as YYYY-MM-DD, was {date[:40]!r}")
    from keeper_agent.commands.parity import compare_day  # heavy: the kernels

    compare_day(date=date, home=home, as_json=as_json)
