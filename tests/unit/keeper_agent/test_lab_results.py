"""What becomes of worlds and sessions is pinned: whoever makes the laboratory faster must not move a number.

Prices, sizes and times are integers; what is told of them here does not hang on the last bit of a float.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.seat import PERIOD_NS, events_of, events_of_rows
from keeper_agent.lab.session import Session
from tests.support.laboratory import coin, operator, session, settings
from tools.domain.errors import BadUsage
from tools.domain.identity import content_hash
from venue.rolling import RollingView

PINNED = {
    "T2": "4cef0ccd3dac35f4ee1f8f3f0ce9f6d568a83a2fbd7ef8c69d346e64c102845e",
    "T3": "b8ad6d00e80182c171f92593cf22684a57ba6b0c0a845016f976db80229536c1",
    "T4": "af3a83a9e5b113d7d8b50964155982beb409c23d1dffa3c8bdeb91f119a4c4ac",
}


def told(found: Session) -> str:
    """A hash of who did what in the world, and of what Keeper wished, got and made of it."""
    truth, lines = found.truth, [(one.ts, one.side, one.size, one.price) for one in found.intents]
    fills = [(one.ts, one.size, one.price, one.is_maker) for one in found.fills]
    ends = [(one.kind, one.result.value, one.ts_known) for one in found.outcomes]
    world = (truth.orders, truth.ends, truth.trades, truth.quoting)
    return content_hash(repr((world, lines, fills, ends)).encode())


@pytest.mark.parametrize("tier", PINNED)
def test_sessions_come_to_what_they_always_came_to(tier: str) -> None:
    found = session(tier, seed=5, minutes=0.7)
    assert len(found.chosen) > 10
    assert len(found.fills) > 0
    assert told(found) == PINNED[tier]


def test_a_session_is_the_same_whatever_of_it_is_remembered(tmp_path: Path) -> None:
    own, brief = (session("T3", minutes=0.7, remembers=remembers) for remembers in (True, False))
    kept = Laboratory("T3", own.seed, settings(), operator()).run(0.7, keep=tmp_path / "kept")
    assert len(kept.chosen) > 10
    assert kept.record() == own.record() == brief.record()
    assert kept.signals == own.signals == brief.signals
    assert kept.results == own.results == brief.results
    with pytest.raises(BadUsage, match="neither leaves a memory"):
        Laboratory("T3", 1, settings(remembers=False), operator()).run(0.1, keep=tmp_path / "none")


def test_rows_become_the_same_events_as_the_view_of_them() -> None:
    one, other = coin(seconds=90), coin(seconds=90)
    rows, views = RollingView(one.pits[0], PERIOD_NS), RollingView(other.pits[0], PERIOD_NS)
    found = events_of_rows(rows.take_rows(one.now))
    assert len(found) > 100
    assert found.tolist() == events_of(views.take(other.now)).tolist()
    assert found.flags.writeable
    assert found.flags.aligned
