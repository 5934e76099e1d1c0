"""All detection figures of a plan: its worlds run side by side, its figures made of what each one showed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from benchmarks.detection.controls import alarms_of_nobody, nobody_against_nobody, shuffled_presence
from benchmarks.detection.errors import Errors, errors, pooled
from benchmarks.detection.figures import calibration, presence
from benchmarks.detection.leaving import Tally, count, pair_alarms, trail_alarms, watched
from benchmarks.detection.looking import Moment, Window, moments, windows
from benchmarks.detection.sets import MOSS_FERN_DUSK, TIERS
from benchmarks.detection.spoofing import judge
from benchmarks.detection.worlds import NOBODY, World, markets
from benchmarks.detection.zero_edge import zero_edge
from venue.participants.spoofer import Way

QUOTED, TUNING, EMPTY = "quoted", "tuning", "empty"
OFFSETS = {QUOTED: 0, EMPTY: 500_000, TUNING: 700_000}  # of the seeds, by what a world is for
SPOOFED = 3_000_000
WALKED = 6_000_000
WALKS = 4
SURE = 0.7
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is measured.

    Attributes:
        tiers: Names in venue.scenario.tiers.
        families: Of market makers; T0 has only the plainest.
        seeds: The first and how many, of each tier, family and purpose.
        seconds: Of one world.
        period_ms: The feed's bucket.
        workers: Processes.
        has_spoofing: Whether the spoof detector is judged as well (on worlds of T3 and T4).
    """

    tiers: tuple[str, ...]
    families: tuple[str, ...]
    seeds: tuple[int, int]
    seconds: int = 600
    period_ms: int = 100
    workers: int = 2
    has_spoofing: bool = True

    def worlds(self, tier: str, role: str) -> Iterator[World]:
        """The worlds of a tier that are there for ``role``."""
        first, n = self.seeds
        families = (
            self.families if role == QUOTED else (NOBODY,) * (len(self.families) if role == EMPTY else 1)
        )
        plain = ("timer",) if role == QUOTED else (NOBODY,)
        for i, family in enumerate(plain if tier == "T0" else families):
            start = first + OFFSETS[role] + (0 if role == QUOTED else i * n)
            for seed in range(start, start + n):
                yield World(
                    tier=tier,
                    family=family,
                    seed=seed,
                    seconds=self.seconds,
                    coins=MOSS_FERN_DUSK,
                    period_ns=self.period_ms * 1_000_000,
                )


@dataclass(slots=True)
class Seen:
    """What one or more worlds showed."""

    windows: list[Window] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    errors: list[Errors] = field(default_factory=list)
    trail: Tally = field(default_factory=Tally)
    pair: Tally = field(default_factory=Tally)
    elsewhere: Tally = field(default_factory=Tally)  # the trail's alarms against another market's truth
    nobodys: list[tuple[int, int, int]] = field(default_factory=list)  # alarms, looks, looks at somebody

    def add(self, other: Seen) -> None:
        """Take in another's."""
        self.windows += other.windows
        self.moments += other.moments
        self.errors += other.errors
        self.trail.add(other.trail)
        self.pair.add(other.pair)
        self.elsewhere.add(other.elsewhere)
        self.nobodys += other.nobodys


def see(world: World, role: str) -> Seen:
    """Run a world and look at its coins."""
    seen = Seen()
    watches = []
    for market in markets(world):
        seen.windows += windows(market)
        if role == TUNING:
            continue
        looks = list(moments(market))
        seen.moments += looks
        look = watched(market)
        if role == QUOTED:
            seen.errors.append(errors(looks, market.tick))
            count(look, trail_alarms(look.seen), seen.trail)
            count(look, pair_alarms(look.seen), seen.pair)
            watches.append(look)
        else:
            known = int((look.seen[:, 2] > 0).sum())
            seen.nobodys.append((len(trail_alarms(look.seen)), len(look.seen), known))
    for look, other in zip(watches, [*watches[1:], *watches[:1]], strict=True):
        count(replace(look, market=other.market), trail_alarms(look.seen), seen.elsewhere)
    return seen


