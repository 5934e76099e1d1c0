"""One day that many tests ask about: ten decisions of two runs, with known answers."""

from __future__ import annotations

from pathlib import Path

from memory.parameters import ParameterStore
from tests.support.memories import DAY, SECOND, a_memory, at
from tools.domain.regime import Regime
from tools.domain.trading import Action, Decision, Result, Route

NEXT_DAY = "2024-08-09"
NOW = at("12:00:00", NEXT_DAY)


def a_remembered_day(home: Path) -> dict[str, Decision]:
    """Write the day into ``home``; returns its decisions by a name for each.

    BTCUSDT: buys at 22:00 (+10), 22:30 (-20) and 23:58 (+4), a probe at 23:10 (-30), three skips by rule
    (paper -8, +2 and none), one abstention at 23:50 (paper +1). ETHUSDT: a buy at 22:15 (-5)
    and, in a second run on the next day, a skip at 01:00.
    """
    with a_memory(home) as build:
        enter = {"action": Action.ENTER, "route": Route.PATTERN}
        told = {
            "won": build.decide(at("22:00:00"), **enter),  # type: ignore[arg-type]
            "eth": build.decide(
                at("22:15:00"),
                symbol="ETHUSDT",
                action=Action.ENTER,
                route=Route.MODEL,
                regime=Regime.VOLATILE,
            ),
            "lost": build.decide(at("22:30:00"), **enter),  # type: ignore[arg-type]
            "skip1": build.decide(at("22:40:00"), refusing=["mm_confidence"]),
            "skip2": build.decide(at("22:50:00"), refusing=["mm_confidence", "spoofing"]),
            "probe": build.decide(at("23:10:00"), action=Action.ENTER, is_probe=True),
            "skip3": build.decide(at("23:20:00"), refusing=["spoofing"], regime=Regime.VOLATILE),
            "abstain": build.decide(at("23:50:00"), action=Action.ABSTAIN, route=Route.ABSTAIN),
        }
        known = build.trade(told["won"], 10.0)
        build.trade(told["eth"], -5.0, Result.TIMEOUT)
        build.trade(told["lost"], -20.0, Result.STOP)
        build.trade(told["probe"], -30.0, Result.STOP)
        build.follow(told["won"], 9.0, Result.TAKE_PROFIT)
        build.follow(told["skip1"], -8.0)
        build.follow(told["skip2"], 2.0, Result.TAKE_PROFIT)
        build.follow(told["abstain"], 1.0, Result.TIMEOUT)
        told["buy"] = build.decide(at("23:58:10"), recalled=[known.outcome_id], **enter)  # type: ignore[arg-type]
        build.trade(told["buy"], 4.0)
        ParameterStore(build.store).change(
            "stop_bps",
            25,
            reason="stops were hit and then won",
            evidence=[known.outcome_id],
            ts=at("23:59:00"),
            run_id=build.run_id,
            world=build.world,
        )
        build.begin("run_0000000002", ts=at("00:30:00", NEXT_DAY))
        told["last"] = build.decide(at("01:00:00", NEXT_DAY), symbol="ETHUSDT", refusing=["mm_confidence"])
        assert told["buy"].ts < at("23:59:00", DAY) + SECOND
        return told
