"""The crash loops, their figures as JSON.

``python -m tests.crash --kills 1000`` kills the order path, ``--agent --kills 50`` the whole agent, and
``--reflection`` the daily and weekly reflection, once before each of its steps.
"""

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
from tests.crash.reflection import ReflectionFigures, ReflectionPlan, kill_reflection
from tests.crash.reflection_mutants import MUTANTS as REFLECTION_MUTANTS

ONLY = TaskID(0)  # the bar's one task
DEFAULT_KILLS = 1_000
ABOUT = 500  # steps of the reflections, for the bar


def main() -> int:
    """Read the command line, kill, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, help="default 1000, of the reflection one a step")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutant", choices=(*MUTANTS, *REFLECTION_MUTANTS), default="")
    parser.add_argument("--minutes", type=float, default=1_440.0, help="stop then, however few the kills")
    parser.add_argument("--agent", action="store_true", help="kill the whole agent instead of the order path")
    parser.add_argument("--workers", type=int, default=4, help="loops side by side; they mostly wait")
    parser.add_argument("--reflection", action="store_true", help="kill the reflections of a Sunday")
    parser.add_argument("--quick", action="store_true", help="a few bytes in the place of each drawn plot")
    options = parser.parse_args()
    if (options.mutant in REFLECTION_MUTANTS) != options.reflection and options.mutant:
        parser.error(f"expected a mutant of what is killed, was {options.mutant}")
    if options.reflection:
        return _reflection(options)
    kills = DEFAULT_KILLS if options.kills is None else options.kills
    if options.agent:
        with progress("kills of the agent", kills) as bar:
            return _tell(kill_agent(AgentPlan(kills, seed=options.seed), lambda: bar.advance(ONLY)))
    plan = Plan(
        kills,
        seed=options.seed,
        mutant=options.mutant,
        most_s=options.minutes * 60,
        workers=options.workers,
    )
    with progress("kills of the order path", kills) as bar:
        return _tell(crash(plan, lambda: bar.advance(ONLY)))


def _reflection(options: argparse.Namespace) -> int:
    plan = ReflectionPlan(
        options.kills or 0,
        seed=options.seed,
        mutant=options.mutant,
        is_drawn=not options.quick,
        most_s=options.minutes * 60,
        workers=options.workers,
    )
    with progress("kills of the reflection", options.kills or ABOUT) as bar:
        return _tell(kill_reflection(plan, lambda: bar.advance(ONLY)))


def _tell(figures: Figures | AgentFigures | ReflectionFigures) -> int:
    sys.stdout.write(orjson.dumps(asdict(figures), option=orjson.OPT_INDENT_2).decode() + "\n")
    return 1 if figures.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
