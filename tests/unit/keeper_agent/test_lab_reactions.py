"""A session whose market reacts keeps how its makers took our fills, and sizes by it where that is wanted."""

from __future__ import annotations

from pathlib import Path

from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.session import Session
from memory.reactions import ReactionBook
from memory.store import Store
from tests.support.laboratory import SEED, operator
from tools.domain.trading import World
from tools.risk.tolerance import TOLD


def held(keep: Path, mode: str, seed: int = SEED) -> Session:
    conditions = LabSettings(coins=2).exploring()
    return Laboratory("T2", seed, conditions, operator(position_sizing_mode=mode)).run(1.5, keep=keep)


def test_reactions_are_kept_with_their_times_and_told_with_later_signals(tmp_path: Path) -> None:
    found = held(tmp_path / "learned", "learned")
    with Store.open(tmp_path / "learned") as store:
        kept = ReactionBook(store).known(World.VENUE.value, 1 << 62)
    assert len(kept) > 3
    fills = {(fill.decision_id, fill.ts) for fill in found.fills}
    for one in kept:
        assert (one.decision_id, one.ts) in fills
        assert one.ts < one.ts_known
        assert one.ratio > 0
    plans = [one.decision.plan.reasoning for one in found.chosen if one.decision.plan]
    assert plans
    assert all("of its order" in reasoning for reasoning in plans)
    assert any("no fill was seen taken yet" in reasoning for reasoning in plans)
    assert any("fills it left" in reasoning for reasoning in plans)
    assert set(TOLD) == {"mm_tolerated_share", "mm_tolerance", "mm_reactions", "mm_reactions_left"}


def test_other_modes_keep_the_same_facts_and_say_nothing_of_them(tmp_path: Path) -> None:
    found = held(tmp_path / "adaptive", "adaptive")
    with Store.open(tmp_path / "adaptive") as store:
        assert len(ReactionBook(store).known(World.VENUE.value, 1 << 62)) > 3
    plans = [one.decision.plan.reasoning for one in found.chosen if one.decision.plan]
    assert plans
    assert not any("of its order" in reasoning for reasoning in plans)
