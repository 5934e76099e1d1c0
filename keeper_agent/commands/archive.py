"""``keeper memory archive``: old evidence to compressed files, by date or as the disk budget asks."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from keeper_agent.archiving import archive_within_budget
from keeper_agent.console import OUT, print_json
from keeper_agent.settings import Settings, load_settings
from memory.account import present
from memory.archiving import Archived, Archivist, home_bytes
from memory.connection import require_memory
from memory.lock import HomeLock
from memory.store import Store
from tools.domain.clock import SystemClock, day_bounds
from tools.domain.errors import BadUsage, StoreUnusable

MEGABYTE = 1e6


def archive_memory(*, before: str | None, dry_run: bool, home: Path | None, as_json: bool) -> None:
    """Archive what is older than ``before``, or as much as the budget of the settings asks.

    Raises:
        BadUsage: The date is none, or neither a date nor a budget is set.
        StoreUnusable: The home takes more than its budget, and nothing more may leave.
    """
    settings = load_settings(keeper_home=home)
    require_memory(settings.keeper_home)
    start = None if before is None else _start_of(before)
    if start is None and settings.keeper_disk_budget_gb is None:
        raise BadUsage("expected --before DATE, or a budget in KEEPER_DISK_BUDGET_GB; neither was given")
    with (
        HomeLock.acquire(settings.keeper_home, "keeper memory archive"),
        Store.open(settings.keeper_home) as store,
    ):
        now = present(store, SystemClock().now())
        if start is not None:
            found = Archivist(store, now).before(start, dry=dry_run)
        else:
            found = archive_within_budget(store, settings, now, dry=dry_run)
        if found.files:
            store.give_back()
    _show(found, settings, is_dry=dry_run, as_json=as_json)


def _start_of(day: str) -> int:
    try:
        return day_bounds(day)[0]
    except ValueError:
        raise BadUsage(f"--before expects a date such as 2024-08-08, was {day[:40]!r}") from None


def _show(found: Archived, settings: Settings, *, is_dry: bool, as_json: bool) -> None:
    home = settings.keeper_home
    taken = home_bytes(home)
    if as_json:
        print_json({**asdict(found), "is_dry_run": is_dry, "home_bytes": taken})
    else:
        rows = ", ".join(f"{n:,} of {name}" for name, n in found.rows.items() if n) or "nothing"
        verb = "may leave" if is_dry else "left"
        packed = f"{len(found.files)} files of {found.packed_bytes / MEGABYTE:,.1f} MB"
        OUT.print(f"{rows} {verb} the database, to {packed}", soft_wrap=True)
        OUT.print(f"the home takes {taken / MEGABYTE:,.1f} MB, {found.used_before / MEGABYTE:,.1f} MB before")
    budget = settings.keeper_disk_budget_gb
    if budget is not None and not is_dry and taken > budget * 1e9:
        raise StoreUnusable(
            f"{home} takes {taken / 1e9:.3f} GB, more than its budget of {budget:g} GB, and nothing more may "
            "leave it: decisions, outcomes and lessons are kept for ever, and evidence for "
            f"{settings.keeper_archive_after_days} days"
        )
