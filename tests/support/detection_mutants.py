"""Detectors with one line changed, each of which named tests must catch.

``python -m tests.support.detection_mutants PART`` prints as JSON what the tests said of a part's mutants.
Every mutant lives in a process of its own and runs as plain Python (plain_kernels.py). It is caught when a
test fails in an assertion; a mutant that only crashes is not. First come the unchanged detectors.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.chain_changes import CHAINS
from tests.support.changes import Change
from tests.support.maker_changes import BELIEF, DEPARTURE, EVIDENCE, MAKER
from tests.support.order_changes import ORDERS, SPOOFING
from tests.support.plain_kernels import use_plain_kernels

TESTS = Path(__file__).resolve().parents[1] / "unit" / "detection"
CHANGES = {
    "maker": MAKER,
    "chains": CHAINS,
    "evidence": EVIDENCE,
    "belief": BELIEF,
    "departure": DEPARTURE,
    "spoofing": SPOOFING,
    "orders": ORDERS,
}
PASSED, CAUGHT, CRASHED = "passed", "caught", "crashed"


def put_in(change: Change) -> None:
    """Give the module's functions the code that they have with ``change`` made, wherever they are known."""
    module = importlib.import_module(f"tools.detection.{change.module}")
    path = Path(str(module.__file__))
    text = path.read_text("utf-8")
    if text.count(change.before) != 1:
        raise ValueError(
            f"{change.name!r} expects its text once in {path.name}, was {text.count(change.before)}"
        )
    changed: dict[str, Any] = {"__name__": module.__name__, "__file__": str(path)}
    exec(compile(text.replace(change.before, change.after), str(path), "exec"), changed)  # noqa: S102 - our own
    for name, function in vars(module).items():
        own = getattr(function, "__wrapped__", None)
        if own is not None and own.__module__ == module.__name__:
            own.__code__ = changed[name].__wrapped__.__code__


@cache
def module_of(file: str) -> ModuleType:
    """The tests of a file, imported as they lie."""
    spec = importlib.util.spec_from_file_location(f"mutated_{file}", TESTS / f"test_{file}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases(test: str) -> Iterator[Callable[[], None]]:
    """Every case of a ``file`` of tests or of one ``file::name``."""
    file, _, only = test.partition("::")
    for name, function in vars(module_of(file)).items():
        if name == only or (not only and name.startswith("test_")):
            yield from with_each(function)


def with_each(function: Callable[..., None]) -> Iterator[Callable[[], None]]:
    """A test with each choice of its parameters."""
    choices = []
    for mark in getattr(function, "pytestmark", []):
        names = mark.args[0].replace(" ", "").split(",") if isinstance(mark.args[0], str) else mark.args[0]
        rows = [row if len(names) > 1 else (row,) for row in mark.args[1]]
        choices.append([dict(zip(names, row, strict=True)) for row in rows])
    for chosen in itertools.product(*choices):
        given = {name: value for row in chosen for name, value in row.items()}
        yield lambda given=given: function(**given)  # type: ignore[misc]


def judged(tests: tuple[str, ...]) -> dict[str, Any]:
    """What the tests, up to the first that fails, say here."""
    ran = 0
    for case in itertools.chain.from_iterable(map(cases, tests)):
        ran += 1
        try:
            case()
        except (AssertionError, pytest.fail.Exception):
            return {"verdict": CAUGHT, "ran": ran, "said": traceback.format_exc(limit=-1)}
    return {"verdict": PASSED if ran else CRASHED, "ran": ran, "said": ""}


def in_a_process(tests: tuple[str, ...], change: Change | None) -> dict[str, Any]:
    """What the tests say of a change, tried in a process that forks off."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writer, "w") as told:
            try:
                if change is not None:
                    put_in(change)
                said = judged(tests)
            except BaseException:  # noqa: BLE001 - whatever it is, it is told
                said = {"verdict": CRASHED, "ran": 0, "said": traceback.format_exc()}
            json.dump(said, told)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        text = told.read()
    os.waitpid(child, 0)
    return dict(json.loads(text))


def tried(part: str) -> dict[str, dict[str, Any]]:
    """The verdict on the unchanged detectors under all tests of the part, and on each of its mutants."""
    use_plain_kernels()
    changes = CHANGES[part]
    every = tuple(sorted({test for change in changes for test in change.tests}))
    for test in every:
        module_of(test.partition("::")[0])
    found = {"unchanged": judged(every)}  # here, so that what tests prepare once is there for all
    return found | {change.name: in_a_process(change.tests, change) for change in changes}


if __name__ == "__main__":
    json.dump(tried(sys.argv[1]), sys.stdout, indent=1)
