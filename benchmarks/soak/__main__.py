"""``python -m benchmarks.soak --minutes 10``: soak the reader and say what it showed; 1 if a claim broke."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from benchmarks.loopback.plan import Chances, LoadPlan
from benchmarks.soak.plan import SoakPlan
from benchmarks.soak.run import Report, soak

CALM_S = 10.0
LEAST_MINUTES = 0.1


def parsed() -> tuple[SoakPlan, bool]:
    """The soak asked for, and whether as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=3000.0, help="messages a second, all symbols together")
    parser.add_argument("--symbols", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drop", type=float, default=5e-5, help="chance of each message, like those below")
    parser.add_argument("--duplicate", type=float, default=2e-4)
    parser.add_argument("--reorder", type=float, default=3e-5)
    parser.add_argument("--disconnect", type=float, default=4e-6)
    parser.add_argument("--freeze", type=float, default=2e-6)
    parser.add_argument(
        "--stall-every", type=float, default=0.0, help="seconds between stalls of the consumer"
    )
    parser.add_argument("--stall", type=float, default=0.0, help="seconds of such a stall")
    parser.add_argument("--weight", type=int, default=None, help="a minute for books, not the live venue's")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if not given.minutes >= LEAST_MINUTES:
        parser.error(f"--minutes must be at least {LEAST_MINUTES}, was {given.minutes:g}")
    try:
        names = ("drop", "duplicate", "reorder", "disconnect", "freeze")
        seconds = given.minutes * 60
        load = LoadPlan(
            symbols=given.symbols,
            rate=given.rate,
            seconds=seconds,
            calm_s=min(CALM_S, seconds / 4),
            seed=given.seed,
            chances=Chances(**{name: getattr(given, name) for name in names}),
        )
    except ValueError as error:
        parser.error(str(error))
    sample_s = min(1.0, seconds / 200)
    plan = SoakPlan(
        load=load,
        weight_per_minute=given.weight,
        stall_every_s=given.stall_every,
        stall_s=given.stall,
        sample_s=sample_s,
    )
    return plan, given.json


def told(report: Report) -> str:
    """The report for a reader."""
    checked, sender, counts = report.audit, report.sender, report.counts
    plan = report.plan.load
    faults = ", ".join(f"{n} {name}" for name, n in sender["faults"].items())
    blind = checked.blind_s / (plan.seconds * plan.symbols)
    lines = [
        f"messages made {checked.made}, handed out one by one {checked.made - checked.missing}",
        f"faults made: {faults}",
        f"missing while a book was known to be gone {checked.in_books}",
        f"missing in marked holes {checked.in_marked_holes}, before the first print {checked.before_first}",
        f"missing unnoticed {checked.unnoticed}, handed out again {checked.repeated}",
        f"books dropped {checked.dropped}, opened {checked.opened}; without a book {blind:.2%} of the time",
        f"prints marked {checked.marks}, marked in vain {checked.false_marks}",
        f"overflows {counts['overflows']}, final books that differ {len(report.books_differ)}",
        f"wire to senses p50 {report.delay_p50_ms:.2f} ms, p99 {report.delay_p99_ms:.1f} ms",
        f"loop late p99 {report.lag_p99_ms:.1f} ms, most {report.lag_most_ms:.0f} ms",
        f"sender late p99 {sender['late_p99_ms']:.1f} ms, most unread {sender['most_unread']} bytes",
        f"the machine paused for at most {report.paused_s:.2f} s, silence is {report.plan.silence_s:.2f} s",
        f"load average {report.load_before:.1f} before, {report.load_after:.1f} after",
    ]
    lines += [
        f"{one.gauge:8s} {one.median:12.1f}, a minute {one.per_minute:+.3f}"
        f" [{one.low:+.3f}, {one.high:+.3f}] over {one.span_minutes:.1f} minutes"
        for one in report.slopes
    ]
    lines += [f"BROKEN: {claim}" for claim in report.broken] or ["every claim held"]
    return "\n".join(lines)


def main() -> int:
    """Run and report."""
    plan, as_json = parsed()
    report = soak(plan)
    print(json.dumps(asdict(report), indent=2) if as_json else told(report))
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
