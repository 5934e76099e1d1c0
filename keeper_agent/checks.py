"""What the doctor looks at: each check says what it found and, where it hurts, how to mend it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable

from keeper_agent.app import current_model
from keeper_agent.finding import FAULT, OK, WARNING, Finding
from keeper_agent.service_checks import (
    check_brain,
    check_budget,
    check_heartbeat,
    check_keys,
    check_ports,
    check_private,
    check_record_time,
    check_switches,
)
from keeper_agent.setting_checks import check_env_files, check_mlflow, check_telegram
from keeper_agent.settings import Settings
from memory.backup import BACKUPS, ENDING
from memory.connection import DATABASE
from memory.lock import LOCK_FILE
from memory.store import Store
from tools.domain.clock import Clock, iso
from tools.domain.errors import KeeperError
from tools.domain.parameter import default_parameters
from tools.market.kernel import CACHE
from tools.market.tapes import find_tapes

BUILT_AFTER = 1_767_225_600 * 10**9  # 2026-01-01: a clock before that is wrong
DAY_NS = 86_400 * 10**9
OLD_DAYS = 8  # a backup this old would lose more than a week
LEAST_FREE = 500 * 1024 * 1024
WAL_FIXED = (3, 51, 3)


def check_python(settings: Settings, clock: Clock) -> Finding:
    """Python's version."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < (3, 11):  # noqa: UP036 (a doctor also looks at what should be impossible)
        return Finding("python", FAULT, version, "install Python 3.11 or newer and run make setup")
    return Finding("python", OK, version)


def check_clock(settings: Settings, clock: Clock) -> Finding:
    """Whether the machine's clock can be right at all."""
    now = clock.now()
    if now < BUILT_AFTER:
        return Finding(
            "clock", FAULT, iso(now), "set the machine's clock, for example with timedatectl set-ntp true"
        )
    return Finding("clock", OK, iso(now))


def check_sqlite(settings: Settings, clock: Clock) -> Finding:
    """SQLite's version; before 3.51.3 two writers can corrupt a WAL, which is why there is one."""
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < WAL_FIXED:
        return Finding(
            "sqlite", OK, f"{version}, safe with Keeper's single writer; never write the file by hand"
        )
    return Finding("sqlite", OK, version)


def check_home(settings: Settings, clock: Clock) -> Finding:
    """Whether the home can be written and is private."""
    home = settings.keeper_home
    if not home.exists():
        parent = next(folder for folder in home.absolute().parents if folder.exists())
        if not os.access(parent, os.W_OK):
            return Finding(
                "home", FAULT, f"{home} cannot be made", f"make {parent} writable or set KEEPER_HOME"
            )
        return Finding("home", OK, f"{home}, made at the first run")
    if not home.is_dir() or not os.access(home, os.W_OK | os.X_OK):
        return Finding(
            "home", FAULT, f"{home} cannot be written", f"chown or chmod {home}, or set KEEPER_HOME"
        )
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & 0o077:
        return Finding("home", WARNING, f"{home} has mode {mode:o}", f"chmod 700 {home}")
    return Finding("home", OK, str(home))


def check_disk(settings: Settings, clock: Clock) -> Finding:
    """Free space where the home is."""
    home = settings.keeper_home.absolute()
    free = shutil.disk_usage(next(f for f in (home, *home.parents) if f.exists())).free
    found = f"{free / 1024**3:.1f} GiB free"
    if free < LEAST_FREE:
        return Finding("disk", FAULT, found, "free some space or move KEEPER_HOME to another disk")
    return Finding("disk", OK, found)


def check_lock(settings: Settings, clock: Clock) -> Finding:
    """Who owns the home."""
    path = settings.keeper_home / LOCK_FILE
    if not path.exists():
        return Finding("lock", OK, "free")
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = file.read().decode(errors="replace").strip().replace("\n", " ")
            return Finding("lock", OK, f"held by a running Keeper ({owner})")
    return Finding("lock", OK, "free")


