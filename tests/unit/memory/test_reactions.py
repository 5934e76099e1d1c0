"""Reactions in memory are facts with the time they became known."""

from __future__ import annotations

from pathlib import Path

from memory.reactions import ReactionBook
from memory.store import Store
from memory.verify import verify
from tests.support.memories import MemoryBuilder, at
from tools.domain.market import NANOS
from tools.domain.reaction import Reaction
from tools.domain.trading import Action


def kept(home: Path) -> list[Reaction]:
    """Three reactions to one decision, the last known two seconds after the first."""
    with Store.open(home) as store:
        build = MemoryBuilder(store)
        build.begin("run_1", ts=at("12:00:00"))
        decision = build.decide(at("12:00:01"), action=Action.ENTER)
        ts = decision.ts
        made = [
            Reaction(
                decision_id=decision.decision_id, run_id=decision.run_id, world=decision.world,
                symbol=decision.symbol, venue=decision.venue, is_taken=bool(i % 2), ratio=0.5 + i,
                slip_bps=None if i else 3.5, refreshes=8.0, has_left=i == 2, ts=ts + i,
                ts_known=ts + i * NANOS,
            )
            for i in range(3)
        ]  # fmt: skip
        book = ReactionBook(store)
        for one in made:
            book.record(one)
        store.flush()
        world = decision.world
        assert book.known(world, made[-1].ts_known) == made
        assert book.known(world, made[-1].ts_known - 1) == made[:2], "it was not known yet"
        assert book.known(world, made[0].ts_known - 1) == []
        assert book.known("live", made[-1].ts_known) == []
        assert book.known(world, made[-1].ts_known, symbol="NONE") == []
    return made


def test_what_was_kept_is_read_back_as_it_was_known_and_in_order(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = kept(home)
    assert verify(home).is_whole
    with Store.open(home) as store:
        assert ReactionBook(store).known(made[0].world, made[-1].ts_known) == made
