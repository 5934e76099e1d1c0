"""``keeper backup``: the home in one checked file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from rich.markup import escape

from keeper_agent.console import OUT, print_json, progress
from keeper_agent.passphrase import secret_of
from keeper_agent.settings import Settings, load_settings
from memory.backup import BACKUPS, Backup, Wish, back_up, own_name
from memory.packing import Tell
from tools.domain.clock import SystemClock

GENTLE = 10  # added to the process's niceness
CODE_VERSION = version("keeper-agent")


def back_up_home(*, to: Path | None, home: Path | None, as_json: bool, is_gentle: bool = False) -> None:
    """Write a backup and say what is in it."""
    if is_gentle:
        os.nice(GENTLE)
    settings = load_settings(keeper_home=home)
    ts = SystemClock().now()
    target = _target(to, settings.keeper_home, own_name(ts))
    with showing("backup") as tell:
        made = back_up(settings.keeper_home, target, wish_of(settings, ts, tell))
    if as_json:
        print_json({"backup": str(made.path), "bytes": made.size, **made.manifest})
    else:
        _show(made)


def wish_of(settings: Settings, ts: int, tell: Tell) -> Wish:
    """A backup as the settings want it."""
    return Wish(
        ts=ts,
        code_version=CODE_VERSION,
        settings=settings.without_secrets(),
        secret=secret_of(settings),
        tell=tell,
    )


@contextmanager
def showing(label: str) -> Iterator[Tell]:
    """A progress bar that is told of phases."""
    with progress(label, 1) as bar:

        def tell(phase: str, done: int, total: int) -> None:
            bar.update(bar.task_ids[0], description=phase, completed=done, total=total)

        yield tell


def _target(to: Path | None, home: Path, name: str) -> Path:
    if to is None:
        return home / BACKUPS / name
    return to / name if to.is_dir() else to


def _show(made: Backup) -> None:
    chain, sealed = made.manifest["audit_chain"], made.manifest["sealed"]
    rows = sum(made.manifest["counts"].values())
    OUT.print(f"[green]{escape(str(made.path))}[/]", soft_wrap=True)
    OUT.print(
        f"{made.size:,} bytes, {rows:,} rows, {len(made.manifest['parts'])} files, "
        f"{'sealed' if sealed else 'not sealed (KEEPER_KEY is empty)'}"
    )
    if isinstance(chain, dict):
        OUT.print(f"audit chain of {chain['links']:,} links, head {chain['head'][:16]}")
    for name, why in made.manifest["left_out"].items():
        OUT.print(f"[dim]left out: {escape(name)}: {escape(why)}[/]", soft_wrap=True)
