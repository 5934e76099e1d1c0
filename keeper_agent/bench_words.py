"""Words of ``keeper bench``; ``cli`` gathers them."""

from __future__ import annotations

from typing import Annotated

import typer

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def bench(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which; without one all are listed.")] = None,
) -> None:
    """Run a benchmark of the source checkout with its own options (keeper bench detection --json)."""
    from keeper_agent.commands.bench import list_benchmarks, run_benchmark  # reads every benchmark

    if name is None or name in ("--json", "--help"):
        list_benchmarks(as_json=name == "--json" or "--json" in context.args)
        return
    raise typer.Exit(run_benchmark(name, context.args))
