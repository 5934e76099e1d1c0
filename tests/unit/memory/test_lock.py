"""A home has one owner, and the lock dies with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from memory.lock import LOCK_FILE, HomeLock
from tools.domain.errors import HomeLocked, StoreUnusable

HOLDER = """
import sys
from pathlib import Path
from memory.lock import HomeLock
lock = HomeLock.acquire(Path({home!r}), "keeper run --speed 4")
print("held", flush=True)
sys.stdin.read()
"""


def hold(home: Path) -> subprocess.Popen[bytes]:
    script = HOLDER.format(home=str(home))
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    return child


def test_the_second_process_is_told_who_owns_the_home(home: Path) -> None:
    with hold(home) as child:
        with pytest.raises(HomeLocked, match=rf"in use by process {child.pid} \(keeper run --speed 4\)"):
            HomeLock.acquire(home, "keeper reflect")
        child.send_signal(signal.SIGKILL)
    with HomeLock.acquire(home, "keeper reflect") as lock:
        assert lock.is_held
        assert (home / LOCK_FILE).read_text() == f"{os.getpid()}\nkeeper reflect\n"


def test_a_released_home_is_free(home: Path) -> None:
    first = HomeLock.acquire(home, "one")
    with pytest.raises(HomeLocked, match="one"):
        HomeLock.acquire(home, "two")
    first.release()
    first.release()
    assert not first.is_held
    HomeLock.acquire(home, "two").release()


def test_what_a_dead_owner_left_in_the_file_locks_nobody_out(home: Path) -> None:
    home.mkdir()
    (home / LOCK_FILE).write_text("99999\nkeeper run of last year, with a very long command line\n")
    with HomeLock.acquire(home, "keeper\nrun"):
        assert (home / LOCK_FILE).read_text() == f"{os.getpid()}\nkeeper run\n"


def test_a_home_that_cannot_be_locked_is_refused(home: Path) -> None:
    (home / LOCK_FILE).mkdir(parents=True)
    with pytest.raises(StoreUnusable, match="lock that can be written"):
        HomeLock.acquire(home, "keeper run")
