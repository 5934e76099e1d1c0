"""Figures from looks: recall at fixed false positives, calibration, errors of estimates, departures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection.looking import WATCH_NS, Moment, Window
from benchmarks.detection.worlds import Market
from benchmarks.tiers import wilson
from tools.detection.departure import LEFT_PERIODS
from venue.public import NANOS

Reals = npt.NDArray[np.float64]

FALSE_POSITIVES = 0.05
BINS = 10
NEAR_RATE = 0.2


def share(hits: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """A share with its n and 95 % Wilson interval."""
    if not len(hits):
        return {"n": 0}
    low, high = wilson(int(hits.sum()), len(hits))
    return {
        "share": round(float(hits.mean()), 3),
        "interval": [round(low, 3), round(high, 3)],
        "n": len(hits),
    }


def presence(
    quoted: Sequence[Window], tuning: Sequence[Window], unquoted: Sequence[Window]
) -> dict[str, Any]:
    """Recall at a threshold that lets 5 % of the ``tuning`` windows without a market maker pass."""
    found: dict[str, Any] = {}
    for name in ("confidence", "baseline"):
        threshold = float(np.quantile([getattr(one, name) for one in tuning], 1 - FALSE_POSITIVES))
        passed = [np.array([getattr(one, name) > threshold for one in them]) for them in (quoted, unquoted)]
        found[name] = {"recall": share(passed[0]), "false_positives": share(passed[1])}
    return found


def calibration(moments: Sequence[Moment], rng: np.random.Generator) -> dict[str, Any]:
    """Brier skill, calibration error, and the skill that shuffled labels leave."""
    said = np.array([one.confidence for one in moments])
    true = np.array([float(one.is_two_sided) for one in moments])
    shuffled = rng.permutation(true)
    return {
        "n": len(said),
        "abstained": int(np.isnan(said).sum()),
        "base_rate": round(float(true.mean()), 3),
        "brier_skill": round(brier_skill(said, true), 3),
        "calibration_error": round(calibration_error(said, true), 4),
        "brier_skill_shuffled": round(brier_skill(said, shuffled), 3),
    }


def brier_skill(said: Reals, true: Reals) -> float:
    """1 less the Brier score over that of the base rate."""
    return float(1 - np.mean((said - true) ** 2) / np.mean((true.mean() - true) ** 2))


def calibration_error(said: Reals, true: Reals) -> float:
    """Expected calibration error over ten equal bins."""
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    found = 0.0
    for b in range(BINS):
        inside = place == b
        if inside.any():
            found += float(inside.mean() * abs(said[inside].mean() - true[inside].mean()))
    return found


def estimates(moments: Sequence[Moment], tick: int) -> dict[str, Any]:
    """Errors of bounds, size and rate where a market maker quotes as usual, against its nearest pair."""
    rows = []
    for one in moments:
        if one.standing:
            bid, ask = (round(price * 1e8) if price == price else 0 for price in one.bounds)
            near = min(one.standing, key=lambda at: max(abs(bid - at.bid), abs(ask - at.ask)))
            off = max(abs(bid - near.bid), abs(ask - near.ask)) / tick
            rows.append((off, abs(np.log(one.size / near.size)), one.rate_hz / near.rate_hz - 1))
    if not rows:
        return {"n": 0}
    off, size, rate = np.array(rows).T
    known = ~np.isnan(rate)
    return {
        "bounds_within_a_tick": share(off <= 1.0 + 1e-6),
        "size_error_median": round(float(np.nanmedian(size)), 4),
        "rate_within_20_percent": share(np.abs(rate[known]) <= NEAR_RATE),
        "rate_unknown": int((~known).sum()),
    }


def departures(looks: Sequence[tuple[Market, int, Reals]]) -> dict[str, Any]:
    """Alarms of the departure sense against the truth's spells."""
    delays, alarms, right, wrong, partial, hours, left = [], 0, 0, 0, 0, 0.0, 0
    for market, start, seen in looks:
        ts = start + np.arange(len(seen)) * WATCH_NS
        spells = [(row[2], row[3]) for row in market.truth.quoting if row[0] == market.symbol]
        at = np.searchsorted([since for since, _ in spells], ts, side="right") - 1
        states = np.array([spells[i][1] for i in at])
        hours += float(np.isin(states, ("full", "small")).sum()) * WATCH_NS / (3600 * NANOS)
        fired = alarms_of(seen)
        for k in fired:
            period_ns = seen[k, 1] * NANOS
            before = spells[at[k] - 1][1] if at[k] > 0 else ""
            if states[k] == "away" or (before == "away" and ts[k] - spells[at[k]][0] < 1.5 * period_ns):
                right += 1
            elif states[k] in ("full", "small"):
                wrong += 1
            else:
                partial += 1
        alarms += len(fired)
        for i, (since, state) in enumerate(spells):
            k = int(np.searchsorted(ts, since)) - 1
            if state != "away" or k < 0 or since > ts[-1] - 60 * NANOS or not seen[k, 2]:
                continue
            left += 1
            hit = [j for j in fired if at[j] == i]
            if hit:
                delays.append((ts[hit[0]] - since) / NANOS / seen[k, 1])
    found = np.array([True] * len(delays) + [False] * (left - len(delays)))
    return {
        "coverage": share(found),
        "precision": share(np.array([True] * right + [False] * wrong)),
        "false_alarms_an_hour": round(wrong / hours, 2) if hours else None,
        "hours": round(hours, 1),
        "delay_periods_median": round(float(np.median(delays)), 2) if delays else None,
        "alarms_on_partial_withdrawals": partial,
    }


def alarms_of(seen: Reals) -> list[int]:
    """Where an alarm is raised: once for each refresh that was the last."""
    is_on = (seen[:, 2] > 0) & (np.nan_to_num(seen[:, 0]) >= LEFT_PERIODS)
    found: list[int] = []
    for k in np.flatnonzero(is_on):
        if not found or seen[k, 3] != seen[found[-1], 3]:
            found.append(int(k))
    return found
