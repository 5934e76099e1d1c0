"""Changes of parameters that earn their place: proposed, tested on later data, watched, rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from memory.parameters import ParameterChange, ParameterStore
from memory.trials import ROLLED_BACK, EffectRecord, TrialBook, TrialRecord
from tools.domain.parameter import ParameterSet
from tools.domain.paths import FollowedPath
from tools.models.validation import Estimate, Verdict, spent_level
from tools.risk.levers import TriedStep, measured, try_steps
from tools.risk.whatif import Paths, columns_of

REST_NS = 14 * 86_400 * 1_000_000_000  # a change that was rolled back is not tried again for so long
TOO_FEW, HOLDS, OPEN = "too_few", "holds", "open"
LEARNED = "gain_bps"  # what a change made by reflection expects stands under this name in its impact


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, where and by whom something is learned."""

    day: str
    run_id: str
    world: str
    ts: int


@dataclass(frozen=True, slots=True)
class Change:
    """A value that shall be in force from now on, and why."""

    name: str
    value: float
    reason: str
    evidence: tuple[str, ...]
    impact: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Improvement:
    """What one reflection tried, measured and changes."""

    trials: tuple[TrialRecord, ...]
    effects: tuple[EffectRecord, ...]
    changes: tuple[Change, ...]


def improve(
    paths: Sequence[FollowedPath],
    occasion: Occasion,
    parameters: ParameterStore,
    book: TrialBook,
    *,
    is_gated: bool = True,
) -> Improvement:
    """Measure the changes in force, then test the next steps; nothing is written yet."""
    columns, now = columns_of(paths), parameters.snapshot(occasion.ts)
    effects, undone = _review(columns, now, occasion, parameters, book)
    resting = _resting(effects, occasion, parameters, book)
    looks = book.looks(occasion.world, occasion.ts) + 1
    tried = try_steps(columns, now, looks=looks, resting=resting, is_gated=is_gated)
    trials = tuple(_trial_record(one, looks, occasion) for one in tried)
    steps = tuple(_change(one, trial) for one, trial in zip(tried, trials, strict=True) if _passed(one))
    return Improvement(trials, effects, (*undone, *steps))


def keep(
    found: Improvement, occasion: Occasion, parameters: ParameterStore, book: TrialBook
) -> tuple[ParameterChange, ...]:
    """Write what was tried and measured, and let the changes be in force."""
    book.record(found.trials, found.effects)
    return keep_changes(found.changes, occasion, parameters)


def keep_changes(
    changes: Sequence[Change], occasion: Occasion, parameters: ParameterStore
) -> tuple[ParameterChange, ...]:
    """Let ``changes`` be in force from now on."""
    return tuple(
        parameters.change(
            one.name,
            one.value,
            reason=one.reason,
            evidence=one.evidence,
            ts=occasion.ts,
            run_id=occasion.run_id,
            world=occasion.world,
            impact=one.impact,
        )
        for one in changes
    )


def in_force(parameters: ParameterStore, occasion: Occasion) -> list[ParameterChange]:
    """The changes made by reflection in this world that are in force, oldest first."""
    return [
        one
        for one in parameters.known(occasion.ts)
        if one.world == occasion.world and LEARNED in one.impact and one.is_in_force(occasion.ts)
    ]


def _review(
    paths: Paths, now: ParameterSet, occasion: Occasion, parameters: ParameterStore, book: TrialBook
) -> tuple[tuple[EffectRecord, ...], tuple[Change, ...]]:
    """What the changes in force did on the signals since, and those that must be undone."""
    before = book.effects(occasion.ts)
    effects, undone = [], []
    for change in in_force(parameters, occasion):
        looks = 1 + sum(one.version == change.version for one in before)
        since = paths.rows(paths.spans[:, 0] >= change.ts_known)
        seen = measured(since, now, change.name, change.value_before, change.value, level=spent_level(looks))
        verdict = _verdict(seen)
        effects.append(_effect_record(change, seen, verdict, looks, occasion))
        if seen is not None and verdict == ROLLED_BACK:
            undone.append(_undoing(change, seen))
    return tuple(effects), tuple(undone)


def _verdict(seen: Estimate | None) -> str:
    if seen is None:
        return TOO_FEW
    return ROLLED_BACK if seen.high < 0 else HOLDS if seen.low > 0 else OPEN


def _resting(
    effects: Sequence[EffectRecord], occasion: Occasion, parameters: ParameterStore, book: TrialBook
) -> frozenset[str]:
    """Parameters whose last change is not measured yet, or was rolled back not long ago."""
    names = {one.version: one.name for one in parameters.known(occasion.ts)}
    recent = book.effects(occasion.ts, ts_from=occasion.ts - REST_NS)
    undone = {names[one.version] for one in (*recent, *effects) if one.verdict == ROLLED_BACK}
    return frozenset(undone | {names[one.version] for one in effects if one.verdict == TOO_FEW})


def _passed(tried: TriedStep) -> bool:
    return tried.trial.verdict is Verdict.ACCEPTED


def _change(tried: TriedStep, trial: TrialRecord) -> Change:
    expected = {LEARNED: trial.effect_bps, "low": trial.interval_low, "high": trial.interval_high}
    return Change(
        tried.name,
        tried.after,
        trial.reason,
        tried.evidence,
        expected | {"n": trial.n, "level": trial.level, "unit": tried.unit, "look": trial.tries},
    )


def _undoing(change: ParameterChange, seen: Estimate) -> Change:
    reason = f"rolled back version {change.version}: it did {_text(seen, 'bps a signal')} since"
    return Change(change.name, change.value_before, reason, change.evidence, {"undoes": change.version})


def _trial_record(tried: TriedStep, looks: int, occasion: Occasion) -> TrialRecord:
    gain = tried.trial.gain
    return TrialRecord(
        world=occasion.world,
        day=occasion.day,
        name=tried.name,
        value_before=tried.before,
        value=tried.after,
        verdict=tried.trial.verdict.value,
        reason=_reason(tried, looks),
        tries=looks,
        level=tried.trial.level,
        n_search=tried.trial.n_search,
        n=0 if gain is None else gain.n,
        effect_bps=None if gain is None else gain.value,
        interval_low=None if gain is None else gain.low,
        interval_high=None if gain is None else gain.high,
        run_id=occasion.run_id,
        ts_known=occasion.ts,
    )


def _reason(tried: TriedStep, looks: int) -> str:
    if tried.trial.gain is None:
        return "too few independent later signals to tell"
    share = f"{100 * tried.trial.level:.4g} %"
    said = f"{_text(tried.trial.gain, tried.unit)} on later signals at {share}, look {looks} of the quarter"
    lost = tried.failures
    if lost is None:
        return said
    return f"{said}; {lost.value:.1%} [{lost.low:.1%}, {lost.high:.1%}] of {lost.n} round trips lost"


def _text(gain: Estimate, unit: str) -> str:
    return f"{gain.value:+.2f} {unit} [{gain.low:+.2f}, {gain.high:+.2f}], n={gain.n}"


def _effect_record(
    change: ParameterChange, seen: Estimate | None, verdict: str, looks: int, occasion: Occasion
) -> EffectRecord:
    return EffectRecord(
        version=change.version,
        day=occasion.day,
        verdict=verdict,
        n=0 if seen is None else seen.n,
        effect_bps=None if seen is None else seen.value,
        interval_low=None if seen is None else seen.low,
        interval_high=None if seen is None else seen.high,
        looks=looks,
        run_id=occasion.run_id,
        world=occasion.world,
        ts_known=occasion.ts,
    )
