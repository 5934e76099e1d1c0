"""How right the votes were is learned as outcomes become known, and a restart knows the same."""

from __future__ import annotations

from pathlib import Path

from keeper_agent.app import Keeper
from keeper_agent.settings import load_settings
from memory.store import Store
from scheduler.observer import Silent
from scheduler.replay import replay
from scheduler.run import RunIdentity
from tests.support.replays import EAGER
from tests.support.senses import BTCUSDT, BUNDLED, opening
from tools.domain.parameter import default_parameters
from tools.domain.trading import Vote, World

WORLD = {BTCUSDT.symbol: BTCUSDT}


def test_a_restart_weighs_votes_as_the_run_before_it_did(tmp_path: Path) -> None:
    settings = load_settings(keeper_home=tmp_path, keeper_parameters=f"{EAGER},pattern_min_neighbours=2")
    events = opening(BUNDLED[0], 150)
    first, last = (int(events["ts_init"][i]) for i in (0, -1))
    with Store.open(tmp_path, is_throwaway=True) as store:
        identity = RunIdentity("run_0000000000", World.RECORDED, 7)
        lived = Keeper(settings, store, identity, WORLD, Silent(), None, first)
        lived.begin("replay", {}, "", first)
        replay(lived.cycle(BTCUSDT), events)
        lived.end(last)
        identity = RunIdentity("run_0000000001", World.RECORDED, 7)
        again = Keeper(settings, store, identity, WORLD, Silent(), None, last + 10**12)
        early = Keeper(settings, store, identity, WORLD, Silent(), None, first)
    assert lived.skill.counts()["pattern"] >= 5
    assert early.skill.counts() == {}, "what became known later was not known at the start"
    other = (Vote("model", "enter", 0.5, 1.0, 1.0, "as said"),)
    least = default_parameters({"skill_min_outcomes": 10})
    for keeper in (lived, again):
        for net in range(200):
            keeper.skill.learn(other, float(net % 7))
            keeper.skill.learn((Vote("pattern", "enter", 0.5, 2.0, 1.0, "as said"),), float(net % 5))
    assert lived.skill.weights(least) == again.skill.weights(least) != {}