def check_memory(settings: Settings, clock: Clock) -> Finding:
    """Whether the database opens, is of this version, and its pages are whole."""
    path = settings.keeper_home / DATABASE
    if not path.exists():
        return Finding("memory", OK, "empty, made at the first run")
    mode = stat.S_IMODE(path.stat().st_mode)
    try:
        with Store.open(settings.keeper_home, read_only=True) as store:
            seen = "" if store.is_checked else ", too large to look at every page: keeper memory verify does"
    except KeeperError as error:
        return Finding("memory", FAULT, str(error), "restore a backup, or move the file away to begin anew")
    if mode & 0o077:
        return Finding("memory", WARNING, f"{path} has mode {mode:o}", f"chmod 600 {path}")
    return Finding("memory", OK, f"{path}, {path.stat().st_size / 1024**2:.1f} MiB{seen}")


def check_backups(settings: Settings, clock: Clock) -> Finding:
    """Whether there is a backup, and how old the newest is."""
    home = settings.keeper_home
    made = [path.stat().st_mtime_ns for path in (home / BACKUPS).glob(f"*{ENDING}")]
    if not (home / DATABASE).exists():
        return Finding("backups", OK, "nothing to back up yet")
    fix = "keeper backup makes one; KEEPER_BACKUPS above 0 makes one a day"
    if not made:
        return Finding("backups", OK if settings.keeper_backups else WARNING, "none yet", fix)
    days = (clock.now() - max(made)) / DAY_NS
    found = f"{len(made)}, the newest {max(days, 0):.1f} days old"
    return Finding("backups", OK, found) if days <= OLD_DAYS else Finding("backups", WARNING, found, fix)


def check_tapes(settings: Settings, clock: Clock) -> Finding:
    """Whether there is something to play."""
    try:
        tapes = find_tapes(settings.keeper_tapes)
    except KeeperError as error:
        return Finding("tapes", FAULT, str(error), "set KEEPER_TAPES to a folder of recordings")
    return Finding("tapes", OK, ", ".join(f"{t.venue} {t.symbol}" for t in tapes))


def check_parameters(settings: Settings, clock: Clock) -> Finding:
    """Whether the settings give usable parameters."""
    try:
        overrides = settings.parameter_overrides()
        default_parameters(overrides)
    except KeeperError as error:
        return Finding("parameters", FAULT, str(error), "correct the setting in .env or the environment")
    changed = ", ".join(f"{name}={value:g}" for name, value in sorted(overrides.items()))
    return Finding("parameters", OK, changed or "all at their defaults")


def check_model(settings: Settings, clock: Clock) -> Finding:
    """Whether the model in use can be trusted."""
    try:
        model = current_model(settings)
    except KeeperError as error:
        fix = "keeper train outcome makes a new one; removing models/outcome/current goes without"
        return Finding("model", FAULT, str(error), fix)
    return Finding("model", OK, model.version if model else "none yet; keeper train outcome makes one")


def check_kernels(settings: Settings, clock: Clock) -> Finding:
    """Whether compiled kernels can be kept."""
    if CACHE is None:
        fix = "make the user cache folder writable, else each start compiles for half a minute"
        return Finding("kernels", WARNING, "the cache cannot be written", fix)
    compiled = any(CACHE.rglob("*.nbc"))
    return Finding("kernels", OK, f"{CACHE}{'' if compiled else ', empty: keeper compile fills it'}")


CHECKS: tuple[Callable[[Settings, Clock], Finding], ...] = (
    check_python,
    check_clock,
    check_sqlite,
    check_home,
    check_disk,
    check_lock,
    check_memory,
    check_backups,
    check_tapes,
    check_parameters,
    check_model,
    check_kernels,
    check_brain,
    check_budget,
    check_keys,
    check_private,
    check_ports,
    check_record_time,
    check_switches,
    check_heartbeat,
    check_telegram,
    check_mlflow,
    check_env_files,
)
