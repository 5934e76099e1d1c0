"""``keeper memory``: rebuild, verify and freeze."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape
from rich.progress import TaskID

from keeper_agent.console import OUT, print_json, progress
from keeper_agent.settings import load_settings
from memory.connection import require_memory
from memory.diary_file import DiaryFile
from memory.lock import HomeLock
from memory.snapshots import freeze
from memory.store import Store
from memory.verify import MemoryReport, rebuild, verify
from tools.domain.errors import StoreUnusable


def rebuild_memory(*, home: Path | None, as_json: bool) -> None:
    """Make the pattern library and the diary anew from the database and check everything."""
    settings = load_settings(keeper_home=home)
    require_memory(settings.keeper_home)
    with _told("keeper memory rebuild") as told:
        report = rebuild(settings.keeper_home, told)
    with (
        HomeLock.acquire(settings.keeper_home, "keeper memory rebuild"),
        Store.open(settings.keeper_home, read_only=True) as store,
    ):
        DiaryFile(settings.keeper_home).rebuild(store)
    _show(report, settings.keeper_home, as_json)


def verify_memory(*, home: Path | None, as_json: bool) -> None:
    """Check the database, its references and the pattern library."""
    settings = load_settings(keeper_home=home)
    require_memory(settings.keeper_home)
    with _told("keeper memory verify") as told:
        report = verify(settings.keeper_home, told)
    _show(report, settings.keeper_home, as_json)


def freeze_memory(*, name: str, home: Path | None, as_json: bool) -> None:
    """Keep a snapshot named ``name`` that replays may start from."""
    settings = load_settings(keeper_home=home)
    require_memory(settings.keeper_home)
    with HomeLock.acquire(settings.keeper_home, f"keeper memory freeze {name}"):
        snapshot = freeze(settings.keeper_home, name)
    if as_json:
        print_json({"snapshot": str(snapshot.folder), "files": dict(snapshot.files)})
    else:
        OUT.print(
            f"frozen as {escape(str(snapshot.folder))}; use it with: keeper replay --memory {name} …",
            soft_wrap=True,
        )


@contextmanager
def _told(label: str) -> Iterator[Callable[[str, int, int], None]]:
    """What tells a person at the terminal how far it is."""
    with progress(label, 0) as bar:

        def told(what: str, done: int, total: int) -> None:
            bar.update(TaskID(0), description=f"{label}: {what}", completed=done, total=total)

        yield told


def _show(report: MemoryReport, home: Path, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "whole": report.is_whole,
                "counts": dict(report.counts),
                "patterns": report.patterns,
                "library": report.library or "checked",
                "audit_chain": {"links": report.head.number, "head": report.head.digest},
                "faults": list(report.faults),
            }
        )
    else:
        for name, count in report.counts.items():
            OUT.print(f"{name:<10} {count:>10,}")
        OUT.print(f"{'chain':<10} {report.head.number:>10,} links, head {report.head.digest[:16]}")
        library = f"{report.patterns:>10,} patterns" if report.patterns is not None else report.library
        OUT.print(f"{'library':<10} {escape(library)}", soft_wrap=True)
    if not report.is_whole:
        shown = "; ".join(report.faults[:5])
        raise StoreUnusable(f"memory in {home} is not whole: {shown}")
    if not as_json:
        seen = (
            "memory is whole" if report.patterns is not None else "memory is whole as far as it was looked at"
        )
        OUT.print(f"[green]{seen}[/]")
