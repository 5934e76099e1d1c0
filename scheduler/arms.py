"""Which decision is taken with a candidate value: drawn by its id, with a chance that is written down.

The experiment under way is looked up once a minute of the decisions' own time, so that one that a
reflection begins or ends beside the trading is heard without being told, and at the same decision again in
a replay.
"""

from __future__ import annotations

from dataclasses import replace

from graphs.trying import experiment_of
from memory.experiments import TAKEN, ArmRecord, ExperimentBook, ExperimentRecord
from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Action, Decision, Outcome
from tools.risk.experiments import Experiment, draws_candidate

HEARD_EVERY_NS = 60 * NANOS
FORGOTTEN_NS = 2 * 86_400 * NANOS  # an outcome later than that counts at the next reflection only


class LiveArms:
    """Arms of one world's experiment.

    Args:
        book: Where experiments and arms are kept.
        world: Whose experiments.
        run_id: The run that decides.
    """

    def __init__(self, book: ExperimentBook, world: str, run_id: str) -> None:
        self._book, self._world, self._run_id = book, world, run_id
        self._looked_at = -1
        self._record: ExperimentRecord | None = None
        self._experiment: Experiment | None = None
        self._drawn: dict[str, ArmRecord] = {}

    def tried(self, decision_id: str, parameters: ParameterSet, ts: int) -> ParameterSet:
        """``parameters``, with the candidate in them if the decision draws it."""
        self._look(ts)
        record, experiment = self._record, self._experiment
        if record is None or experiment is None or experiment.ending() is not None:
            return parameters  # one that is over waits for the reflection that says so
        if parameters[record.name] != record.value_before:
            return parameters  # somebody has set another value meanwhile: there is nothing to compare with
        share = experiment.share()
        is_candidate = draws_candidate(record.experiment_id, decision_id, share)
        value = record.value if is_candidate else record.value_before
        self._drawn[decision_id] = ArmRecord(
            decision_id=decision_id,
            experiment_id=record.experiment_id,
            is_candidate=is_candidate,
            share=share,
            value=value,
            run_id=self._run_id,
            world=self._world,
            ts=ts,
        )
        origin = {**parameters.origin, record.name: f"experiment {record.experiment_id}"}
        return replace(parameters, values={**parameters.values, record.name: value}, origin=origin)

    def keep(self, decision: Decision) -> None:
        """Write down the arm the decision had."""
        arm = self._drawn.get(decision.decision_id)
        if arm is not None:
            self._book.assign(arm)
            if self._is_of_taken and decision.action is not Action.ENTER:
                del self._drawn[decision.decision_id]  # nothing will come of it that counts

    def learn(self, outcome: Outcome) -> None:
        """Count an outcome of the kind that judges the experiment."""
        record, experiment = self._record, self._experiment
        if record is None or experiment is None or outcome.kind != record.kind:
            return
        arm = self._drawn.pop(outcome.decision_id, None)
        if arm is not None and arm.experiment_id == record.experiment_id:
            net = 0.0 if outcome.net_bps is None else outcome.net_bps
            experiment.learn(is_candidate=arm.is_candidate, share=arm.share, net_bps=net)

    @property
    def _is_of_taken(self) -> bool:
        return self._record is not None and self._record.kind == TAKEN

    def _look(self, ts: int) -> None:
        minute = ts - ts % HEARD_EVERY_NS
        if minute == self._looked_at:
            return
        self._looked_at = minute
        self._drawn = {name: arm for name, arm in self._drawn.items() if ts - arm.ts < FORGOTTEN_NS}
        record = self._book.under_way(self._world, minute)
        if record is None or self._record is None or record.experiment_id != self._record.experiment_id:
            self._take_up(record, ts)

    def _take_up(self, record: ExperimentRecord | None, ts: int) -> None:
        """Begin to draw arms of ``record``, with all that is known of it by now."""
        self._record, self._experiment, self._drawn = record, None, {}
        if record is not None:
            self._experiment = experiment_of(self._book, record, ts)
