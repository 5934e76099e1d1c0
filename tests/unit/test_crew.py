"""Tests that are shared among forked workers end as in one process, and none is lost with a worker."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIRST = """
import os, time
import pytest

@pytest.fixture(scope="session")
def told(tmp_path_factory):
    yield "once"
    print("torn down")

@pytest.fixture(scope="module")
def own():
    yield os.getpid()

def test_passes(told, own): print("words of a test that passes")
def test_fails(own):
    print("words of a test that fails")
    assert os.getpid() != own
@pytest.mark.skip(reason="not today")
def test_is_skipped(): ...
@pytest.mark.xfail(strict=True)
def test_is_expected_to_fail(): assert 0
@pytest.mark.xfail(strict=True)
def test_is_expected_to_fail_and_passes(): ...
@pytest.fixture
def breaks(): raise ValueError("broken fixture")
def test_has_a_broken_fixture(breaks): ...
"""
SECOND = (
    "import pytest\n@pytest.mark.parametrize('n', range(40))\ndef test_many(n, tmp_path): assert n != 7\n"
)
THIRD = "import pytest\n@pytest.mark.parametrize('n', range(9))\ndef test_more(n): assert n >= 0\n"
DIES = "import os\ndef test_lives(): ...\ndef test_dies(): os._exit(3)\ndef test_is_never_reached(): ...\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of tests that end in every way a test can."""
    for name, text in (("first", FIRST), ("second", SECOND), ("third", THIRD)):
        (tmp_path / f"test_{name}.py").write_text(text)
    return tmp_path


def started(folder: Path, *words: str, **extra: str) -> subprocess.Popen[str]:
    """pytest over the folder, with nothing of this repository's settings but ``extra`` in its environment."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.crew", "-p", "no:cacheprovider", "-rA"]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)} | extra
    return subprocess.Popen(
        [*command, "-c", os.devnull, "--rootdir", str(folder), *words, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=environment,
    )


def run(folder: Path, *words: str) -> tuple[str, int]:
    """What pytest says over the folder, and its exit code."""
    process = started(folder, *words)
    told, _ = process.communicate(timeout=120)
    return told, process.returncode


def outcomes(told: str) -> list[str]:
    """What the summary says of each test, sorted."""
    return sorted(re.findall(r"^(?:PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR) \S+", told, re.MULTILINE))


def counts(told: str) -> str:
    """The last line without its time."""
    return re.sub(r" in [\d.]+s.*", "", told.strip().splitlines()[-1]).strip("= ")


def test_they_end_as_in_one_process(folder: Path) -> None:
    alone, alone_code = run(folder)
    shared, shared_code = run(folder, "--crew", "3")

    assert shared_code == alone_code == 1
    assert outcomes(shared) == outcomes(alone)
    assert counts(shared) == counts(alone) == "3 failed, 49 passed, 1 skipped, 1 xfailed, 1 error"
    assert "words of a test that fails" in shared


def test_one_that_takes_its_worker_along_fails_and_what_it_held_is_told(folder: Path) -> None:
    (folder / "test_dies.py").write_text(DIES)

    told, code = run(folder, "--crew", "2")

    assert code == 1
    assert "FAILED test_dies.py::test_dies" in told
    assert "ended with code 3" in told
    assert "FAILED test_dies.py::test_is_never_reached - it was never run" in told
    assert counts(told) == "5 failed, 50 passed, 1 skipped, 1 xfailed, 1 error"


def test_the_first_failure_stops_all_where_that_is_asked_for(folder: Path) -> None:
    told, code = run(folder, "--crew", "2", "-x")

    assert code == 1
    assert "stopping after 1 failures" in told
    assert len(re.findall(r"^PASSED", told, re.MULTILINE)) < 49


def test_failures_that_are_heard_together_are_one_too_many(folder: Path) -> None:
    for one in folder.glob("test_*.py"):
        one.unlink()
    (folder / "test_both.py").write_text(
        "import os, signal\n"
        "def test_one():\n    os.kill(os.getppid(), signal.SIGSTOP)\n    assert False\n"
        "def test_two():\n    assert False\n"
        "def test_three():\n    os.kill(os.getppid(), signal.SIGCONT)\n"
    )
    told, code = run(folder, "--crew", "1", "-x")
    assert code == 1
    assert "stopping after 1 failures" in told


def test_workers_write_below_one_folder_of_the_run_and_leave_what_failed(folder: Path) -> None:
    home = folder / "temporary"
    home.mkdir()
    policy = "tmp_path_retention_policy=failed"
    process = started(folder, "--crew", "3", "-o", policy, PYTEST_DEBUG_TEMPROOT=str(home))
    process.communicate(timeout=120)
    (base,) = (one for one in home.glob("pytest-of-*/pytest-*") if not one.is_symlink())
    assert not (base / ".lock").exists(), "nobody would tidy it up"
    assert {one.name for one in base.glob("worker-?")} == {"worker-0", "worker-1", "worker-2"}
    assert [one.name for one in base.glob("worker-?/test_many*_0")] == ["test_many_7_0"]


def test_an_interrupt_ends_everybody(folder: Path) -> None:
    mark = folder / "began"
    (folder / "test_waits.py").write_text(
        "import os, time\ndef test_waits():\n"
        f"    open({str(mark)!r}, 'w').write(str(os.getpid()))\n    time.sleep(60)\n"
    )
    process = started(folder, "--crew", "2")
    while not mark.exists() or not mark.read_text():
        assert process.poll() is None
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "KeyboardInterrupt" in told
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
