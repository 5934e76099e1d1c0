"""What holds for every test: no way out of this machine, a home of its own, the same examples each time."""

import gc
import signal
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import settings

from tests.support.network import _session_wall, wall
from tests.support.ready_tables import lay_out

__all__ = ["_session_wall", "own_home", "wall"]

# What lives through hours, thousands of steps or long tapes: tracing every line of it doubles the run, and
# the tests of the parts cover the same lines.
UNTRACED = (
    "tests/architecture",
    "tests/crash",
    "tests/examination",
    "tests/integration",
    "tests/invariants",
    "tests/replay",
    "tests/simulation",
    "tests/unit/benchmarks",
    "tests/unit/examination",
    "tests/unit/memory/test_migrations.py",
    "tests/unit/risk/test_effects.py",
    "tests/unit/risk/test_experiments.py",
    "tests/unit/venue",
)

PARSED = "tests/architecture"  # every source, once for all these tests
SHORT = ("tests/unit/models", "tests/unit/prompts", "tests/unit/signals", "tests/unit/domain")

MIGRATED = "tests/unit/memory/test_migrations.py"  # here every database goes through the real migrations

settings.register_profile("keeper", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("keeper")


ZYGOTES = pytest.StashKey[list[Any]]()

gc.disable()  # until everything is imported and collected; hardly anything of it is ever garbage


def pytest_configure() -> None:
    """Heed interrupts: in the background they are ignored, and every process a test starts inherits that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Load what most tests need, and fork from that, before there are tests, those who fork for them.

    After the other plugins: what is forked before theirs is taken for a plugin of theirs that still loads.
    """
    count = session.config.getoption("crew", 0)
    if count and not session.config.getoption("collectonly"):
        from tests.support import zygote  # the whole product; a run of one test does without
        from tests.support.forks import Zygote  # the same

        zygote.load()
        session.config.stash[ZYGOTES] = [Zygote.forked() for _ in range(count)]


@pytest.hookimpl(optionalhook=True)
def pytest_crew_worker(config: pytest.Config, number: int) -> None:
    """Give each worker one of them."""
    zygotes = config.stash[ZYGOTES]
    for other, forks in enumerate(zygotes):
        if other == number:
            type(forks).adopt(forks)
        else:
            forks.close()


@pytest.hookimpl(optionalhook=True)
def pytest_crew_forked(config: pytest.Config) -> None:
    """Let go of them, so that each ends with its worker."""
    for forks in config.stash[ZYGOTES]:
        forks.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave long lives out of the coverage, and mix modules that wait with those that compute."""
    items.sort(key=order_of)
    shared = config.getoption("crew", 0)
    for item in items:
        if item.nodeid.startswith(UNTRACED):
            item.add_marker(pytest.mark.no_cover)
        if shared and item.nodeid.startswith(PARSED):
            item.add_marker(pytest.mark.crew_unit(PARSED))


def order_of(item: pytest.Item) -> tuple[bool, int]:
    """Where its module comes: anywhere, but in the last of them no test is long, lest others wait for it."""
    module = item.nodeid.partition("::")[0]
    return module.startswith(SHORT), crc32(PARSED.encode() if module.startswith(PARSED) else module.encode())


def pytest_collection_finish() -> None:
    """Spare the collector what is imported and collected by now: it lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.collect()  # else it looks through everything only once a quarter of all this was added
    gc.set_threshold(50_000, 20, 10)  # most of what looking for garbage took, for some megabytes
    gc.enable()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point KEEPER_HOME at a folder of the test, so that no test can touch a user's memory."""
    home = tmp_path / "keeper-home"
    monkeypatch.setenv("KEEPER_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def ready_tables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out new databases from what the migrations made once, where migrating is not what is tested."""
    if not request.node.nodeid.startswith(MIGRATED):
        monkeypatch.setattr("memory.store.upgrade", lay_out)
