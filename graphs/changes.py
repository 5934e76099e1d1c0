"""What a reflection changed, what it measured of earlier changes, and what it would not change, in words."""

from __future__ import annotations

from collections.abc import Sequence

from graphs.improvement import Improvement
from graphs.strategies import Schooling
from memory.parameters import ParameterChange
from memory.strategies import StrategyRules
from memory.trials import EffectRecord, TrialRecord
from memory.worth import WorthRecord
from tools.models.validation import Verdict


def told_changes(improvement: Improvement, changes: Sequence[ParameterChange]) -> list[str]:
    """The report's parts on changes, as Markdown."""
    parts = ["## What changed"]
    parts.append("\n".join(_change(one) for one in changes) if changes else "No parameter was changed.")
    if improvement.effects:
        parts += ["## What earlier changes did", _effects(improvement.effects)]
    rejected = [one for one in improvement.trials if one.verdict != Verdict.ACCEPTED.value]
    if rejected:
        parts += ["## Tried and rejected", _trials(rejected)]
    return parts


def told_strategies(schooling: Schooling) -> list[str]:
    """The report's part on learned strategies, as Markdown; empty where none was looked for."""
    if not schooling.versions and not schooling.tried:
        return []
    lines = [
        f"* {one.strategy_id} ({one.standing}): {rules_text(one.rules)}; {one.reason}; "
        f"since then {one.wins} of {one.n} won, {one.net_bps:+.2f} bps a trade"
        for one in schooling.versions
    ]
    said = f"{schooling.tried} signatures tried, {len(schooling.found)} survived."
    return ["## Learned strategies", said, *(["\n".join(lines)] if lines else [])]


def told_ledger(entries: Sequence[WorthRecord]) -> list[str]:
    """The report's part on what memory is worth, as Markdown; empty where nothing was valued."""
    if not entries:
        return []
    head = "| what | name | signals | worth a signal | worth in all, quote | verdict |"
    rows = [_entry(one) for one in entries]
    said = "Heeded against not heeded, on signals followed on paper, at the usual order size; 95 % intervals."
    return ["## What memory is worth", said, "\n".join([head, "|" + " --- |" * 6, *rows])]


def _entry(one: WorthRecord) -> str:
    told = "unavailable | unavailable"
    if one.effect_bps is not None:
        ends = f"[{one.low_quote:+.4f}, {one.high_quote:+.4f}]"
        told = f"{one.effect_bps:+.2f} bps | {one.value_quote:+.4f} {ends}"
    return f"| {one.kind} | {one.name} | {one.n} | {told} | {one.verdict.replace('_', ' ')} |"


def rules_text(rules: StrategyRules) -> str:
    """A strategy's conditions in words."""
    return " and ".join(
        f"{one.feature} {'≤' if one.low is None else '≥'} {one.high if one.low is None else one.low:g}"
        if one.low is None or one.high is None
        else f"{one.low:g} ≤ {one.feature} ≤ {one.high:g}"
        for one in rules.conditions
    )


def _change(change: ParameterChange) -> str:
    moved = f"{change.name}: {change.value_before:g} → {change.value:g}"
    return f"* **{moved}** (version {change.version}), {change.reason}"


def _effects(effects: Sequence[EffectRecord]) -> str:
    head = "| version | signals since | effect a signal | looks | verdict |"
    rows = [
        f"| {one.version} | {one.n} | {_interval(one)} | {one.looks} | {one.verdict.replace('_', ' ')} |"
        for one in effects
    ]
    return "\n".join([head, "|" + " --- |" * 5, *rows])


def _trials(trials: Sequence[TrialRecord]) -> str:
    head = "| parameter | from | to | gain a later signal | n | verdict |"
    rows = [
        f"| {one.name} | {one.value_before:g} | {one.value:g} | {_interval(one)} | {one.n} | "
        f"{one.verdict.replace('_', ' ')} |"
        for one in trials
    ]
    return "\n".join([head, "|" + " --- |" * 6, *rows])


def _interval(one: EffectRecord | TrialRecord) -> str:
    if one.effect_bps is None or one.interval_low is None or one.interval_high is None:
        return "unavailable"
    return f"{one.effect_bps:+.2f} bps [{one.interval_low:+.2f}, {one.interval_high:+.2f}]"
