"""Who hears whom: every market of a process hears BTC, and says with how much of it its signals go."""

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from scheduler.cycle import DecisionCycle
from scheduler.leading import follow_leader
from tests.support.pairs import COIN, END, START, streams
from tests.support.pairs import LEADER as BTC
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import default_parameters
from tools.execution.paper import PaperMarket
from tools.features.names import EVIDENCE
from tools.market.events import Events


@dataclass
class Seat:
    """As much of a cycle as a leader needs."""

    market: PaperMarket


def seated(*instruments: Instrument) -> dict[str, Any]:
    """A market each."""
    return {one.symbol: Seat(PaperMarket(one, default_parameters())) for one in instruments}


def told(seats: dict[str, Any]) -> str | None:
    """Who leads."""
    return follow_leader(cast("dict[str, DecisionCycle]", seats))


def play(market: PaperMarket, events: Events, until: int) -> None:
    """Take in all events up to ``until``, whatever is noticed on the way."""
    index = 0
    part = events[events["ts_init"] <= until]
    while index < len(part):
        index, _ = market.advance(part, index, until)
        market.features(until)


def test_every_other_market_hears_the_leader_and_the_leader_hears_nobody() -> None:
    other = replace(COIN, symbol="SOLUSDT", base="SOL")
    seats = seated(COIN, other, BTC)
    assert told(seats) == "BTCUSDT"
    coin, leader = streams(1)
    for symbol, events in (("ETHUSDT", coin), ("SOLUSDT", coin), ("BTCUSDT", leader)):
        play(seats[symbol].market, events, END)
    found = seats["ETHUSDT"].market.correlation(END)
    assert found is not None
    assert seats["SOLUSDT"].market.correlation(END) == found
    assert seats["BTCUSDT"].market.correlation(END) is None
    evidence = seats["ETHUSDT"].market.evidence(END)
    assert set(evidence) == set(EVIDENCE)
    assert evidence["btc_correlation"] == found.value
    assert evidence["btc_overlaps"] == found.overlaps


def test_without_a_leader_nothing_is_said_of_one() -> None:
    seats = seated(COIN)
    assert told(seats) is None
    play(seats["ETHUSDT"].market, streams(1)[0], END)
    assert set(seats["ETHUSDT"].market.evidence(END)) == {"outlook_volatility", "outlook_regime"}


@pytest.mark.parametrize("seconds", [3, 400])
def test_what_is_not_known_yet_is_not_told(seconds: int) -> None:
    seats = seated(COIN, BTC)
    told(seats)
    until = START + seconds * NANOS
    for symbol, events in zip(seats, streams(1), strict=True):
        play(seats[symbol].market, events, until)
    evidence = seats["ETHUSDT"].market.evidence(until)
    assert (evidence == {}) == (seconds == 3)
    assert all(isinstance(value, float) for value in evidence.values())


WARMED = """
from tools.execution.warmup import warm_kernels
from tools.features.hayashi_yoshida import move_to, see_all
from tools.features.outlook import look_ahead
warm_kernels()
print([len(one.signatures) for one in (move_to, see_all, look_ahead)])
from tests.unit.scheduler.test_leading import BTC, COIN, END, play, seated, streams, told
seats = seated(COIN, BTC)
told(seats)
for seat, events in zip(seats.values(), streams(1)):
    play(seat.market, events, END)
print(len(seats["ETHUSDT"].market.evidence(END)))
print([len(one.signatures) for one in (move_to, see_all, look_ahead)])
"""


def test_no_signal_waits_for_the_compiler() -> None:
    root = Path(__file__).resolve().parents[3]
    found = subprocess.run(
        [sys.executable, "-c", WARMED], cwd=root, capture_output=True, text=True, check=True, timeout=900
    )
    assert found.stdout.splitlines() == ["[1, 1, 1]", "4", "[1, 1, 1]"]
