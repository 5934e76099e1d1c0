"""Counterfactual pairs: the same world twice with one thing changed, and what the change did.

Participants draw from streams of their own, delays and coins are functions of seed and name, so
whatever the change does not touch is the same in both halves; with nothing changed the
difference is exactly zero. What differs, differs because of the change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.many import MEASURES, Job, measured_all
from keeper_agent.settings import Settings
from scheduler.summary import LEAST
from tools.domain.errors import BadUsage
from tools.models.validation import bootstrap_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Mean of changed minus base over the pairs.

    Attributes:
        interval: Bootstrap over the pairs, 95 %; None where there are fewer than ten.
    """

    mean: float
    n: int
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both halves of every pair, by the names of ``MEASURES``, in the order of ``seeds``."""

    seeds: tuple[int, ...]
    base: tuple[Mapping[str, float], ...]
    changed: tuple[Mapping[str, float], ...]

    def differences(self, name: str) -> tuple[float, ...]:
        """Changed minus base, a number a pair."""
        pairs = zip(self.base, self.changed, strict=True)
        return tuple(after[name] - before[name] for before, after in pairs)

    def difference(self, name: str) -> Difference:
        """Their mean, with an interval where there are enough."""
        values = np.array(self.differences(name))
        if len(values) < LEAST:
            return Difference(mean=float(values.mean()), n=len(values), interval=None)
        found = bootstrap_mean(values, np.random.default_rng(self.seeds[0]), block=1)
        return Difference(mean=found.value, n=found.n, interval=(found.low, found.high))

    def as_plain(self) -> dict[str, object]:
        """Every difference as JSON has it."""
        found = {name: self.difference(name) for name in MEASURES}
        return {name: {"mean": d.mean, "n": d.n, "interval": d.interval} for name, d in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What is to be compared.

    Attributes:
        base, changed: The two halves' settings; they should differ in one thing.
        minutes: Length of each session.
        workers: Processes.
    """

    scenario: str
    seeds: Sequence[int]
    base: LabSettings
    changed: LabSettings
    minutes: float
    keeper: Settings | None = None
    workers: int = 1

    def compare(self, each: Callable[[int], None] | None = None) -> Comparison:
        """Hold all sessions; ``each`` hears how many are done.

        Raises:
            BadUsage: There is no pair, or the two halves are not the same world.
        """
        if not self.seeds:
            raise BadUsage("expected one pair or more, were none")
        if _world_of(self.base) != _world_of(self.changed):
            raise BadUsage("the halves of a pair must share coins, participants and times")
        jobs = [self._job(seed, half) for seed in self.seeds for half in self.halves()]
        rows: list[Mapping[str, float]] = []
        for row in measured_all(jobs, self.workers):
            rows.append(row)
            if each is not None:
                each(len(rows))
        return Comparison(seeds=tuple(self.seeds), base=tuple(rows[::2]), changed=tuple(rows[1::2]))

    def halves(self) -> tuple[LabSettings, LabSettings]:
        """Both halves at the same time of the world, after what either memory knows."""
        halves = (self.base, self.changed)
        start = max(Laboratory(self.scenario, self.seeds[0], half, self.keeper).start_ns() for half in halves)
        return replace(self.base, start_ns=start), replace(self.changed, start_ns=start)

    def _job(self, seed: int, settings: LabSettings) -> Job:
        return Job(
            scenario=self.scenario, seed=seed, minutes=self.minutes, settings=settings, keeper=self.keeper
        )


def absent(settings: LabSettings) -> LabSettings:
    """The same without Keeper."""
    return replace(settings, is_present=False)


def _world_of(settings: LabSettings) -> tuple[object, ...]:
    return (settings.coins, settings.has_leader, settings.warm_s, settings.start_ns)
