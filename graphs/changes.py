"""What a reflection changed, what it measured of earlier changes, and what it would not change, in words."""

from __future__ import annotations

from collections.abc import Sequence

from graphs.improvement import Improvement
from memory.parameters import ParameterChange
from memory.trials import EffectRecord, TrialRecord
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
