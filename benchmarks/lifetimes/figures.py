"""Inferred cancels beside the true ones: events, identities, lifetimes; and the simple baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import sqrt
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.lifetimes.buckets import bucket_ends
from benchmarks.lifetimes.truth import Truth
from tools.detection.order_pool import CANCEL
from tools.domain.market import NANOS
from tools.market.events import BOOK, SNAPSHOT, Events

Ints: TypeAlias = npt.NDArray[np.int64]
Void: TypeAlias = npt.NDArray[np.void]
Z = 1.96
SURE = 0.98  # chance from which a cancel counts as told by its id


def share(hits: int, n: int) -> dict[str, Any]:
    """A share with its 95 % Wilson interval."""
    if n == 0:
        return {"share": None, "n": 0}
    p, q = hits / n, Z * Z / n
    half = Z * sqrt(p * (1 - p) / n + q / (4 * n)) / (1 + q)
    centre = (p + q / 2) / (1 + q)
    return {"share": round(p, 4), "interval": [round(centre - half, 4), round(centre + half, 4)], "n": n}


def common(a: Iterable[Any], b: Iterable[Any]) -> int:
    """How many elements both have, each as often as it is in both."""
    return sum((Counter(a) & Counter(b)).values())


def hits(claims: Iterable[Any], known: Iterable[Any]) -> npt.NDArray[np.bool_]:
    """Which claims are among the known, each of which answers for one claim."""
    left = Counter(known)
    out = []
    for claim in claims:
        out.append(left[claim] > 0)
        left[claim] -= 1
    return np.array(out, bool)


def brier_skill(chance: npt.NDArray[np.float64], is_right: npt.NDArray[np.bool_]) -> float:
    """What share of the squared error of always saying the base rate the chances save; 1 at best."""
    base = float(np.mean(is_right))
    return 1.0 - float(np.mean((chance - is_right) ** 2)) / (base * (1.0 - base))


def distance(a: Ints, b: Ints) -> float:
    """Greatest distance of two empirical distributions (Kolmogorov, Smirnov)."""
    a, b = np.sort(a), np.sort(b)
    at = np.concatenate([a, b])
    left = np.searchsorted(a, at, "right") / len(a)
    return float(np.max(np.abs(left - np.searchsorted(b, at, "right") / len(b))))


def rows(table: Void, *names: str) -> list[tuple[int, ...]]:
    """The named columns as tuples."""
    return list(zip(*(table[name].tolist() for name in names), strict=True))


def seen_at_ends(truth: Truth, period_ns: int) -> Truth:
    """The cancels an oracle knows that sees ids, but only at the ends of buckets; stamps are those ends."""
    out = truth[truth["is_cancel"]].copy()
    for name in ("ts_add", "ts_end"):
        out[name] = bucket_ends(out[name], period_ns) if period_ns else out[name]
    seen: Truth = out[out["ts_add"] != out["ts_end"]] if period_ns else out
    return seen


def figures(ends: Void, truth: Truth, period_ns: int, since: int) -> dict[str, Any]:
    """What ended as a cancel from ``since`` on, against what the oracle of that feed knows."""
    claims = ends[(ends["ended"] == CANCEL) & (ends["ts_end"] >= since)]
    cancels = seen_at_ends(truth, period_ns)
    cancels = cancels[cancels["ts_end"] >= since]
    known = cancels[(cancels["ts_add"] > 0) & cancels["is_whole"]]
    named = claims[claims["ts_add"] > 0]
    events = common(rows(claims, "key", "ts_end", "gone"), rows(cancels, "key", "ts_end", "gone"))
    ids = common(rows(named, "key", "ts_add", "ts_end"), rows(known, "key", "ts_add", "ts_end"))
    is_right = hits(rows(named, "key", "ts_add", "ts_end"), rows(known, "key", "ts_add", "ts_end"))
    sure = is_right[named["chance"] >= SURE]
    return {
        "sure_found": share(int(sure.sum()), len(known)),
        "sure_right": share(int(sure.sum()), len(sure)),
        "chance_brier_skill": round(brier_skill(named["chance"], is_right), 4),
        "cancels_found": share(events, len(cancels)),
        "cancels_right": share(events, len(claims)),
        "ids_found": share(ids, len(known)),
        "ids_right": share(ids, len(named)),
        "lifetime_ks": round(distance(lives(known), lives(named)), 4),
        "lifetime_median_s": [round(float(np.median(lives(x)) / NANOS), 3) for x in (known, named)],
    }


def lives(table: Void) -> Ints:
    """Lifetimes, ns."""
    return np.asarray(table["ts_end"] - table["ts_add"])


def level_lives(events: Events, since: int) -> Ints:
    """The simple way, as in order_lifetime_avg: from a level's appearance to its disappearance, ns."""
    born: dict[int, int] = {}
    out = []
    for kind, side, price, size, ts, flags in events[
        ["kind", "side", "price", "size", "ts_init", "flags"]
    ].tolist():
        if kind != BOOK:
            continue
        key = side * price
        if size and key not in born:
            born[key] = 0 if flags & SNAPSHOT else ts
        elif not size:
            since_when = born.pop(key, 0)
            if since_when and ts >= since:
                out.append(ts - since_when)
    return np.array(out, np.int64)
