"""Measure the senses on worlds, families and coins that nothing was fitted on.

``keeper bench detection --tiers T0,T1,T2,T3,T4 --json``: presence at five false positives in a hundred on
worlds full of imitators, beside the size signature on the same stream; calibration, and what shuffled
labels leave of it; bounds, size and rate; departures beside the rule before; spoofing by lifetime beside
the rule of K1.2. Everything was developed on the families timer, triggered and ladder (makers whose sides
move apart also on sequential), seeds below 27,000,000 and the coins ORB and KITE; by default the figures are
of the families inventory and hummingbot and of MOSS, FERN and DUSK. Windows and looks at one market are not
independent: their intervals are bootstraps of whole markets; those of departures are Wilson's.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from benchmarks.detection.sets import UNSEEN_FAMILIES
from benchmarks.detection.spoofed import KINDS
from benchmarks.detection.whole import Plan, checked, measure, tiers_of
from venue.participants.quoting import Family

MOST_WORKERS = 16


def words() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="keeper bench detection", description=__doc__)
    parser.add_argument("--tiers", default="T0,T1,T2,T3,T4,RANDOM")
    parser.add_argument("--families", default=",".join(UNSEEN_FAMILIES), help="of market makers")
    parser.add_argument("--seeds", default="31000000,8", help="first seed and how many")
    parser.add_argument("--seconds", type=int, default=600, help="of one world")
    parser.add_argument("--period-ms", type=int, default=100, help="the feed's bucket")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-spoofing", action="store_true", help="leave the spoof detector out")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    return parser


def planned(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Plan:
    """The plan that was asked for; what is not understood ends the program with one clear line."""
    try:
        tiers = tiers_of(given.tiers)
        families = checked(given.families, [family.value for family in Family], "--families")
        first, n = (int(x) for x in given.seeds.split(","))
    except ValueError as error:
        parser.error(
            str(error) if "expects" in str(error) else f"--seeds expects FIRST,N, was {given.seeds!r}"
        )
    if first < 0 or n < 1:
        parser.error(f"--seeds expects a first seed from 0 and at least one, was {given.seeds!r}")
    if given.seconds < 180:
        parser.error(f"--seconds expects at least 180, was {given.seconds}: the first minute is not judged")
    if not 1 <= given.workers <= MOST_WORKERS:
        parser.error(f"--workers expects 1 to {MOST_WORKERS}, was {given.workers}")
    return Plan(
        tiers=tiers,
        families=families,
        seeds=(first, n),
        seconds=given.seconds,
        period_ms=given.period_ms,
        workers=given.workers,
        has_spoofing=not given.no_spoofing,
    )


def main() -> None:
    """Measure and print."""
    parser = words()
    given = parser.parse_args()
    plan = planned(parser, given)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("worlds", total=None)
        found = measure(plan, lambda done, total: bar.update(task, completed=done, total=total))
    if given.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    out = Console()
    for table in tables(found):
        out.print(table)


def tables(found: dict[str, Any]) -> list[Table]:
    """The figures as tables for people."""
    makers = Table(title="Market makers: is there one, and what does it do?", title_justify="left")
    for name in (
        "tier",
        "recall",
        "size signature",
        "false positives",
        "Brier skill",
        "shuffled",
        "calibration error",
    ):
        makers.add_column(name)
    quotes = Table(title="Where it quotes, how much, how often", title_justify="left")
    for name in ("tier", "family", "bounds within a tick", "size error", "rate within 20 %", "rate unknown"):
        quotes.add_column(name)
    left = Table(title="Departures (in brackets the rule before)", title_justify="left")
    for name in ("tier", "coverage", "precision", "false alarms an hour", "median delay, periods"):
        left.add_column(name)
    for tier, one in found["tiers"].items():
        here, before = one["presence"]["confidence"], one["presence"]["baseline"]
        told = one["calibration"]
        makers.add_row(
            tier, _share(here["recall"]), _share(before["recall"]), _share(here["false_positives"]),
            _told(told, "brier_skill"), str(told["brier_skill_shuffled"]), _told(told, "calibration_error"),
        )  # fmt: skip
        for family, row in one["estimates"].items():
            named = ("bounds_within_a_tick", "size_error", "rate_within_20_percent", "rate_unknown")
            quotes.add_row(tier, family, *(_share(row.get(name)) for name in named))
        rows = one["departures"]["all"]["trail"], one["departures"]["all"]["pair"]
        left.add_row(tier, *(
            f"{_share(rows[0][name])} ({_share(rows[1][name])})"
            for name in ("coverage", "precision", "false_alarms_an_hour", "delay_periods_median")
        ))  # fmt: skip
    return [makers, quotes, left, *_spoofing(found.get("spoofing"))]


def _spoofing(found: dict[str, Any] | None) -> list[Table]:
    if found is None:
        return []
    table = Table(title="Spoofing, by median lifetime in seconds", title_justify="left")
    for name in (
        "kind",
        "recall",
        "rule of K1.2",
        "false alarms a symbol-hour",
        "rule of K1.2",
        "shuffled truth",
    ):
        table.add_column(name)
    for kind in KINDS:
        row = found[kind]
        table.add_row(
            kind, _share(row["recall"]), _share(row["rule"]["recall"]),
            "{} [{}, {}]".format(row["false_alarms_a_symbol_hour"], *row["false_alarms_interval"]),
            str(row["rule"]["false_alarms_a_symbol_hour"]), _share(row.get("shuffled_truth", {"n": 0})),
        )  # fmt: skip
    return [table]


def _told(found: dict[str, Any], name: str) -> str:
    return "{} [{}, {}]".format(found[name], *found[f"{name}_interval"])


def _share(found: object) -> str:
    """A share or a median with its interval and n; anything else as it is."""
    if not isinstance(found, dict):
        return "–" if found is None else str(found)
    if not found.get("n"):
        return "–"
    low, high = found["interval"]
    return f"{found.get('share', found.get('median'))} [{low}, {high}], n = {found['n']}"


if __name__ == "__main__":
    main()
