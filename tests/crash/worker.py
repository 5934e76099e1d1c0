"""The process that dies: the executor, the store, the order path and the real client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memory.episodes import EpisodeLog
from memory.lock import HomeLock
from memory.open_orders import OpenOrders
from memory.store import Store
from tests.crash.coin import COIN, VENUE, WORLD
from tests.crash.driver import Driver
from tests.crash.mutants import GATEWAYS, SEND_FIRST, TardyLog
from tests.crash.steps import SteppedLog, Steps, count_awaits
from tools.domain.clock import SystemClock
from tools.execution.client import AccountKey, connect
from tools.execution.gateway import OrderGateway
from tools.execution.limiter import Limiter, LimiterConfig
from tools.execution.reconcile import ReconcileConfig, Reconciler
from tools.execution.recovery import Recovery
from tools.execution.working import GatewayConfig


@dataclass(frozen=True, slots=True)
class Job:
    """What one life of the worker is given."""

    home: str
    url: str
    key: str
    secret: str
    seed: int
    kill_at: int
    rounds: int
    mutant: str = ""
    has_stream: bool = False


def config(job: Job) -> GatewayConfig:
    """Short times: a life lasts a second."""
    return GatewayConfig(
        recv_window_s=0.3,
        margin_s=0.1,
        deadline_s=0.15,
        poll_s=0.05,
        quiet_poll_s=0.3,
        patience_s=1.0,
        backoff_s=0.01,
        longest_backoff_s=0.1,
        has_stream=job.has_stream,
    )


def live(job: Job, say: Callable[[dict[str, Any]], None], wait: Callable[[], None]) -> None:
    """One life: recover, say so, wait for the word, trade until the end or until killed."""
    steps = Steps(job.kill_at)
    loop = asyncio.new_event_loop()
    count_awaits(loop, steps)
    loop.run_until_complete(_live(job, steps, say, wait))


async def _live(
    job: Job, steps: Steps, say: Callable[[dict[str, Any]], None], wait: Callable[[], None]
) -> None:
    home = Path(job.home)
    clock = SystemClock()
    with HomeLock.acquire(home, "crash worker"), Store.open(home) as store:
        episodes = EpisodeLog(store)
        log = SteppedLog(episodes, steps)
        record = OpenOrders(store, WORLD, VENUE)
        wire = await connect(
            AccountKey(VENUE, job.key, job.secret, job.url), {COIN.symbol: COIN}, config(job)
        )
        limiter = Limiter(LimiterConfig(per_second=1e6, burst=1e6))
        kind = GATEWAYS.get(job.mutant, OrderGateway)
        gateway = kind(wire, clock, limiter=limiter, config=config(job))
        gateway.start()
        reconciler = Reconciler(gateway, record, lambda found: None, ReconcileConfig(settle_s=0.02))
        recovered = await Recovery(gateway, record, log, reconciler, clock).recover()
        store.flush()
        say(
            {
                "recovered": len(recovered.resolved),
                "closed": len(recovered.closed),
                "external": list(recovered.external),
                "agrees": recovered.agreement.is_equal,
                "words": str(recovered.agreement),
                "steps": steps.count,
            }
        )
        wait()
        await Driver(job, episodes, TardyLog(log) if job.mutant == SEND_FIRST else log, gateway).trade()
        await gateway.close()
        await wire.client.close()  # type: ignore[attr-defined]
    say({"finished": True, "steps": steps.count})
