"""Adapted decisions: every one says by whom its parameters were bent, and is taken again as it was."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from keeper_agent.retaking import retake
from keeper_agent.settings import load_settings
from memory.schema import METADATA
from memory.store import Store
from tests.support.memories import SECOND, MemoryBuilder, at
from tests.support.replays import EAGER, record_of
from tests.support.senses import BTCUSDT, BUNDLED, opening
from tools.domain.trading import Action

RUN = "run_0000000000"


def lose(home: Path) -> None:
    """Twenty round trips of earlier that day, two fifths of them won."""
    with Store.open(home, is_throwaway=True) as store:
        build = MemoryBuilder(store)
        build.begin()
        for n in range(20):
            decision = build.decide(at("10:00:00") + 60 * n * SECOND, symbol="ETHUSDT", action=Action.ENTER)
            build.trade(decision, 5.0 if n < 8 else -10.0)


def test_a_losing_streak_is_on_every_decision_until_it_is_over_and_retaken(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lose(home)
    record_of(tmp_path, opening(BUNDLED[0], 150), BTCUSDT, parameters=f"{EAGER},adapt=1", run_id=RUN)
    decisions = METADATA.tables["decision"]
    with Store.open(home, read_only=True) as store:
        query = select(decisions.c.decision_id).where(decisions.c.run_id == RUN).order_by(decisions.c.ts)
        names = [row["decision_id"] for row in store.read(query)]
        found = [retake(store, load_settings(keeper_home=home), name, {}) for name in names]
    assert len(found) > 20
    assert [one.was.decision_id for one in found if one.differences] == []
    first = {clamp.limit: clamp for clamp in found[0].was.clamps}
    assert first["adaptation.default_order_size_usd"].before == "25"
    assert first["adaptation.default_order_size_usd"].after == "17.5"
    assert "8 of the last 20 round trips won" in first["adaptation.default_order_size_usd"].reason
    assert first["adaptation.mm_min_confidence"].after == "0.7"


def test_nothing_is_bent_where_it_is_off(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lose(home)
    record_of(tmp_path, opening(BUNDLED[0], 60), BTCUSDT, run_id=RUN)
    decisions = METADATA.tables["decision"]
    with Store.open(home, read_only=True) as store:
        rows = store.read(select(decisions.c.clamps).where(decisions.c.run_id == RUN))
    assert rows
    assert not any("adaptation" in row["clamps"] for row in rows)
