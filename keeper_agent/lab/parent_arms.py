"""Every arm of one world: what comes before its entries is lived through once.

Up to the moment at which an entry may begin, a world is the same whoever carries its entries out.
From there each arm goes on in a process forked off, one after the other, and says its rows as JSON.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from keeper_agent.lab.parent_cycle import Arm, Carried
from keeper_agent.lab.parents import ParentJob, ParentRow, begun, finished
from tools.domain.errors import InvariantBroken
from tools.domain.reaction import Reaction


@dataclass(frozen=True, slots=True)
class ArmsJob:
    """A world whose entries are carried out anew by each of ``arms``; ``job`` says all but the arm."""

    job: ParentJob
    arms: tuple[Arm, ...]


def all_carried_out(job: ArmsJob) -> list[list[ParentRow]]:
    """The rows of each arm, in the order of the arms; those of ``carried_out``.

    Raises:
        InvariantBroken: An arm ended without its rows; what happened is on the standard error.
    """
    try:
        return _all_carried_out(job)
    finally:
        clear_away()


def _all_carried_out(job: ArmsJob) -> list[list[ParentRow]]:
    sim, cycles = begun(job.job)
    rows = []
    for arm in job.arms:

        def carry_on(arm: Arm = arm) -> bytes:
            return orjson.dumps(finished(sim, cycles, replace(job.job, arm=arm)))

        said = forked(carry_on)
        if not said:
            raise InvariantBroken(
                f"{arm} of world {job.job.seed} in {job.job.scenario} ended without its rows"
            )
        rows.append(rows_of(said))
    return rows


def rows_of(said: bytes) -> list[ParentRow]:
    """Rows of one arm from JSON."""
    return [_row(plain) for plain in orjson.loads(said)]


def _row(plain: dict[str, Any]) -> ParentRow:
    carried = plain["carried"]
    if carried is not None:
        reactions = tuple(Reaction(**one) for one in carried["reactions"])
        carried = Carried(**{**carried, "reactions": reactions})
    return ParentRow(**{**plain, "carried": carried})


def clear_away() -> None:
    """Free the worlds that are over.

    Everyone in a world knows it, so that it is freed by the collector alone, which would leave twenty of
    them lie: 150 MB each, whose page tables every fork copies.
    """
    gc.collect()


def forked(work: Callable[[], bytes]) -> bytes:
    """What ``work`` says in a process of its own; nothing where it failed there."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be(work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return said if status == 0 else b""


def _be(work: Callable[[], bytes], writing: int) -> None:
    gc.freeze()  # what it came with is no garbage of its own, and looking at a page copies it
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(work())
    except BaseException:  # noqa: BLE001 (a fork has no caller; its parent reads the code)
        traceback.print_exc(file=sys.stderr)
        os._exit(1)
    os._exit(0)
