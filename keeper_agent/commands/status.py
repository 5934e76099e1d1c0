"""``keeper status``: how the running agent stands, once or again and again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.live import Live

from keeper_agent.console import OUT, print_json
from keeper_agent.controlling import tell
from keeper_agent.last_status import read_last
from keeper_agent.settings import load_home
from keeper_agent.views.status import starting, status_view
from tools.domain.clock import sleep
from tools.domain.errors import NotRunning

EVERY_S = 1.0


def show_status(*, home: Path | None, as_json: bool, is_watching: bool) -> None:
    """Show how the agent stands; where none runs, how the last one did.

    Raises:
        NotRunning: No agent runs; what is known of the last one was shown.
    """
    place = load_home(home)
    try:
        found = tell(place, "status")
    except NotRunning as gone:
        _show_last(place, gone, as_json=as_json)
        raise
    if as_json:
        print_json({**found, "is_running": True})
    elif is_watching:
        _watch(place, found)
    else:
        OUT.print(starting() if found.get("is_starting") else status_view(found))


def _show_last(home: Path, gone: NotRunning, *, as_json: bool) -> None:
    last = read_last(home)
    if as_json:
        print_json({"is_running": False, "why": str(gone), "last": last})
    elif last is not None:
        OUT.print(status_view(last, is_running=False))


def _watch(home: Path, found: dict[str, Any]) -> None:
    """Draw until Ctrl-C, or until the agent ends."""
    with Live(console=OUT, auto_refresh=False) as live:
        while True:
            live.update(starting() if found.get("is_starting") else status_view(found), refresh=True)
            sleep(EVERY_S)
            found = tell(home, "status")
