"""Beliefs in memory are facts: only added, read as known at a time, and the same bit for bit."""

from __future__ import annotations

from pathlib import Path

from memory.posteriors import PosteriorBook, PosteriorRecord
from memory.store import Store
from memory.verify import verify
from tests.support.memories import MemoryBuilder, at
from tools.domain.market import NANOS
from tools.domain.trading import Action


def kept(home: Path) -> list[PosteriorRecord]:
    """Four beliefs of two arms; the last two became known at one time."""
    with Store.open(home) as store:
        build = MemoryBuilder(store)
        build.begin("run_1", ts=at("12:00:00"))
        made = []
        for i, (arm, n) in enumerate((("a", 1), ("b", 1), ("a", 3), ("a", 2))):
            decision = build.decide(at(f"12:00:0{i + 1}"), action=Action.ENTER)
            known = at("12:01:00") + min(i, 2) * NANOS
            made.append(
                PosteriorRecord(
                    decision_id=decision.decision_id, kind="thompson", arm=arm, n=n,
                    belief={"won": 0.1 + n / 3, "lost": 1e-17, "ts": known}, run_id=decision.run_id,
                    world=decision.world, ts=known, ts_known=known,
                )
            )  # fmt: skip
        book = PosteriorBook(store)
        for one in made:
            book.record(one)
        store.flush()
    return made


def test_the_newest_of_each_arm_is_read_as_it_was_known(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = kept(home)
    assert verify(home).is_whole
    world, last = made[0].world, made[-1].ts_known
    with Store.open(home) as store:
        book = PosteriorBook(store)
        assert book.latest(world, "thompson", last) == [made[2], made[1]], "of one time the one that saw more"
        assert book.latest(world, "thompson", last - 1) == [made[0], made[1]]
        assert book.latest(world, "thompson", made[0].ts_known - 1) == []
        assert book.latest("live", "thompson", last) == []
        assert book.latest(world, "linucb", last) == []
