"""The arm a decision had in a live experiment, for its explanation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from memory.experiments import ArmRecord, ExperimentBook, ExperimentRecord
from memory.store import Store


def arm_as_data(store: Store, decision_id: str) -> dict[str, Any] | None:
    """The arm with its experiment, as it was drawn; None where there was none."""
    found = ExperimentBook(store).arm_of(decision_id)
    if found is None:
        return None
    experiment, arm = found
    own = ("experiment_id", "is_candidate", "share", "value")
    told = {name: asdict(arm)[name] for name in own}
    return told | {
        "name": experiment.name,
        "in_force": experiment.value_before,
        "candidate": experiment.value,
        "text": _text(experiment, arm),
    }


def arm_lines(store: Store, decision_id: str) -> list[str]:
    """The arm in a sentence, as a list; empty where there was none."""
    found = ExperimentBook(store).arm_of(decision_id)
    return [] if found is None else [f"Tried: {_text(*found)}."]


def _text(experiment: ExperimentRecord, arm: ArmRecord) -> str:
    role = "the candidate" if arm.is_candidate else "the value in force"
    other = experiment.value_before if arm.is_candidate else experiment.value
    return (
        f"{experiment.name} was {arm.value:g}, {role} of experiment {experiment.experiment_id}, "
        f"drawn against {other:g} with a chance of {arm.share:.2f} for the candidate"
    )
