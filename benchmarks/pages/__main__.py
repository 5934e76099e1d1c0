"""The dashboard in a real Chromium beside a running venue session: ``python -m benchmarks.pages --json``.

Every page is loaded ``--loads`` times with an empty cache. Then the processor time of the agent is measured
with no browser, one and four that show ``--page``, ``--rounds`` times; and the same of a server alone whose
agent has news at each of its ten looks a second. ``--screenshots DIR`` takes pictures instead.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from playwright.sync_api import Browser, StorageState

from benchmarks.pages import loading, pictures, watching
from tests.support.browsers import a_browser, a_tab
from tests.support.sessions import SETTINGS, a_venue_run

# As `make run` has it, whose first minute has much to show.
SHOWN = {
    "KEEPER_SEED": "99",
    "DEFAULT_ORDER_SIZE_USD": "25",
    "MAX_ORDER_SIZE_USD": "50",
    "KEEPER_PARAMETERS": "mm_min_trades=4,mm_refresh_rate_min=0.2,tape_window_s=120,entry_zone=0.7,"
    "entry_ticks_ahead=4,entry_least_bps=0,signal_spacing_s=2,"
    "entry_timeout_s=30,hold_timeout_s=30,probe_share=0.5,probe_target_usd=20",
}


def main() -> None:
    """Measure, and print what came of it."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, a_browser() as browser:
        home = Path(folder) / "home"
        with a_venue_run(home, **SETTINGS | SHOWN) as run:
            run.await_said("fill sell")  # one round trip is over: every page has something to show
            known = _log_in(browser, run.origin, run.link)
            if arguments.screenshots is not None:
                browser.new_page().wait_for_timeout(1_000 * arguments.after)
                taken = pictures.take(browser, run.origin, known, arguments.screenshots)
                print("\n".join(str(path) for path in taken))
                return
            found: dict[str, Any] = {
                "browser": browser.version,
                "loads": loading.figures(list(loading.loads(browser, run.origin, known, arguments.loads))),
                "agent": _watched(browser, run.origin, known, run.process.pid, arguments),
            }
        with _standing(Path(folder) / "standing") as (process, origin, link):
            known = _log_in(browser, origin, link)
            found["server_at_10_hz"] = _watched(browser, origin, known, process.pid, arguments)
    print(orjson.dumps(found, option=0 if arguments.json else orjson.OPT_INDENT_2).decode())


def _watched(
    browser: Browser, origin: str, known: StorageState, pid: int, arguments: argparse.Namespace
) -> dict[str, Any]:
    rounds = watching.rounds(browser, origin, known, pid, arguments.page, arguments.rounds, arguments.seconds)
    return {"page": arguments.page, "seconds": arguments.seconds, **watching.figures(list(rounds))}


def _log_in(browser: Browser, origin: str, link: str) -> StorageState:
    tab = a_tab(browser, origin)
    tab.page.goto(link)
    known = tab.page.context.storage_state()
    tab.page.context.close()
    return known


@contextmanager
def _standing(home: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    command = [sys.executable, "-m", "benchmarks.pages.standing", str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 (our own)
        assert process.stdout is not None
        origin, link = process.stdout.readline().split()
        yield process, origin, link
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loads", type=int, default=20, help="of every page")
    parser.add_argument("--rounds", type=int, default=12, help="of watching with 0, 1 and 4 browsers")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each stretch of watching")
    parser.add_argument("--page", default="/", help="what the browsers show")
    parser.add_argument(
        "--screenshots", type=Path, default=None, help="take pictures into this folder instead"
    )
    parser.add_argument("--after", type=float, default=60.0, help="seconds of trading before the pictures")
    parser.add_argument("--json", action="store_true", help="on one line")
    return parser.parse_args()


if __name__ == "__main__":
    main()
