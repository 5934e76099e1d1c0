"""``keeper serve``: the HTTP API over a home, beside a running agent or without one."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

from keeper_agent.api.desk import Desk
from keeper_agent.console import OUT
from keeper_agent.dashboard.serving import serving
from keeper_agent.settings import load_settings
from tools.domain.clock import SystemClock


def serve_home(*, home: Path | None, port: int | None) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Raises:
        BadUsage: The address cannot be listened on.
        StoreUnusable: The tokens of the home cannot be used.
    """
    settings = load_settings(keeper_home=home, keeper_api_port=port)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    desk = Desk(settings, SystemClock())
    with serving(desk) as address:
        OUT.print(f"API on {address.url}; tokens in {desk.tokens.path}", soft_wrap=True, markup=False)
        OUT.print(f"open once, within ten minutes: {address.link}", soft_wrap=True, markup=False)
        over.wait()
