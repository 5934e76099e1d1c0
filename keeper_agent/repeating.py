"""A run repeated by a replay: under its own name, where it stood in time, asking what it asked; and how well.

What a brain said and what was asked come from the record; everything else is decided anew, so the
decisions are the same only if recording, memory at the start, settings and program are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keeper_agent.brains import BrainParts
from keeper_agent.recorded_brains import recorded_parts
from keeper_agent.settings import Settings
from memory.repeating import RunRecord, decision_rows, run_record
from memory.store import Store
from tools.domain.errors import BadInput, BadUsage
from tools.domain.trading import World


@dataclass(frozen=True, slots=True)
class Repeated:
    """A run of the home that is to be repeated.

    Attributes:
        brain: Asks and answers by the record.
        decisions: What was decided on the symbol, by id.
    """

    run: RunRecord
    brain: BrainParts | None
    decisions: Mapping[str, Mapping[str, Any]]


def to_repeat(settings: Settings, text: str, symbol: str, book_sha256: str) -> Repeated:
    """The run whose id begins with ``text``, which must have begun with the book of that hash.

    Raises:
        NotInRecord: There is no such run, or more than one.
        BadUsage: It was not played from recordings.
        BadInput: It began with another recording.
    """
    with Store.open(settings.keeper_home, read_only=True) as store:
        run = run_record(store, text)
        if run.world != World.RECORDED or run.command != "run":
            raise BadUsage(
                f"expected a keeper run over recordings, {run.run_id} was {run.command} ({run.world})"
            )
        if run.input_hash.split()[:1] != [book_sha256]:
            raise BadInput(f"{run.run_id} began with another recording than this one")
        brain = recorded_parts(store, settings, run.ts_started, run_id=run.run_id)
        return Repeated(run, brain, decision_rows(store, run.run_id, symbol))


def repetition(settings: Settings, repeated: Repeated, symbol: str, until: int) -> dict[str, Any]:
    """How the decisions in the memory of ``settings`` agree with those that were repeated.

    Args:
        settings: Those of the replay, whose home holds what it decided.
        repeated: What was repeated.
        symbol: The symbol that was replayed.
        until: The end of the recording, ns; what the run decided later was on another one.

    Returns:
        How many decisions the run took, how many came out the same in every column, and the first difference.
    """
    with Store.open(settings.keeper_home, read_only=True) as store:
        mine = decision_rows(store, repeated.run.run_id, symbol)
    theirs = {name: row for name, row in repeated.decisions.items() if row["ts"] <= until}
    other = [_difference(name, row, mine.get(name)) for name, row in theirs.items() if row != mine.get(name)]
    return {
        "run_id": repeated.run.run_id,
        "decisions": len(theirs),
        "same": len(theirs) - len(other),
        "only_here": len(mine.keys() - theirs.keys()),
        "first_difference": other[0] if other else None,
    }


def _difference(name: str, row: Mapping[str, Any], mine: Mapping[str, Any] | None) -> dict[str, Any]:
    """The columns in which a decision came out otherwise; none where it did not come at all."""
    columns = [] if mine is None else [column for column in row if row[column] != mine[column]]
    return {"decision_id": name, "is_missing": mine is None, "columns": columns}