def measure(plan: Plan, told: Told) -> dict[str, Any]:
    """Every figure of ``plan``; ``told`` hears how many worlds are done, and of how many."""
    works = [
        (tier, role, world) for tier in plan.tiers for role in OFFSETS for world in plan.worlds(tier, role)
    ]
    seen: dict[tuple[str, str, str], Seen] = {}
    with ProcessPoolExecutor(plan.workers) as pool:
        futures = {pool.submit(see, world, role): (tier, role, world.family) for tier, role, world in works}
        spoofing = pool.submit(judge, _spoofing_words(plan)) if plan.has_spoofing else None
        for done, future in enumerate(as_completed(futures), start=1):
            seen.setdefault(futures[future], Seen()).add(future.result())
            told(done, len(works))
        found: dict[str, Any] = {
            "families": list(plan.families),
            "first_seed": plan.seeds[0],
            "seeds": plan.seeds[1],
            "seconds": plan.seconds,
            "period_ms": plan.period_ms,
            "tiers": {tier: _tier(plan, tier, seen) for tier in plan.tiers},
            "zero_edge": zero_edge(plan.seeds[0] + WALKED, WALKS, plan.seconds),
        }
        if spoofing is not None:
            found["spoofing"] = spoofing.result()
    return found


def _spoofing_words(plan: Plan) -> argparse.Namespace:
    first, n = plan.seeds
    return argparse.Namespace(
        seeds=f"{first + SPOOFED},{n}",
        seconds=plan.seconds,
        period_ms=plan.period_ms,
        way=Way.MIRRORED.value,
    )


def _tier(plan: Plan, tier: str, seen: dict[tuple[str, str, str], Seen]) -> dict[str, Any]:
    quoted = {family: one for (at, role, family), one in seen.items() if at == tier and role == QUOTED}
    every, (tuning, empty) = Seen(), (seen[tier, role, NOBODY] for role in (TUNING, EMPTY))
    for one in quoted.values():
        every.add(one)
    rng = np.random.default_rng(plan.seeds[0])
    sure = [one.confidence >= SURE for one in empty.moments]
    return {
        "presence": presence([one for one in every.windows if one.is_quoted], tuning.windows, empty.windows),
        "calibration": calibration(every.moments + empty.moments, rng),
        "confident_without_a_maker": round(float(np.mean(sure)), 4),
        "estimates": {family: pooled(one.errors) for family, one in quoted.items()},
        "departures": {
            "all": _departures(every),
            **{family: _departures(one) for family, one in quoted.items()},
        },
        "controls": _controls(every, empty, rng),
    }


def _controls(every: Seen, empty: Seen, rng: np.random.Generator) -> dict[str, Any]:
    return {
        "presence": shuffled_presence([one for one in every.windows if one.is_quoted], empty.windows, rng),
        "nobody": nobody_against_nobody(empty.windows, rng),
        "departures_of_nobody": alarms_of_nobody(*zip(*empty.nobodys, strict=True)),
        "departures_elsewhere": every.elsewhere.figures(),
    }


def _departures(seen: Seen) -> dict[str, Any]:
    return {"trail": seen.trail.figures(), "pair": seen.pair.figures()}


def checked(text: str, known: Sequence[str], what: str) -> tuple[str, ...]:
    """The names in ``text``, all of them known.

    Raises:
        ValueError: One is not.
    """
    names = tuple(text.split(","))
    odd = [name for name in names if name not in known]
    if odd:
        raise ValueError(f"{what} expects some of {', '.join(known)}, was {', '.join(odd)!r}")
    return names


def tiers_of(text: str) -> tuple[str, ...]:
    """The tiers named in ``text``.

    Raises:
        ValueError: One is unknown.
    """
    return checked(text, TIERS, "--tiers")
