"""A home with something to look at, and a stand-in for its agent that only says how it stands."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scheduler.control import ControlServer
from tests.support.memories import SECOND, MemoryBuilder, a_memory, at
from tools.domain.clock import iso
from tools.domain.regime import Regime
from tools.domain.trading import Action, Decision, Result, Route

SYMBOLS = ("ORBUSDT", "KITEUSDT", "MOSSUSDT", "FERNUSDT", "DUSKUSDT")
MIDS = (0.5109, 0.03412, 3.206, 0.0087, 1.4465)
RESULTS = (6.2, -12.5, 8.1, -4.4, 9.7, -15.2, 5.5, 7.9, -9.3, 3.1)
RUN = "run_0000000001"
NOON = at("12:00:00")
DEPTH = {
    "ts": NOON,
    "bids": [[f"0.5{10 - level:02d}", str(20 + level)] for level in range(8)],
    "asks": [[f"0.5{12 + level:02d}", str(30 + level)] for level in range(8)],
    "prints": [{"ts": NOON, "price": "0.51", "size": "12", "aggressor": "buy"}],
}


def a_busy_day(home: Path, count: int = 120) -> list[Decision]:
    """Write ``count`` decisions on five symbols into ``home``, a third of them entered, most followed."""
    with a_memory(home) as build:
        build.world = "venue"
        return [_decided(build, number) for number in range(count)]


def _decided(build: MemoryBuilder, number: int) -> Decision:
    symbol, ts = SYMBOLS[number % 5], at("06:00:00") + number * 47 * SECOND
    net = RESULTS[number % len(RESULTS)] + math.sin(number)
    shared: dict[str, Any] = {"symbol": symbol, "regime": (Regime.CALM, Regime.VOLATILE)[number % 7 == 0]}
    if number % 3 == 0:
        made = build.decide(
            ts,
            action=Action.ENTER,
            route=(Route.PATTERN, Route.MODEL)[number % 2],
            is_probe=number % 4 == 0,
            **shared,
            probability=0.35 + 0.4 * (number % 11) / 11,
        )
        build.trade(made, net, Result.TAKE_PROFIT if net > 0 else Result.STOP)
    elif number % 3 == 1:
        made = build.decide(ts, refusing=[("mm_confidence", "spoofing")[number % 2]], **shared)
    else:
        made = build.decide(
            ts,
            action=Action.ABSTAIN,
            route=Route.ABSTAIN,
            probability=0.3 + 0.5 * (number % 13) / 13,
            **shared,
        )
    build.follow(made, net - 1.0, Result.TAKE_PROFIT if net > 1 else Result.STOP)
    return made


def a_status(step: int = 0, **changes: Any) -> dict[str, Any]:
    """How an agent at a local venue stands; every ``step`` is another instant."""
    ts = NOON + step * SECOND // 10
    return {
        "run_id": RUN,
        "world": "venue",
        "place": "a local venue",
        "pid": 1,
        "version": "0.1.0",
        "ts": ts,
        "time": iso(ts),
        "began": iso(NOON - 600 * SECOND),
        "session_s": 600.0 + step / 10,
        "entries": "allowed",
        "why": "",
        "symbols": [_symbol(place, step) for place in range(len(SYMBOLS))],
        "positions": [
            {
                "symbol": "KITEUSDT",
                "decision_id": "d_0000000001",
                "size": "293",
                "price": "0.03412",
                "target": "0.0342",
                "stop": "0.034",
                "is_probe": True,
            }
        ],
        "orders": [
            {
                "symbol": "KITEUSDT",
                "order": "kp0001",
                "decision_id": "d_0000000001",
                "leg": "bracket",
                "side": "sell",
                "price": "0.0342",
                "left": "293",
            }
        ],
        "asking": 0,
        "today": {"day": "2024-08-08", "realised_usd": "-0.0452", "entries": 4},
        "at_stake_usd": "10.2",
        "limits": {
            "max_total_exposure_usd": 5000.0,
            "max_open_positions": 5.0,
            "max_trades_per_day": 100.0,
            "daily_loss_limit_usd": 50.0,
        },
        "run": {
            "decisions": 120 + step // 10,
            "routes": {"rule": 97, "pattern": 1, "abstain": 22},
            "probes": 8,
            "round_trips": 3,
            "wins": 1,
            "net_quote": "-0.0452",
            "fees_quote": "0.00998",
            "departures": 1,
        },
        "latencies": {
            "decision": {"n": 120, "p50_ms": 2.4, "p99_ms": 7.9},
            "memory": {"n": 120, "p50_ms": 0.3, "p99_ms": 1.1},
        },
        "model": None,
        "parameters_version": 1,
        "patterns": 40,
        "metrics": {
            "decisions_an_hour": 720,
            "last_24h": {
                "round_trips": 3,
                "wins": 1,
                "win_rate": 1 / 3,
                "win_rate_interval": [0.06, 0.79],
                "breakeven": 0.59,
                "expectancy_bps": -4.1,
                "net_quote": "-0.0452",
                "fees_quote": "0.00998",
            },
            "strategies": {},
            "brain": None,
        },
        **changes,
    }


def _symbol(place: int, step: int) -> dict[str, Any]:
    mid = MIDS[place] * (1 + 0.0004 * math.sin(step / 15 + place))
    return {
        "symbol": SYMBOLS[place],
        "book": "sound",
        "silent_s": 0.2,
        "feed": {
            "book_messages": 900 + step,
            "book_gaps": 0,
            "book_crossed": 0,
            "book_snapshots": 1,
            "tape_gaps": 0,
            "levels_dropped": 0,
        },
        "mid": mid,
        "spread_bps": 5.9,
        "regime": "calm",
        "mm": {
            "is_there": place != 4,
            "confidence": 0.15 + 0.18 * place,
            "low": mid * 0.9992,
            "high": mid * 1.0009,
            "order": 9.4,
        },
        "levels": {"entry": mid * 0.9991, "exit": mid * 1.001},
        "tape": {"aggressor_ratio_60s": 0.52, "large_trades_count": 1.0, "tape_velocity": 0.7},
        "spoofing": 0.12,
        "spoof_suspects": 2,
        "order_lifetime_s": 14.0,
        "outlook": {
            "volatility": 0.0011,
            "regime": "calm",
            "btc": {"value": 0.31, "low": 0.1, "high": 0.5, "overlaps": 240},
        },
        "doing": ("watching", "holding, offered", "resting", "entering", "watching")[place],
        "rest_s": 0.0,
        "entries_today": place,
    }


@contextmanager
def a_stand_in(home: Path, **changes: Any) -> Iterator[dict[str, Any]]:
    """An agent in ``home``, standing another way each time it is asked; it tells what the yielded holds."""
    told: dict[str, Any] = dict(changes)
    steps = iter(range(10**9))

    def status(request: Mapping[str, Any]) -> dict[str, Any]:
        return a_status(next(steps), **told)

    handlers = {"ping": lambda request: {"pid": 1}, "status": status, "depth": lambda request: DEPTH}
    server = ControlServer(home, handlers)
    server.start()
    try:
        yield told
    finally:
        server.close()
