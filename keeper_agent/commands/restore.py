"""``keeper restore``: a backup becomes the memory of a home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.markup import escape

from keeper_agent.commands.backup import showing
from keeper_agent.console import OUT, print_json
from keeper_agent.passphrase import secret_of
from keeper_agent.settings import Settings, load_settings
from memory.backup import stamp_of
from memory.restore import Restored, restore
from memory.verify import MemoryReport, rebuild
from tools.domain.clock import SystemClock
from tools.domain.errors import StoreUnusable


def restore_home(*, file: Path, home: Path | None, is_forced: bool, as_json: bool) -> None:
    """Restore, make the views anew, and check everything."""
    settings = load_settings(keeper_home=home)
    stamp = stamp_of(SystemClock().now())
    with showing("restore") as tell:
        done = restore(
            file,
            settings.keeper_home,
            stamp=stamp,
            is_forced=is_forced,
            secret=secret_of(settings),
            tell=tell,
        )
    report = rebuild(settings.keeper_home)
    changed = _other_settings(done.manifest.get("settings", {}), settings)
    if as_json:
        print_json(_as_data(settings.keeper_home, done, report, changed))
    else:
        _show(file, settings.keeper_home, done, report, changed)
    if not report.is_whole:
        raise StoreUnusable(f"memory in {settings.keeper_home} is not whole: {'; '.join(report.faults[:5])}")


def _other_settings(then: dict[str, Any], settings: Settings) -> dict[str, dict[str, Any]]:
    """Settings that were different when the backup was made; a restore changes none."""
    now = settings.without_secrets()
    return {
        name: {"then": then[name], "now": now[name]}
        for name in sorted(then.keys() & now.keys())
        if then[name] != now[name] and name != "keeper_home"
    }


def _as_data(home: Path, done: Restored, report: MemoryReport, changed: dict[str, Any]) -> dict[str, Any]:
    return {
        "home": str(home),
        "made": done.manifest["made"],
        "revision": done.manifest["revision"],
        "before": None if done.kept is None else str(done.kept),
        "counts": dict(report.counts),
        "audit_chain": {"links": report.head.number, "head": report.head.digest},
        "whole": report.is_whole,
        "faults": list(report.faults),
        "settings_changed_since": changed,
    }


def _show(file: Path, home: Path, done: Restored, report: MemoryReport, changed: dict[str, Any]) -> None:
    OUT.print(
        f"restored {escape(str(file))} of {done.manifest['made']} to {escape(str(home))}", soft_wrap=True
    )
    if done.kept is not None:
        OUT.print(f"the memory before it is in {escape(str(done.kept))}", soft_wrap=True)
    OUT.print(f"{sum(report.counts.values()):,} rows, {report.head.number:,} links in the audit chain")
    for name, values in changed.items():
        text = f"{name.upper()} was {values['then']}, is {values['now']}"
        OUT.print(f"[yellow]note:[/] {escape(text)}", soft_wrap=True)
    if report.is_whole:
        OUT.print("[green]memory is whole[/]")
