"""``python -m tests.crash --kills 1000``, or ``--agent --kills 50``: the crash loop, its figures as JSON."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

import orjson
from rich.progress import TaskID

from keeper_agent.console import progress
from tests.crash.agent import AgentFigures, AgentPlan, kill_agent
from tests.crash.loop import Figures, Plan, crash
from tests.crash.mutants import MUTANTS

ONLY = TaskID(0)  # the bar's one task


def main() -> int:
    """Read the command line, kill, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutant", choices=MUTANTS, default="")
    parser.add_argument("--minutes", type=float, default=1_440.0, help="stop then, however few the kills")
    parser.add_argument("--agent", action="store_true", help="kill the whole agent instead of the order path")
    parser.add_argument("--workers", type=int, default=4, help="loops side by side; they mostly wait")
    options = parser.parse_args()
    if options.agent:
        with progress("kills of the agent", options.kills) as bar:
            return _tell(kill_agent(AgentPlan(options.kills, seed=options.seed), lambda: bar.advance(ONLY)))
    plan = Plan(
        options.kills,
        seed=options.seed,
        mutant=options.mutant,
        most_s=options.minutes * 60,
        workers=options.workers,
    )
    with progress("kills of the order path", options.kills) as bar:
        return _tell(crash(plan, lambda: bar.advance(ONLY)))


def _tell(figures: Figures | AgentFigures) -> int:
    sys.stdout.write(orjson.dumps(asdict(figures), option=orjson.OPT_INDENT_2).decode() + "\n")
    return 1 if figures.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
