"""The daily backup is made by a process of its own from a memory that is being written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from keeper_agent import backing_up
from keeper_agent.backing_up import daily_backups_of
from keeper_agent.settings import Settings
from memory.backup import BACKUPS, daily_backups, daily_path
from memory.packing import read
from memory.sealed import Secret
from memory.store import Store
from tests.support.memories import DAY, MemoryBuilder, at
from tools.domain.clock import day_bounds
from tools.domain.errors import StoreUnusable
from tools.domain.market import NANOS

KEY = "correct horse battery staple"


class Hand:
    """A clock set by hand, days after the memory's."""

    def __init__(self) -> None:
        self.days = 2

    def now(self) -> int:
        return day_bounds(DAY)[0] + self.days * 86_400 * NANOS


def settings(home: Path, keep: int = 2) -> Settings:
    return Settings(keeper_home=home, keeper_backups=keep, _env_file=None)  # type: ignore[call-arg]


def test_it_is_sealed_made_once_a_day_beside_the_writer_and_old_ones_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEPER_KEY", KEY)
    home, clock = tmp_path / "home", Hand()
    with Store.open(home) as store:
        build = MemoryBuilder(store)
        build.begin()
        build.decide(at("10:00:00"))
        (home / BACKUPS).mkdir()
        for day in ("2024-08-01", "2024-08-02", "2024-08-03"):
            daily_path(home, day).write_text("an old one")
        daily = daily_backups_of(store, settings(home), clock)
        daily.run_due()
        (_, made) = daily_backups(home)[-1]
        before = made.stat().st_mtime_ns
        daily.run_due()
        assert made.stat().st_mtime_ns == before
        store.flush()
    assert [date for date, _ in daily_backups(home)] == ["2024-08-03", "2024-08-09"]
    manifest = read(made, Secret(KEY))
    assert manifest["sealed"] is True
    assert manifest["counts"]["decision"] == 1, "what was queued is in it"


def test_what_the_process_says_is_the_error_and_old_ones_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEPER_KEY", "short")
    home = tmp_path / "home"
    with Store.open(home) as store:
        MemoryBuilder(store).begin()
        store.flush()
        (home / BACKUPS).mkdir()
        for day in ("2024-08-01", "2024-08-02", "2024-08-03"):
            daily_path(home, day).write_text("an old one")
        with pytest.raises(
            StoreUnusable, match=r"daily backup of .* was not made: KEEPER_KEY expects at least"
        ):
            daily_backups_of(store, settings(home), Hand()).run_due()
    assert len(daily_backups(home)) == 3


@pytest.mark.parametrize("keep", [0, 2])
def test_it_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: int) -> None:
    made: list[str] = []
    monkeypatch.setattr(backing_up, "back_up_apart", lambda _, date: made.append(date))
    with Store.open(tmp_path / "home") as store:
        MemoryBuilder(store).begin()
        daily_backups_of(store, settings(tmp_path / "home", keep), Hand()).run_due()
    assert made == ([] if keep == 0 else ["2024-08-09"])
