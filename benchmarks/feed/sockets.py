"""The same clients over sockets: a paced sender on this machine, each client in a process of its own.

Latency is from just before a message is written to when its client is through with it. A
round plays every client once, in turn, with the same messages at the same pace.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.feed.clients import Cost
from benchmarks.loopback.log import read_log
from benchmarks.loopback.plan import LoadPlan
from benchmarks.loopback.processes import ROOT, read_state, sending

WARM_S = 4.0
CCXT_WAITS = 25  # deltas of a symbol before ccxt asks MEXC for its book


@dataclass(frozen=True, slots=True)
class Taken:
    """What one client made of one round; times in milliseconds.

    Attributes:
        p50_ms: From wire to handler, as ``p99_ms``.
        reached_p99_ms: From wire to the loop that awaits.
        cpu_us: Processor time a message, everything included.
        lost: Messages that were written and never handled.
        unseen: Share of the messages that never reached the loop that awaits.
        late_ms: How far behind its pace the sender wrote, 99th percentile.
        load: Processes that wanted a core in the last minute.
    """

    client: str
    venue: str
    rate: float
    messages: int
    p50_ms: float
    p99_ms: float
    reached_p99_ms: float
    cpu_us: float
    lost: int
    unseen: float
    late_ms: float
    load: float


def warm_s(plan: LoadPlan) -> float:
    """Seconds of a run that do not count, until every client has its books; the same for all clients."""
    if plan.venue != "mexc":
        return WARM_S
    return WARM_S + CCXT_WAITS * plan.symbols / (plan.rate * (1 - plan.trade_share))


def play(client: str, plan: LoadPlan) -> Taken:
    """One client against a sender of its own.

    Raises:
        RuntimeError: The client ended with an error.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with sending(plan, folder) as address:
            text = msgspec.json.encode(plan).decode()
            arguments = [client, address, text, str(warm_s(plan)), str(folder)]
            command = [sys.executable, "-m", "benchmarks.feed.clients", *arguments]
            limit = plan.seconds + 60
            ended = subprocess.run(command, timeout=limit, check=False, cwd=ROOT)  # noqa: S603 (our own)
            if ended.returncode:
                raise RuntimeError(f"client {client} ended with {ended.returncode}")
        return figures(client, plan, folder)


def figures(client: str, plan: LoadPlan, folder: Path) -> Taken:
    """Join what the sender and the client kept."""
    log = read_log(folder)
    handled, reached = np.load(folder / "handled.npy", allow_pickle=False)[:, : len(log)]
    cost = msgspec.json.decode((folder / "cost.json").read_bytes(), type=Cost)
    counts = np.arange(len(log)) >= int(warm_s(plan) * plan.rate)
    sent = log["ts_sent"]
    is_handled, is_reached = counts & (handled > 0), counts & (reached > 0)
    delay = (handled - sent)[is_handled] / 1e6
    return Taken(
        client=client,
        venue=plan.venue,
        rate=plan.rate,
        messages=int(counts.sum()),
        p50_ms=float(np.percentile(delay, 50)),
        p99_ms=float(np.percentile(delay, 99)),
        reached_p99_ms=float(np.percentile((reached - sent)[is_reached] / 1e6, 99)),
        cpu_us=cost.cpu_s / cost.handled * 1e6,
        lost=int((counts & (sent > 0) & (handled == 0)).sum()),
        unseen=1 - float(is_reached.sum() / counts.sum()),
        late_ms=float(read_state(folder)["state"]["late_p99_ms"]),
        load=os.getloadavg()[0],
    )


def measured(
    venues: Sequence[str], rates: Sequence[float], rounds: int, seconds: float, clients: Sequence[str]
) -> list[Taken]:
    """Every client at every rate in the language of every venue, in alternating order."""
    taken = []
    for venue in venues:
        for rate in rates:
            for number in range(rounds):
                plan = LoadPlan(venue=venue, rate=rate, seconds=seconds, seed=number + 1)
                plan = replace(plan, seconds=seconds + warm_s(plan))
                order = tuple(reversed(clients)) if number % 2 else clients
                for client in order:
                    taken.append(play(client, plan))
                    told = msgspec.json.encode(asdict(taken[-1])).decode()
                    print(told, file=sys.stderr, flush=True)  # an hour's figures must not hang on its end
    return taken


def table(taken: Sequence[Taken]) -> str:
    """Medians over the rounds (smallest to greatest) and ratios to the first client."""
    first = taken[0].client
    head = "venue   rate/s client        p50 ms               p99 ms               loop p99 ms  "
    lines = [f"{head}cpu us/message       cpu/{first:16s} lost unseen  sender late p99 ms"]
    groups: dict[tuple[str, float], dict[str, list[Taken]]] = {}
    for one in taken:
        groups.setdefault((one.venue, one.rate), {}).setdefault(one.client, []).append(one)
    for group in groups.values():
        lines += [_line(own, group[first]) for own in group.values()]
    loads = [one.load for one in taken]
    rounds = len(next(iter(groups.values()))[first])
    lines.append(f"load average of the machine {min(loads):.1f} to {max(loads):.1f}; {rounds} rounds")
    return "\n".join(lines)


def _line(own: Sequence[Taken], base: Sequence[Taken]) -> str:
    ratios = [one.cpu_us / other.cpu_us for one, other in zip(own, base, strict=True)]
    cells = [
        f"{own[0].venue:8s}{own[0].rate:5g} {own[0].client:14s}",
        _spread([one.p50_ms for one in own], 2),
        _spread([one.p99_ms for one in own], 1),
        f"{statistics.median(one.reached_p99_ms for one in own):11.1f} ",
        _spread([one.cpu_us for one in own], 0),
        _spread(ratios, 2),
        f"{sum(one.lost for one in own):5d}",
        f"{statistics.median(one.unseen for one in own):6.1%}",
        f"{statistics.median(one.late_ms for one in own):8.1f}",
    ]
    return " ".join(cells)


def _spread(figures: Sequence[float], decimals: int) -> str:
    low, high = min(figures), max(figures)
    return f"{statistics.median(figures):.{decimals}f} ({low:.{decimals}f}-{high:.{decimals}f})".ljust(20)
