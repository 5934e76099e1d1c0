"""Many sessions: each reduced to the numbers that are compared, on one process or a few."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Self, TypeVar

from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.session import Session
from keeper_agent.settings import Settings
from venue.truth import share_quoting

NANOS = 1_000_000_000
Measure = Callable[[Session], float]
Result = TypeVar("Result")
Held = TypeVar("Held")  # what a session is held from


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A session that is to be held."""

    scenario: str
    seed: int
    minutes: float
    settings: LabSettings
    keeper: Settings | None = None


def quoting_share(session: Session) -> float:
    """Share of the session in which market makers quoted both sides as usual, mean over them."""
    makers = [name for _, name, family, _ in session.truth.agents if family.startswith("mm-")]
    end = session.start_ns + round(session.seconds * NANOS)
    shares = [share_quoting(session.truth, name, session.start_ns, end) for name in makers]
    return sum(shares) / len(shares) if shares else 0.0


MEASURES: Mapping[str, Measure] = {
    "net_quote": lambda session: float(session.results["net_pnl_quote"]),
    "round_trips": lambda session: float(len(session.round_trips)),
    "decisions": lambda session: float(len(session.chosen)),
    "orders": lambda session: float(len(session.intents)),
    "fills": lambda session: float(len(session.fills)),
    "sum_bps": lambda session: sum(one.net_bps or 0.0 for one in session.round_trips),
    "withdrawals": lambda session: float(session.withdrawals()),
    "withdrawals_tolerance": lambda session: float(session.withdrawals("tolerance")),
    "quoting_share": quoting_share,
}


def held(job: Job) -> Session:
    """The session of a job."""
    return Laboratory(job.scenario, job.seed, job.settings, job.keeper).run(job.minutes)


def measured(job: Job) -> dict[str, float]:
    """The numbers of a job's session."""
    session = held(job)
    return {name: measure(session) for name, measure in MEASURES.items()}


class Pool:
    """So many processes that hold sessions; with one, this process does.

    Args:
        workers: Processes.
    """

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(workers, mp_context=context) if workers > 1 else None
        self._workers = workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def warm(self, job: Job) -> None:
        """Let every process load what it needs, with a session each."""
        list(self.over(measured, [job] * self._workers))

    def over(self, function: Callable[[Held], Result], jobs: Sequence[Held]) -> Iterator[Result]:
        """What ``function``, found by name in its module, says of every job, in order, as it comes."""
        return map(function, jobs) if self._pool is None else self._pool.map(function, jobs)


def measured_all(jobs: Sequence[Job], workers: int = 1) -> Iterator[dict[str, float]]:
    """The numbers of every job, in order, as they come, on so many processes."""
    with Pool(workers) as pool:
        yield from pool.over(measured, jobs)


def totals(rows: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The sum of each number."""
    added: dict[str, float] = {}
    for row in rows:
        for name, value in row.items():
            added[name] = added.get(name, 0.0) + value
    return added
