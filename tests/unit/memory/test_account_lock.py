"""One process an account: the second is turned away, and a stale owner knows that it is one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from memory.account_lock import AccountLock
from tests.support.sources import ROOT
from tools.domain.errors import HomeLocked

HOLD = """
import sys, time
from pathlib import Path
from memory.account_lock import AccountLock
lock = AccountLock.acquire(Path(sys.argv[1]), "key")
print(lock.token, flush=True)
time.sleep(60)
"""


def test_the_second_is_turned_away_and_another_account_is_not(tmp_path: Path) -> None:
    """INV-26."""
    with AccountLock.acquire(tmp_path, "key") as lock:
        assert lock.is_valid
        with pytest.raises(HomeLocked, match="another process trades this account"):
            AccountLock.acquire(tmp_path, "key")
        AccountLock.acquire(tmp_path, "other key").release()
    assert not lock.is_valid


def test_every_owner_has_a_higher_token_and_no_key_is_written_down(tmp_path: Path) -> None:
    """INV-26, INV-23."""
    tokens = []
    for _ in range(3):
        with AccountLock.acquire(tmp_path, "a-secret-key") as lock:
            tokens.append(lock.token)
    assert tokens == [1, 2, 3]
    for path in tmp_path.iterdir():
        assert "secret" not in path.name
        assert "secret" not in path.read_text()


def test_an_owner_whose_lock_file_was_replaced_is_no_owner(tmp_path: Path) -> None:
    """INV-26: a deleted lock file lets a second one in; the first must notice."""
    first = AccountLock.acquire(tmp_path, "key")
    first.path.unlink()
    assert not first.is_valid
    second = AccountLock.acquire(tmp_path, "key")
    assert second.is_valid
    assert not first.is_valid
    first.release()
    second.release()


def test_a_stopped_owner_keeps_the_account_and_a_killed_one_leaves_it(tmp_path: Path) -> None:
    """INV-26: two starts, one of them stopped in between."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        token = int(holder.stdout.readline())
        os.kill(holder.pid, signal.SIGSTOP)
        with pytest.raises(HomeLocked):
            AccountLock.acquire(tmp_path, "key")
    finally:
        holder.kill()
        holder.wait()
        assert holder.stdout is not None
        holder.stdout.close()
    with AccountLock.acquire(tmp_path, "key") as lock:
        assert lock.token == token + 1
