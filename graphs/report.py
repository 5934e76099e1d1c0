"""The report on a day, in Markdown: figures with n and interval, lessons with evidence."""

from __future__ import annotations

from collections.abc import Sequence

from graphs.answers import bps_text, percent_text, result_lines
from graphs.day import DayFigures, GroupFigures
from graphs.learning import Learned
from memory.lessons import Lesson
from tools.domain.clock import iso
from tools.risk.effects import LEAST_EFFECTIVE, LEAST_TRADES
from tools.risk.measures import LEVEL

SHOWN_EVIDENCE = 5


def render_report(
    figures: DayFigures, learned: Learned, refuted: Sequence[Lesson], *, plot: str, ts: int
) -> str:
    """The report as Markdown text ending in a newline."""
    head = (
        f"World {figures.world}, {len(figures.runs)} run{_s(len(figures.runs))}, written at {iso(ts)}. "
        "Times are UTC, results are after costs, intervals are 95 %."
    )
    parts = [
        f"# Reflection on {figures.day}",
        head,
        *_repeated(figures),
        f"![Equity of taken round trips and net result of refused signals]({plot})",
        "## The day",
        _overview(figures),
        "## Lessons",
        *_lessons(learned),
        *_refuted(refuted),
        *[part for name, rows in figures.by.items() if name != "rule" for part in _section(name, rows)],
        *_rules(figures.by["rule"]),
    ]
    return "\n\n".join(parts) + "\n"


def _repeated(figures: DayFigures) -> list[str]:
    if not figures.repeated:
        return []
    told = (
        f"{figures.repeated} run{_s(figures.repeated)} played a recording that another run of the day "
        "played, too. The figures count every run; lessons count each recording once."
    )
    return [told]


def _refuted(lessons: Sequence[Lesson]) -> list[str]:
    if not lessons:
        return []
    return ["## Refuted", "\n".join(f"* {one.lesson_id}: {one.statement}" for one in lessons)]


def _overview(figures: DayFigures) -> str:
    whole = figures.whole
    actions = ", ".join(f"{count} {name}" for name, count in figures.actions.items())
    lines = [f"* {whole.decisions} decisions: {actions}; {whole.probes} of the entries were probes."]
    lines += ["* Taken round trips:", *(f"  * {line}" for line in result_lines(whole.taken))]
    lines += [
        "* Refused signals, followed on paper:",
        *(f"  * {line}" for line in result_lines(whole.refused)),
    ]
    return "\n".join(lines)


def _lessons(learned: Learned) -> list[str]:
    tried = f"{learned.comparisons} comparison{_s(learned.comparisons)}"
    rule = (
        f"A group is tested from {LEAST_TRADES} trades on that are worth at least {LEAST_EFFECTIVE:g} "
        f"independent ones; {tried} made, each interval at {100 * learned.level:.3f} % so that all hold "
        f"together at {100 * LEVEL:.0f} %."
    )
    if not learned.lessons:
        return [no_lesson(learned.comparisons), rule]
    return [rule, "\n".join(_lesson(one) for one in learned.lessons)]


def no_lesson(comparisons: int) -> str:
    """Why there is no lesson, in a sentence."""
    if comparisons == 0:
        least = f"{LEAST_TRADES} trades worth {LEAST_EFFECTIVE:g} independent ones"
        return f"No lesson: no group had the {least} that a test needs."
    return f"No lesson: nothing survived {comparisons} comparison{_s(comparisons)}."


def _lesson(lesson: Lesson) -> str:
    condition = lesson.invalid_condition
    end = "0 or more" if condition["refuted_if"] == "at_least" else "0 or less"
    hidden = len(lesson.evidence) - SHOWN_EVIDENCE
    more = f" and {hidden} more" if hidden > 0 else ""
    evidence = ", ".join(lesson.evidence[:SHOWN_EVIDENCE]) + more
    return (
        f"* **{lesson.lesson_id}** {lesson.statement}.\n"
        f"  * Refuted by a day with {condition['least_n']} such trades or more and a mean of {end} bps.\n"
        f"  * Evidence: {evidence}."
    )


def _section(name: str, rows: Sequence[GroupFigures]) -> list[str]:
    head = f"| {name} | decisions | entries | probes | round trips | wins | win rate | break-even |"
    head += " net a trade | fees | drawdown | refused on paper | their net a trade |"
    dashes = "|" + " --- |" * 13
    return [f"## By {name}", "\n".join([head, dashes, *(_row(row) for row in rows)])]


def _row(row: GroupFigures) -> str:
    taken, refused = row.taken, row.refused
    breakeven = (
        "unavailable" if taken.breakeven_win_rate is None else f"{100 * taken.breakeven_win_rate:.1f} %"
    )
    fees = "unavailable" if taken.fees_quote is None else f"{taken.fees_quote:.6f}"
    fall = "unavailable" if taken.drawdown_bps is None else f"{taken.drawdown_bps:.1f} bps"
    cells = (
        row.name,
        row.decisions,
        row.entries,
        row.probes,
        taken.n,
        taken.wins,
        percent_text(taken.win_rate),
        breakeven,
        bps_text(taken.net_bps),
        fees,
        fall,
        refused.n,
        bps_text(refused.net_bps),
    )
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _rules(rows: Sequence[GroupFigures]) -> list[str]:
    if not rows:
        return []
    head = "| rule | signals refused | followed to the end | net a trade had they been taken | so the rule |"
    lines = [head, "|" + " --- |" * 5]
    for row in rows:
        net = bps_text(row.refused.net_bps)
        lines.append(f"| {row.name} | {row.decisions} | {row.refused.n} | {net} | {_verdict(row)} |")
    return ["## What each rule saved or cost", "\n".join(lines)]


def _verdict(row: GroupFigures) -> str:
    estimate = row.refused.net_bps
    if estimate is None:
        return "unavailable"
    if row.refused.n < LEAST_TRADES:
        return f"too few to tell (n = {row.refused.n})"
    return (
        "saved money" if estimate.high < 0 else "cost money" if estimate.low > 0 else "cannot be told apart"
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"
