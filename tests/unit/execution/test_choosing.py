"""Which algorithm an entry gets, by its size against what the maker bears, and by name."""

from __future__ import annotations

import pytest

from tests.support.scheduling import Tape, a_parent, played
from tools.execution.schedules.choosing import Algorithm, Around, made, route


@pytest.mark.parametrize(
    ("size", "average", "chosen"),
    [
        (80, 100.0, Algorithm.PLANNED),
        (81, 100.0, Algorithm.SMART),
        (800, 100.0, Algorithm.SMART),
        (801, 100.0, Algorithm.ALMGREN_CHRISS),
        (801, None, Algorithm.PLANNED),
    ],
)
def test_the_router_goes_by_size_against_what_the_maker_bears(
    size: int, average: float | None, chosen: Algorithm
) -> None:
    found = route(size, average, 10, 0.8)
    assert found.algorithm is chosen
    assert found.reason


@pytest.mark.parametrize(
    "algorithm", [a for a in Algorithm if a not in (Algorithm.PLANNED, Algorithm.ROUTED)]
)
def test_every_algorithm_can_be_made_by_name(algorithm: Algorithm) -> None:
    around = Around(volatility_bps=1.3, pov_share=0.2, risk_aversion=0.002)
    parent = a_parent()
    tape = played(made(algorithm, parent, around), parent, Tape())
    assert tape.bought == parent.size
    with pytest.raises(ValueError, match="expected an algorithm"):
        made(Algorithm.ROUTED, parent, around)
