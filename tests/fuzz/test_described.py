"""A fast share of what schemathesis asks from the description; the long form is ``python -m tests.fuzz``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.described import Fuzzer
from tests.fuzz.planted import PREFIX, plant
from tests.fuzz.tally import Tally, described
from tests.support.api import served
from tests.support.living import session


def test_every_answer_is_as_described(tmp_path: Path) -> None:
    tally = Tally()
    with session(tmp_path / "home") as agent, served(tmp_path / "home") as call:
        agent.play_to(40)
        known = {"symbol": "BTCUSDT", "name": agent.noted.decisions[0].decision_id}
        Fuzzer(call, known, tally).ask(1, with_heads=False)
        offered = sum(len(set(ways) - {"head"}) for ways in described(call)["paths"].values())
    assert tally.faults == {}
    assert len(tally.asked) == offered, "each operation"
    assert tally.statuses[200] > offered / 2


@pytest.mark.parametrize(
    ("path", "fault"), [("zero", "Server error"), ("teapot", "Undocumented status"), ("shape", "schema")]
)
def test_planted_faults_are_found(tmp_path: Path, path: str, fault: str) -> None:
    tally = Tally()
    with served(tmp_path / "home", plant) as call:
        Fuzzer(call, {}, tally).ask(20 if path == "zero" else 1, only=f"{PREFIX}/{path}")
    assert fault in "\n".join(tally.faults)
