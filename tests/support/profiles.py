"""A made-up profile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from memory.profiles import Profile, profile_name


def a_profile(make: Any, **changes: Any) -> Profile:
    """One of BTCUSDT in a calm market, of the run of ``make``."""
    whole = Profile(
        profile_id=profile_name("recorded", "BTCUSDT", "calm"),
        world="recorded",
        symbol="BTCUSDT",
        regime="calm",
        n=40,
        n_effective=22.5,
        wins=26,
        win_low=0.45,
        win_high=0.8,
        breakeven=0.61,
        net_bps=1.5,
        net_low=None,
        net_high=None,
        spread_bps=0.3,
        signature={"mm_spread_bps": 6.5},
        hours=({"hour": 9, "n": 12, "net_bps": 2.0, "low": 0.5, "high": 3.5},),
        day="2024-08-08",
        run_id=make.run_id,
        ts=90,
        ts_known=100,
    )
    return replace(whole, **changes)
