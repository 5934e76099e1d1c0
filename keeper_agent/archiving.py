"""Archiving as the settings ask, by hand or once a day beside a running agent."""

from __future__ import annotations

from collections.abc import Callable

from keeper_agent.settings import Settings
from memory.account import present
from memory.archiving import Archived, Archivist
from memory.store import Store
from tools.domain.clock import Clock, day_of
from tools.domain.market import NANOS

DAY_NS = 86_400 * NANOS


def archive_within_budget(store: Store, settings: Settings, now: int, *, dry: bool = False) -> Archived:
    """Let old evidence leave until the home is within its budget; there must be one."""
    budget = settings.keeper_disk_budget_gb
    assert budget is not None, "asked for without a budget"  # noqa: S101 (for the type checker)
    young = now - settings.keeper_archive_after_days * DAY_NS
    return Archivist(store, now).within(int(budget * 1e9), young, dry=dry)


def daily_archiving(store: Store, settings: Settings, clock: Clock) -> Callable[[], None]:
    """What a running agent does at each look: archiving once a UTC day, if there is a budget.

    It needs no record of its own: a home within its budget is left alone, however often it is looked at.
    """
    done: set[str] = set()

    def look() -> None:
        today = day_of(clock.now())
        if settings.keeper_disk_budget_gb is None or today in done:
            return
        archive_within_budget(store, settings, present(store, clock.now()))
        done.add(today)

    return look
