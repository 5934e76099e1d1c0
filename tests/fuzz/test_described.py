"""A fast share of what schemathesis asks from the description; the long form is ``python -m tests.fuzz``."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.fuzz.described import Fuzzer
from tests.fuzz.planted import PREFIX, plant
from tests.fuzz.tally import Tally
from tests.support.api import served
from tests.support.commands import environment
from tests.support.forks import Fork


def test_every_answer_is_as_described(tmp_path: Path) -> None:
    """In a process of its own: what draws the questions must be alone with its random numbers."""
    out, err = tmp_path / "out", tmp_path / "err"
    words, where = ("--examples", "1", "--seed", "0", "--quick"), environment(tmp_path / "home", {})
    does = "tests.fuzz.__main__:run"
    Fork(*words, environment=where, folder=tmp_path, out=out, err=err, does=does).wait(300)
    told = orjson.loads(out.read_bytes() or b"null")
    assert told, err.read_text()
    assert told["faults"] == {}
    assert told["operations"] == told["offered"], "each of them"
    assert told["statuses"]["200"] > told["offered"] / 2


@pytest.mark.parametrize(
    ("path", "fault"), [("zero", "Server error"), ("teapot", "Undocumented status"), ("shape", "schema")]
)
def test_planted_faults_are_found(tmp_path: Path, path: str, fault: str) -> None:
    tally = Tally()
    with served(tmp_path / "home", plant) as call:
        Fuzzer(call, {}, tally).ask(20 if path == "zero" else 1, only=f"{PREFIX}/{path}")
    assert fault in "\n".join(tally.faults)
