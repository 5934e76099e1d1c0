"""What holds for every test: no way out of this machine, a home of its own, the same examples each time."""

import gc
import signal
from pathlib import Path
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

MIGRATED = "tests/unit/memory/test_migrations.py"  # here every database goes through the real migrations

settings.register_profile("keeper", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("keeper")


gc.disable()  # until everything is imported and collected; hardly anything of it is ever garbage


def pytest_configure() -> None:
    """Heed interrupts: in the background they are ignored, and every process a test starts inherits that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave long lives out of the coverage, and mix modules that wait with those that compute."""
    items.sort(key=lambda item: crc32(item.nodeid.partition("::")[0].encode()))
    for item in items:
        if item.nodeid.startswith(UNTRACED):
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """Spare the collector what is imported and collected by now: it lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.collect()  # else it looks through everything only once a quarter of all this was added
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
