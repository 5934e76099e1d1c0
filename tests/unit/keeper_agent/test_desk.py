"""The record is read by whoever looks at a page; its own pages are looked through now and then alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from keeper_agent.api.desk import CHECKED_NS, Desk
from keeper_agent.settings import load_settings
from memory import store
from memory.connection import DATABASE
from tests.support.remembered import a_remembered_day
from tools.domain.errors import StoreUnusable


class Hand:
    """A clock that is moved by hand."""

    ts = 1_700_000_000_000_000_000

    def now(self) -> int:
        """Where it stands, ns."""
        return self.ts


def test_pages_are_looked_through_once_a_file_and_again_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, looks, clock = tmp_path / "home", [], Hand()
    a_remembered_day(home)
    look = store.check_pages

    def counting(*words: Any) -> bool:
        looks.append(1)
        return look(*words)

    monkeypatch.setattr(store, "check_pages", counting)
    desk = Desk(load_settings(keeper_home=home), clock)

    def read() -> int:
        with desk.reading() as found:
            assert found.fetch("SELECT count(*) FROM decision", {})[0][0] > 0
        return len(looks)

    assert [read(), read(), read()] == [1, 1, 1]
    clock.ts += CHECKED_NS
    assert [read(), read()] == [2, 2]
    path = home / DATABASE
    shutil.copy(path, other := home / "other.sqlite")
    raw = bytearray(other.read_bytes())
    raw[4_096 : 4_096 + 2_000] = b"\xff" * 2_000
    other.write_bytes(raw)
    other.replace(path)
    with pytest.raises(StoreUnusable, match="damaged"):
        read()
