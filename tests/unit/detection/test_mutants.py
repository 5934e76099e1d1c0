"""A detector with one line wrong is caught by the tests that say they would."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.detection_mutants import CAUGHT, CHANGES, CRASHED, PASSED, in_a_process, with_each


def verdicts(part: str) -> dict[str, Any]:
    """What a process that runs the kernels as plain Python says of a part."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.detection_mutants", part],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("part", sorted(CHANGES))
def test_every_mutant_is_caught_and_nothing_else(part: str) -> None:
    found = verdicts(part)
    assert found.pop("unchanged")["verdict"] == PASSED
    assert len(found) == len(CHANGES[part]) >= 8
    assert {name: said for name, said in found.items() if said["verdict"] != CAUGHT} == {}


def test_no_test_and_a_test_that_holds_catch_nothing() -> None:
    for tests, verdict in ((("evidence::test_nothing_of_this_name",), CRASHED), (("nowhere",), CRASHED)):
        assert in_a_process(tests, None)["verdict"] == verdict
    assert in_a_process(("evidence::test_two_values_have_no_median",), None)["verdict"] == PASSED


def test_every_case_of_a_test_is_tried() -> None:
    seen = []

    @pytest.mark.parametrize(("a", "b"), [(1, 2), (3, 4)])
    @pytest.mark.parametrize("c", "xy")
    def tried(a: int, b: int, c: str) -> None:
        seen.append((a, b, c))

    for case in with_each(tried):
        case()
    assert sorted(seen) == [(1, 2, "x"), (1, 2, "y"), (3, 4, "x"), (3, 4, "y")]
