"""Brains that repeat the record: what was asked, why the rest was not, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphs.brain import CALLS_COUNTED, Fault, RecordedAnswer, RecordedBrain
from graphs.decision import NOBODY_THERE
from keeper_agent.brains import BrainParts
from keeper_agent.settings import Settings
from memory.consultations import (
    AUDIT,
    DECIDE,
    Consultation,
    ConsultationLog,
    counted_costs_usd,
    last_attempts,
)
from memory.repeating import put_in_run
from memory.store import Store
from tools.domain.market import NANOS
from tools.domain.trading import Decision
from tools.risk.advice import Cause
from tools.risk.escalation import Purpose, RecordedChoices
from tools.risk.routing import why_unasked


def recorded_brain(store: Store, decision_id: str) -> RecordedBrain:
    """A brain that repeats what was said of one decision."""
    found = ConsultationLog(store).of_decision(decision_id)
    return RecordedBrain(_recorded(one) for one in last_attempts(found).values())


def recorded_choices(store: Store, was: Decision, *, is_asked: bool) -> RecordedChoices:
    """Asks about a decision taken again if, and only if, it was asked about.

    ``is_asked`` is whether it is known to have waited for an answer, be there a record of one or not.
    """
    sent = _sent(ConsultationLog(store).of_decision(was.decision_id))
    if is_asked:
        sent[was.decision_id] = (Purpose.DECIDE, 1.0)
    return RecordedChoices(sent, why_unasked(was.reason) or NOBODY_THERE)


def recorded_version(store: Store, decision_id: str) -> str | None:
    """The version of the text in which a decision was asked about; None where there is no record of it."""
    return _versions(ConsultationLog(store).of_decision(decision_id)).get(decision_id)


def recorded_parts(
    store: Store, settings: Settings, ts: int, *, run_id: str | None = None
) -> BrainParts | None:
    """A recorded brain as a replay is wired with it: it asks nobody and audits nothing.

    Where ``run_id`` is repeated, what it asked is asked and what it left is left, for the reason on its
    record: what a call was expected to cost then, and what the caps left, is not told by a tape.
    Any other run chooses anew, by what a call cost as of its beginning.

    Args:
        store: The memory that holds the record.
        settings: The operator's settings.
        ts: When the replay begins, ns.
        run_id: The run that is repeated, decision by decision.

    Returns:
        None where nothing is repeated and nobody was ever asked.
    """
    said = tuple(one for one in ConsultationLog(store).all_until() if one.purpose in (DECIDE, AUDIT))
    if run_id is None and not said:
        return None
    versions = _versions(said)
    newest = said[-1].prompt_version if said else None
    price = 0.0 if run_id is not None else _price_usd(store, said[0], ts)
    return BrainParts(
        RecordedBrain(_recorded(one) for one in last_attempts(said).values()),
        lambda: price,
        lambda: True,
        lambda requests: None,
        round(settings.keeper_brain_deadline_sec * NANOS),
        None if run_id is None else _choices_of(store, run_id, said),
        prompt_version=lambda decision_id: versions.get(decision_id, newest),
    )


def _choices_of(store: Store, run_id: str, said: tuple[Consultation, ...]) -> RecordedChoices:
    """What a run asked, and the reason of each decision that it did not ask about."""
    put = put_in_run(store, run_id)
    sent = _sent(one for one in said if one.run_id == run_id)
    sent.update({one.decision_id: (Purpose.DECIDE, 1.0) for one in put if one.is_waited_for})
    reasons = {one.decision_id: why_unasked(one.reason) or NOBODY_THERE for one in put}
    return RecordedChoices(sent, reasons=reasons)


def _price_usd(store: Store, first: Consultation, ts: int) -> float:
    """What a call was expected to cost at ``ts``: by the last ones, else by the list."""
    costs = counted_costs_usd(store, ts, CALLS_COUNTED)
    if costs:
        return float(sum(costs) / len(costs))
    # The price table is loaded only where somebody was asked.
    from graphs.brains.pricing import TYPICAL, ListedTariff, NotPriced

    try:
        return float(ListedTariff(first.provider, first.model).cost_usd(TYPICAL))
    except NotPriced:
        return 0.0  # it was asked, so it was a model on the machine itself


def _sent(found: Iterable[Consultation]) -> dict[str, tuple[Purpose, float]]:
    return {one.decision_id: (Purpose(one.purpose), one.propensity) for one in found}


def _versions(found: Iterable[Consultation]) -> Mapping[str, str]:
    return {one.decision_id: one.prompt_version for one in found}


def _recorded(one: Consultation) -> RecordedAnswer:
    fault = None if one.cause is None else Fault(Cause(one.cause), one.detail)
    return RecordedAnswer(one.decision_id, one.fingerprint, one.text, fault, one.ts_known - one.ts)
