"""The report on a day, in Markdown: figures with n and interval, lessons with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graphs.answers import bps_text, percent_text, result_lines
from graphs.changes import told_changes, told_ledger, told_strategies
from graphs.checking import Inspection
from graphs.cost import CostFigures, cost_as_data, told_cost
from graphs.day import DayFigures, GroupFigures, figures_as_data
from graphs.improvement import Improvement
from graphs.learning import REFUTED, Learned
from graphs.strategies import Schooling
from graphs.trying import Trying
from graphs.trying_told import experiment_as_data, standing_of, told_trying
from memory.lesson_checks import CONTRADICTED, ENDINGS, OUTDATED, REFINED, LessonCheck
from memory.lessons import Lesson
from memory.parameters import ParameterChange
from memory.strategies import StrategyVersion
from memory.worth import WorthRecord
from tools.domain.clock import iso
from tools.risk.effects import LEAST_EFFECTIVE, LEAST_TRADES
from tools.risk.measures import LEVEL

SHOWN_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything one reflection found, before it is told."""

    figures: DayFigures
    learned: Learned
    inspection: Inspection
    improvement: Improvement
    trying: Trying
    changes: tuple[ParameterChange, ...]
    schooling: Schooling
    ledger: tuple[WorthRecord, ...]
    cost: CostFigures


@dataclass(frozen=True, slots=True)
class Report:
    """A report as data and as Markdown; ``name`` is what its files are called."""

    name: str
    values: dict[str, Any]
    markdown: str


def report_data(found: Findings, kind: str, ts: int) -> Report:
    """The report on ``found`` as known at ``ts``."""
    figures = found.figures
    name = report_name(figures.day, kind)
    values = figures_as_data(figures) | {
        "kind": kind,
        "ts": ts,
        "comparisons": found.learned.comparisons,
        "lessons": [lesson_as_data(one) for one in found.learned.lessons],
        "checks": [asdict(one) for one in found.inspection.checks],
        "trials": [asdict(one) for one in found.improvement.trials],
        "effects": [asdict(one) for one in found.improvement.effects],
        "changes": [change_as_data(one) for one in found.changes],
        "experiments": [experiment_as_data(one) for one in standing_of(found.trying)],
        "cost": cost_as_data(found.cost),
        "signatures_tried": found.schooling.tried,
        "ledger": [worth_as_data(one) for one in found.ledger],
        "strategies": [strategy_as_data(one) for one in found.schooling.versions],
    }
    return Report(name, values, _markdown(found, kind, name, ts))


def report_name(day: str, kind: str) -> str:
    """What the files of a report are called."""
    return day if kind == "daily" else f"{day}-{kind}"


def lesson_as_data(lesson: Lesson) -> dict[str, Any]:
    """A lesson as plain data."""
    names = ("lesson_id", "kind", "statement", "effect", "interval_low", "interval_high", "n", "day")
    structured = {"scope": dict(lesson.scope), "invalid_condition": dict(lesson.invalid_condition)}
    return {name: getattr(lesson, name) for name in names} | structured | {"evidence": list(lesson.evidence)}


def worth_as_data(entry: WorthRecord) -> dict[str, Any]:
    """An entry of the memory ledger as plain data; money as decimal text."""
    money = ("value_quote", "low_quote", "high_quote")
    told = {name: None if getattr(entry, name) is None else f"{getattr(entry, name):f}" for name in money}
    return asdict(entry) | told


def strategy_as_data(version: StrategyVersion) -> dict[str, Any]:
    """A learned strategy as plain data."""
    names = ("strategy_id", "standing", "reason", "origin", "n", "wins", "net_bps", "error_bps", "day")
    return {name: getattr(version, name) for name in names} | {"rules": version.rules.model_dump()}


def change_as_data(change: ParameterChange) -> dict[str, Any]:
    """A change of a parameter as plain data."""
    names = ("version", "name", "value_before", "value", "reason", "ts_known")
    return {name: getattr(change, name) for name in names} | {
        "evidence": list(change.evidence),
        "impact": dict(change.impact),
    }


def _markdown(found: Findings, kind: str, name: str, ts: int) -> str:
    figures = found.figures
    head = (
        f"World {figures.world}, {len(figures.runs)} run{_s(len(figures.runs))}, written at {iso(ts)}. "
        "Times are UTC, results are after costs, intervals are 95 %."
    )
    title = f"Reflection on {figures.day}" if kind == "daily" else f"All history up to {figures.day}"
    parts = [
        f"# {title}",
        head,
        *_repeated(figures),
        f"![Equity of taken round trips and net result of refused signals]({name}.png)",
        "## The day" if kind == "daily" else "## What happened",
        _overview(figures),
        "## Lessons",
        *_lessons(found.learned),
        *_checked(found.inspection),
        *told_changes(found.improvement, found.changes),
        *told_trying(found.trying),
        *told_strategies(found.schooling),
        *told_ledger(found.ledger),
        *told_cost(found.cost),
        *[part for by, rows in figures.by.items() if by != "rule" for part in _section(by, rows)],
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


def _checked(inspection: Inspection) -> list[str]:
    """The older lessons that ended, then how the others fared."""
    ended = [one for one in inspection.checks if one.verdict in ENDINGS]
    others = [one for one in inspection.checks if one.verdict not in ENDINGS]
    parts = []
    for title, verdict in (("Refuted", REFUTED), *_ENDED):
        lines = [_check_line(one) for one in ended if one.verdict == verdict]
        if lines:
            parts += [f"## {title}", "\n".join(lines)]
    if others:
        parts += ["## Older lessons that still hold", "\n".join(_check_line(one) for one in others)]
    return parts


_ENDED = (("Contradicted", CONTRADICTED), ("Refined", REFINED), ("Outdated", OUTDATED))


def _check_line(check: LessonCheck) -> str:
    place = f", now {check.other}" if check.other else ""
    return f"* {check.lesson_id}: {check.reason} (n = {check.n}){place}"


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
    claimed = condition["claimed_bps"]
    hidden = len(lesson.evidence) - SHOWN_EVIDENCE
    more = f" and {hidden} more" if hidden > 0 else ""
    evidence = ", ".join(lesson.evidence[:SHOWN_EVIDENCE]) + more
    return (
        f"* **{lesson.lesson_id}** {lesson.statement}.\n"
        f"  * Void once {condition['least_n']} later such trades or more have a mean of {end} bps and an "
        f"interval without {claimed:+.1f}.\n"
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
