"""Live experiments of a reflection: the one under way judged, a change made or taken back, the next begun.

One at a time in a world, so that two candidates never blur each other. A candidate that is better comes
into force, and the value before it goes on at a small share as a watch: where that one proves better after
all, the change is taken back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from graphs.improvement import REST_NS, Change, Occasion, keep_changes
from memory.experiments import ExperimentBook, ExperimentRecord
from memory.parameters import ParameterChange, ParameterStore
from memory.statistics import TradeFact
from memory.trials import ROLLED_BACK, TrialBook, TrialRecord, quarter_start
from tools.domain.identity import experiment_id
from tools.domain.parameter import SPECS, ParameterSet
from tools.models.validation import Estimate, Verdict, spent_level
from tools.risk.effects import LEAST_TRADES
from tools.risk.experiments import Ending, Experiment, Terms
from tools.risk.levers import LIVE_LEVERS, LiveLever

WATCH_SHARE = 0.1
LEAST_SHARE = 0.1
LASTS_NS = 45 * 86_400 * 1_000_000_000  # an experiment that is not decided by then is given up
PROVEN = "live_bps"  # what a change made by an experiment earned in it stands under this name in its impact


@dataclass(frozen=True, slots=True)
class Standing:
    """How an experiment stands; ``gain`` is None before there are two outcomes."""

    experiment: ExperimentRecord
    n_candidate: int
    share: float
    harm_bps: float
    gain: Estimate | None


@dataclass(frozen=True, slots=True)
class Trying:
    """What one reflection does about live experiments.

    Attributes:
        standing: The experiment that was under way, as it stands.
        trial: How it ended, if it did.
        change: The value it brings into force or takes back.
        next: The experiment that begins; of a change, the watch over it.
    """

    standing: Standing | None = None
    trial: TrialRecord | None = None
    change: Change | None = None
    next: ExperimentRecord | None = None


def try_live(
    history: Sequence[TradeFact], occasion: Occasion, parameters: ParameterStore, book: ExperimentBook
) -> Trying:
    """Judge the experiment under way, and choose the next; nothing is written yet."""
    now, known = parameters.snapshot(occasion.ts), book.known(occasion.world, occasion.ts)
    record = book.under_way(occasion.world, occasion.ts)
    if record is None:
        return Trying(next=_next(history, known, now, occasion))
    experiment = experiment_of(book, record, occasion.ts)
    standing = Standing(
        record, experiment.n_candidate, experiment.share(), experiment.harm_bps(), experiment.gain()
    )
    ending = _ending(experiment, record, now, occasion)
    if ending is None:
        return Trying(standing)
    trial = _trial(standing, ending, occasion)
    if ending is not Ending.BETTER:
        return Trying(standing, trial, next=_next(history, known, now, occasion))
    if record.undoes is not None:
        return Trying(standing, trial, _change(standing, {"undoes": record.undoes}))
    watch = _watch(record, known, parameters, occasion)
    return Trying(standing, trial, _change(standing, _impact(standing)), watch)


def keep_trying(
    found: Trying,
    occasion: Occasion,
    parameters: ParameterStore,
    trials: TrialBook,
    book: ExperimentBook,
) -> tuple[ParameterChange, ...]:
    """Write down what ended, changed and begins; returns the change."""
    if found.trial is not None and found.standing is not None:
        book.end(found.standing.experiment.experiment_id, occasion.ts)
        trials.record([found.trial], [])
    if found.next is not None:
        book.begin(found.next)
    return () if found.change is None else keep_changes((found.change,), occasion, parameters)


def experiment_of(book: ExperimentBook, record: ExperimentRecord, ts: int) -> Experiment:
    """The experiment as it stood at ``ts``, made again from memory."""
    experiment = Experiment(Terms(**record.terms))
    for one in book.results(record, ts):
        experiment.learn(is_candidate=one.is_candidate, share=one.share, net_bps=one.net_bps)
    return experiment


def _ending(
    experiment: Experiment, record: ExperimentRecord, now: ParameterSet, occasion: Occasion
) -> Ending | None:
    if now[record.name] != record.value_before:
        return Ending.UNDECIDED  # another value was set meanwhile: there is nothing left to compare with
    if occasion.ts - record.ts_known > LASTS_NS:
        return experiment.ending() or Ending.UNDECIDED
    return experiment.ending()


def _next(
    history: Sequence[TradeFact],
    known: Sequence[ExperimentRecord],
    now: ParameterSet,
    occasion: Occasion,
) -> ExperimentRecord | None:
    """The candidate tried least so far, of those that something can come of; None where there is none."""
    share = now["trial_share"]
    seen = Counter(trade.kind for trade in history)
    tried = Counter((one.name, one.value) for one in known)
    recent = {(one.name, one.value) for one in known if occasion.ts - one.ts_known < REST_NS}
    open_steps = [
        (lever, value)
        for lever in LIVE_LEVERS
        for value in _around(lever, now)
        if seen[lever.kind] >= LEAST_TRADES and (lever.name, value) not in recent
    ]
    if share == 0 or not open_steps:
        return None
    lever, value = min(open_steps, key=lambda step: tried[(step[0].name, step[1])])
    terms = Terms(level=_level(known, occasion), share_low=min(LEAST_SHARE, share), share_high=share)
    return _record(lever.name, now[lever.name], value, lever.kind, terms, known, occasion)


def _around(lever: LiveLever, now: ParameterSet) -> list[float]:
    spec, value = SPECS[lever.name], now[lever.name]
    return [
        after
        for after in (round(value + lever.step, 6), round(value - lever.step, 6))
        if spec.low <= after <= spec.high
    ]


def _level(known: Sequence[ExperimentRecord], occasion: Occasion) -> float:
    return spent_level(_tries(known, occasion))


def _tries(known: Sequence[ExperimentRecord], occasion: Occasion) -> int:
    return 1 + sum(one.ts_known >= quarter_start(occasion.ts) for one in known)


def _record(
    name: str,
    before: float,
    value: float,
    kind: str,
    terms: Terms,
    known: Sequence[ExperimentRecord],
    occasion: Occasion,
) -> ExperimentRecord:
    return ExperimentRecord(
        experiment_id=experiment_id(occasion.world, name, value, occasion.day, _tries(known, occasion)),
        name=name,
        value_before=before,
        value=value,
        kind=kind,
        tries=_tries(known, occasion),
        terms=asdict(terms),
        undoes=None,
        day=occasion.day,
        run_id=occasion.run_id,
        world=occasion.world,
        ts_known=occasion.ts,
    )


def _watch(
    record: ExperimentRecord,
    known: Sequence[ExperimentRecord],
    parameters: ParameterStore,
    occasion: Occasion,
) -> ExperimentRecord:
    """The value before the change, at a small share: where it proves better, the change is taken back."""
    terms = Terms(level=_level(known, occasion), share_low=WATCH_SHARE, share_high=WATCH_SHARE)
    version = 1 + max((one.version for one in parameters.known(occasion.ts)), default=0)
    watch = _record(record.name, record.value, record.value_before, record.kind, terms, known, occasion)
    return replace(watch, undoes=version)


def _change(standing: Standing, impact: dict[str, object]) -> Change:
    record = standing.experiment
    taken_back = "" if record.undoes is None else f"rolled back version {record.undoes}: "
    reason = f"{taken_back}live experiment {record.experiment_id}, {_said(standing)}"
    return Change(record.name, record.value, reason, (record.experiment_id,), impact)


def _impact(standing: Standing) -> dict[str, object]:
    gain = standing.gain
    told = {} if gain is None else {PROVEN: gain.value, "low": gain.low, "high": gain.high, "n": gain.n}
    return {**told, "level": standing.experiment.terms["level"], "look": standing.experiment.tries}


def _trial(standing: Standing, ending: Ending, occasion: Occasion) -> TrialRecord:
    record, gain = standing.experiment, standing.gain
    won = ROLLED_BACK if record.undoes is not None else Verdict.ACCEPTED.value
    return TrialRecord(
        world=occasion.world,
        day=occasion.day,
        name=record.name,
        value_before=record.value_before,
        value=record.value,
        verdict=won if ending is Ending.BETTER else ending.value,
        reason=f"live experiment {record.experiment_id}, {_said(standing)}",
        tries=record.tries,
        level=record.terms["level"],
        n_search=0,
        n=0 if gain is None else gain.n,
        effect_bps=None if gain is None else gain.value,
        interval_low=None if gain is None else gain.low,
        interval_high=None if gain is None else gain.high,
        run_id=occasion.run_id,
        ts_known=occasion.ts,
    )


def _said(standing: Standing) -> str:
    gain = standing.gain
    if gain is None:
        return "too few outcomes to tell"
    level = 100 * standing.experiment.terms["level"]
    return (
        f"{gain.value:+.2f} bps a decision [{gain.low:+.2f}, {gain.high:+.2f}] at {level:.4g} % at all "
        f"times, n={gain.n}, {standing.n_candidate} of them the candidate's"
    )
