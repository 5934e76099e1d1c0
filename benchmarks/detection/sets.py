"""Which worlds the market-maker posterior is fitted on, which it is chosen on, and which judge it.

A batch is used for one thing only, those named LEAVING for departures, those named APART for makers
whose sides do not move in one moment. ``JUDGED``, ``JUDGED_APART`` and ``LEAVING_JUDGED``
have been looked at, the figures in the decision are of them; ``HELD_OUT`` was run once, on 2026-11-27, and
is spent. Only its seeds were of its own: the venue has no family and no coin that neither the fit nor
``JUDGED`` has had.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.detection.worlds import CROWD, NOBODY, World

TIERS = ("T0", "T1", "T2", "T3", "T4", "RANDOM")
FITTED_FAMILIES = ("timer", "triggered", "ladder")
FITTED = (*FITTED_FAMILIES, NOBODY, CROWD)
UNSEEN_FAMILIES = ("inventory", "hummingbot")
# the sides of these do not move in one moment; alternating is fitted on nowhere
APART_FITTED, APART_UNSEEN = "sequential", "alternating"
ORB_AND_KITE, MOSS_FERN_DUSK = (0, 1), (2, 3, 4)
BUSY_CROWD = (("adds_hz", 12.0),)
BUSIER_CROWD = (("adds_hz", 16.0), ("grid_bots", 6), ("grid_rate_hz", 1.0))
CROWD_OF_BOTS = (("adds_hz", 30.0), ("grid_bots", 2), ("grid_rate_hz", 2.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Worlds of one purpose: every tier with every family and seed.

    Args:
        seeds: first and how many.
    """

    seeds: tuple[int, int]
    tiers: tuple[str, ...] = TIERS
    families: tuple[str, ...] = FITTED
    coins: tuple[int, ...] = ORB_AND_KITE
    seconds: int = 600
    period_ms: int = 100
    changes: tuple[tuple[str, float], ...] = ()

    def worlds(self) -> Iterator[World]:
        """All of them; a tier of the easiest kind has only the plainest family."""
        first, n = self.seeds
        for tier in self.tiers:
            for family in self.families:
                if tier == "T0" and family not in ("timer", NOBODY, CROWD):
                    continue
                for seed in range(first, first + n):
                    yield self._world(tier, family, seed)

    def _world(self, tier: str, family: str, seed: int) -> World:
        return World(
            tier=tier,
            family=family,
            seed=seed,
            seconds=self.seconds,
            coins=self.coins,
            period_ns=self.period_ms * 1_000_000,
            changes=self.changes,
        )


def busier(seeds: tuple[int, int], families: tuple[str, ...] = FITTED) -> tuple[Batch, ...]:
    """Batches in which the crowd and its bots do more than in any tier."""
    plain = Batch(seeds=seeds, tiers=("T2",), families=families, changes=BUSY_CROWD)
    return (
        plain,
        replace(plain, tiers=("T3",), changes=BUSIER_CROWD),
        replace(plain, changes=CROWD_OF_BOTS),
    )


FIT = (
    Batch(seeds=(20_000_000, 6)),
    Batch(seeds=(20_500_000, 3), period_ms=10),
    *busier((22_000_000, 3)),
)
TABLE = (
    Batch(seeds=(21_000_000, 6)),
    Batch(seeds=(21_500_000, 3), period_ms=10),
    *busier((22_100_000, 2)),
)
FIT_APART = (
    Batch(seeds=(25_000_000, 4), families=(*FITTED, APART_FITTED)),
    Batch(seeds=(25_500_000, 2), families=(*FITTED, APART_FITTED), period_ms=10),
    *busier((25_800_000, 1), (*FITTED, APART_FITTED)),
)
TABLE_APART = (
    Batch(seeds=(26_000_000, 4), families=(*FITTED, APART_FITTED)),
    Batch(seeds=(26_500_000, 2), families=(*FITTED, APART_FITTED), period_ms=10),
    *busier((26_800_000, 1), (*FITTED, APART_FITTED)),
)
JUDGED = (Batch(seeds=(31_000_000, 3), families=UNSEEN_FAMILIES, coins=MOSS_FERN_DUSK),)
JUDGED_APART = (
    Batch(
        seeds=(120_000_000, 1),
        tiers=("T1", "T2", "T3", "T4", "RANDOM"),
        families=(APART_UNSEEN, *UNSEEN_FAMILIES),
        coins=MOSS_FERN_DUSK,
    ),
)
HELD_OUT = (Batch(seeds=(41_000_000, 8), families=UNSEEN_FAMILIES, coins=MOSS_FERN_DUSK),)
# one market maker a symbol, so that there is one that leaves; only its departures were looked at here
LEAVING_TIERS = ("T1", "T2", "T3", "RANDOM")
LEAVING_DEVELOPED = (Batch(seeds=(23_000_000, 6), tiers=LEAVING_TIERS, families=FITTED_FAMILIES),)
LEAVING_JUDGED = (
    Batch(seeds=(32_000_000, 8), tiers=LEAVING_TIERS, families=UNSEEN_FAMILIES, coins=MOSS_FERN_DUSK),
)
