"""What is measured beside the peers, and what is said where there are none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.peers import BATCH, KEEPER, PeerProcess, Recording, live, measure, median_interval
from tests.support.senses import BTCUSDT
from tests.support.tapes import synthetic_market


def recording() -> Recording:
    return Recording(BTCUSDT, synthetic_market(seconds=30))


@pytest.mark.parametrize(("n", "inner"), [(6, 0), (8, 0), (9, 1), (11, 1), (12, 2)])
def test_the_interval_of_a_median_holds_it_nineteen_times_in_twenty(n: int, inner: int) -> None:
    """The order statistics of the sign test: all of 6 hold it with 0.969, the inner 7 of 9 with 0.961."""
    middle, low, high = median_interval([float(x) for x in range(n)])
    assert (middle, low, high) == ((n - 1) / 2, inner, n - 1 - inner)


def test_without_peers_keeper_is_measured_and_says_so() -> None:
    found = measure(recording(), 6, None)
    assert found["peers"] is None
    assert set(found["million_events_a_second"]) == set(KEEPER)
    assert all(0 < one["interval"][0] <= one["median"] for one in found["million_events_a_second"].values())
    assert found["touch"]["keeper"][0] < found["touch"]["keeper"][1]
    assert found["response_us"]["n"] > 0


def test_every_batch_is_timed() -> None:
    one = recording()
    assert live(one)["n"] == (len(one.events) - 1) // BATCH


def test_an_interpreter_without_the_peers_is_an_error_and_no_figure(tmp_path: Path) -> None:
    peers = PeerProcess(sys.executable, tmp_path, recording())
    with pytest.raises(RuntimeError, match="hftbacktest expects to answer"):
        peers.replay("hftbacktest")
    peers.close()
