"""``keeper doctor``: can Keeper work here, and what to mend where it cannot."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typer
from rich.markup import escape

from keeper_agent.checks import CHECKS
from keeper_agent.console import OUT, print_json
from keeper_agent.finding import FAULT, OK, WARNING
from keeper_agent.settings import load_settings
from tools.domain.clock import SystemClock

MARKS = {OK: "[green]✓[/]", WARNING: "[yellow]![/]", FAULT: "[bold red]✗[/]"}


def examine(*, home: Path | None, as_json: bool) -> None:
    """Run every check; exit code 1 where a fault was found."""
    settings = load_settings(keeper_home=home)
    clock = SystemClock()
    findings = [check(settings, clock) for check in CHECKS]
    faults = sum(1 for finding in findings if finding.state == FAULT)
    if as_json:
        print_json({"healthy": faults == 0, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            OUT.print(f"{MARKS[finding.state]} {finding.name:<11} {escape(finding.found)}", soft_wrap=True)
            if finding.fix:
                OUT.print(f"              [bold]fix:[/] {escape(finding.fix)}", soft_wrap=True)
    if faults:
        raise typer.Exit(1)
