"""Correlation of unequal moments beside the correlation on a common grid: recorded pairs and planted ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.regimes.series import mids
from tools.domain.market import NANOS
from tools.features.hayashi_yoshida import BUCKET_NS, BUCKETS, correlation, new_link, see_all
from tools.features.path import PATH, note_mid

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SEEDS = 400
SECONDS = BUCKETS * BUCKET_NS // NANOS
GRIDS_S = (1, 5, 60)
THINNED = (1.0, 0.3, 0.1, 0.03)  # shares of the coin's moments that are kept


def points(stamps: Ints, seconds: Reals) -> tuple[Ints, Reals]:
    """Moments at which a mid changed and its log, by the kernel that runs live on whole mids."""
    path: Any = np.zeros(1, PATH)
    found_at, found = [], []
    for ts, mid in zip(stamps.tolist(), seconds.tolist(), strict=True):
        if not np.isfinite(mid):
            continue
        before = int(path["count"][0])
        units = round(mid * 1e8)
        note_mid(path[0], ts, units, units)
        if int(path["count"][0]) > before:
            found_at.append(ts)
            found.append(np.log(mid))
    return np.array(found_at, np.int64), np.array(found)


def linked(a: tuple[Ints, Reals], b: tuple[Ints, Reals], until: int) -> Any:
    """The rolling correlation at ``until``, ns."""
    stamps, values = (np.concatenate(pair) for pair in zip(a, b, strict=True))
    sides = np.repeat(np.arange(2), [len(a[0]), len(b[0])])
    order = np.argsort(stamps, kind="stable")
    order = order[stamps[order] <= until]
    link = new_link()
    see_all(link, sides[order], stamps[order], values[order])
    return correlation(link, until)


def gridded(a: tuple[Ints, Reals], b: tuple[Ints, Reals], start: int, end: int, every_s: int) -> float:
    """Correlation of returns between grid points, each side at its last value."""
    grid = np.arange(start, end + 1, every_s * NANOS)
    steps = [np.diff(v[np.searchsorted(t, grid, side="right") - 1]) for t, v in (a, b)]
    return (
        float(np.corrcoef(steps[0], steps[1])[0, 1])
        if min(step.std() for step in steps) > 0
        else float("nan")
    )


def recorded_pairs(folder: Path) -> list[dict[str, Any]]:
    """Every recorded pair of one venue that was recorded at one time, the coin thinned out at random."""
    tapes = [(name, stamps, points(stamps, seconds)) for name, stamps, seconds in mids(folder)]
    found = []
    for name, stamps, leader in tapes:
        for other, others, coin in tapes:
            start, end = max(int(stamps[0]), int(others[0])), min(int(stamps[-1]), int(others[-1]))
            is_pair = name.split()[0] == other.split()[0] and "BTC" in name and name != other
            if is_pair and end - start > 600 * NANOS:
                start = max(start, end - SECONDS * NANOS + NANOS)
                found.append({"leader": name, "coin": other, "by_share": thinned(leader, coin, start, end)})
    return found


def thinned(leader: tuple[Ints, Reals], coin: tuple[Ints, Reals], start: int, end: int) -> list[Any]:
    """Both estimates at the end, for shares of the coin's moments; means over draws where it is thinned."""
    rows = []
    for share in THINNED:
        said, grids = [], []
        for seed in range(1 if share == 1 else 100):
            rng = np.random.default_rng(seed)
            keep = rng.random(len(coin[0])) < share
            keep[0] = True
            part = (coin[0][keep], coin[1][keep])
            one = linked(leader, part, end)
            said.append(one)
            first = max(start, int(leader[0][0]), int(part[0][0]))
            grids.append([gridded(leader, part, first, end, every) for every in GRIDS_S])
        known = [one for one in said if one is not None]
        rows.append(
            {
                "share": share,
                "draws": len(said),
                "unknown": len(said) - len(known),
                "overlaps": round(float(np.mean([one.overlaps for one in known])), 1) if known else 0,
                **{f: round(float(np.mean([getattr(one, f) for one in known])), 3)
                   for f in ("value", "low", "high") if known},
                **{f"grid_{every}_s": round(float(x), 3)
                   for every, x in zip(GRIDS_S, np.nanmean(grids, axis=0), strict=True)},
            }
        )  # fmt: skip
    return rows


def simulated_pairs() -> list[dict[str, Any]]:
    """Walks of a planted correlation, the leader seen every second or so, the coin every 3 to 30 s."""
    rows = []
    for rho in (0.0, 0.3, 0.6, 0.9):
        for gap_s in (3, 10, 30):
            said, grids = [], []
            for seed in range(SEEDS):
                leader, coin = _walks(np.random.default_rng([seed, gap_s]), rho, gap_s)
                said.append(linked(leader, coin, (SECONDS - 1) * NANOS))
                grids.append([gridded(leader, coin, 120 * NANOS, (SECONDS - 1) * NANOS, g) for g in GRIDS_S])
            known = np.array([one[:3] for one in said if one is not None])
            covered = np.mean((known[:, 1] <= rho) & (rho <= known[:, 2])) if len(known) else np.nan
            rows.append(
                {
                    "rho": rho,
                    "coin_gap_s": gap_s,
                    "n": len(known),
                    "mean": round(float(known[:, 0].mean()), 3),
                    "spread": round(float(known[:, 0].std()), 3),
                    "interval_covers": round(float(covered), 3),
                    **{f"grid_{every}_s": round(float(x), 3)
                       for every, x in zip(GRIDS_S, np.nanmean(grids, axis=0), strict=True)},
                }
            )  # fmt: skip
    return rows


def _walks(rng: np.random.Generator, rho: float, gap_s: int) -> tuple[tuple[Ints, Reals], tuple[Ints, Reals]]:
    steps = rng.normal(size=(SECONDS, 2)) @ np.array([[1.0, rho], [0.0, np.sqrt(1 - rho * rho)]])
    paths = np.cumsum(steps * 1e-4, axis=0)
    seen = [np.flatnonzero(rng.random(SECONDS) < share) for share in (0.7, 1 / gap_s)]
    first, second = ((at * NANOS, paths[at, side]) for side, at in enumerate(seen))
    return first, second
