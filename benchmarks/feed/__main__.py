"""``python -m benchmarks.feed``: handlers alone; with ``--sockets`` the same clients over sockets."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict

from benchmarks.feed import handlers, sockets
from benchmarks.feed.clients import CLIENTS, UVLOOP
from benchmarks.loopback.dialects import DIALECTS


def main() -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feed", description=__doc__)
    parser.add_argument("--messages", type=int, default=3000, help="without sockets: messages of a stream")
    parser.add_argument("--rounds", type=int, default=None, help="7 without, 3 with sockets")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sockets", action="store_true")
    parser.add_argument("--venues", nargs="+", choices=list(DIALECTS), default=list(DIALECTS))
    parser.add_argument("--rates", type=float, nargs="+", default=[200, 1000, 3000], help="messages a second")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each client in each round")
    names = [f"{name}{loop}" for name in CLIENTS for loop in ("", UVLOOP)]
    parser.add_argument("--clients", nargs="+", choices=names, default=list(CLIENTS))
    given = parser.parse_args()
    if given.sockets:
        if not all(0 < rate <= 20_000 for rate in given.rates) or given.seconds <= 0:
            parser.error("--rates must lie above 0 and not above 20000, --seconds above 0")
        taken = sockets.measured(
            given.venues, given.rates, max(1, given.rounds or 3), given.seconds, given.clients
        )
        print(json.dumps([asdict(one) for one in taken], indent=2) if given.json else sockets.table(taken))
        return
    rows = asyncio.run(handlers.measured(given.messages, max(1, given.rounds or 7)))
    print(json.dumps([asdict(row) for row in rows], indent=2) if given.json else handlers.table(rows))


if __name__ == "__main__":
    main()
