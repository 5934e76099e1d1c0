"""Covariance of two series that are seen at different moments, over a rolling window.

Every product of two returns whose intervals overlap counts once, at the moment the later of the two
ends. Nothing is put on a common grid, so a thin coin's silence does not pull the estimate to zero as
it does there (Epps). To make a correlation of it, both variances are taken at the pace of the slower
side, between moments at which both have moved: a mid that creeps has less variance at its own pace.
The window is a ring of buckets: it moves in steps of one and its sums do not drift.

Source:
    Hayashi, Yoshida, On covariance estimation of non-synchronously observed diffusion processes (2005);
    Barndorff-Nielsen, Hansen, Lunde, Shephard, Multivariate realised kernels (2011), on refresh times.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]

BUCKET_NS = 30_000_000_000
BUCKETS = 60  # half an hour
CROSS, SQUARES, OVERLAPS, REFRESHES = 0, 1, 3, 4  # columns; SQUARES has one for each side
SUMS = 5
LEAST_BUCKETS, LEAST_REFRESHES = 8, 20  # with an overlap, and in all, before anything is said
NORMAL_95 = 1.959963984540054
NEAREST = 0.9999  # to one that a correlation may come

SIDE = np.dtype(
    [
        ("n", np.int64),  # values seen
        ("ts", np.int64),  # of the last, ns
        ("last", np.float64),
        ("other", np.float64),  # where the other side stood when the last was seen
        ("other_n", np.int64),  # and how many values it had shown
    ],
    align=True,
)

LINK = np.dtype(
    [
        ("bucket", np.int64),  # number of the newest, since the epoch
        ("sides", SIDE, (2,)),
        ("has_moved", np.int64, (2,)),  # since both were last refreshed
        ("is_refreshed", np.int64),  # whether they ever were
        ("refreshed", np.float64, (2,)),  # where they stood
        ("sums", np.float64, (BUCKETS, SUMS)),
    ],
    align=True,
)


class Correlation(NamedTuple):
    """A correlation, its 95 % interval, and how many pairs of overlapping returns it rests on."""

    value: float
    low: float
    high: float
    overlaps: int


@kernel
def move_to(link: Any, ts: int) -> None:
    """Let time pass to ``ts``, ns: what is older than the window is dropped. It never goes back."""
    number = ts // BUCKET_NS
    if number <= link.bucket:
        return
    for k in range(min(number - link.bucket, BUCKETS)):
        link.sums[(number - k) % BUCKETS, :] = 0.0
    link.bucket = number


@kernel
def refresh(link: Any) -> None:
    """Both have moved: what each did since both last had counts to its variance."""
    row = link.bucket % BUCKETS
    for k in range(2):
        at = link.sides[k].last
        if link.is_refreshed:
            step = at - link.refreshed[k]
            link.sums[row, SQUARES + k] += step * step
        link.refreshed[k] = at
        link.has_moved[k] = 0
    if link.is_refreshed:
        link.sums[row, REFRESHES] += 1.0
    link.is_refreshed = 1


@kernel
def see(link: Any, side: int, ts: int, value: float) -> None:
    """Side 0 or 1 shows log price ``value`` at ``ts``, ns.

    Times of both sides together must never fall. Of values of one side at one moment the first is taken.
    """
    own = link.sides[side]
    other = link.sides[1 - side]
    if own.n > 0 and ts <= own.ts:
        return
    move_to(link, ts)
    if own.n > 0 and other.n > 0:
        # the other's returns that overlap this one and have ended run from where it stood as this one began
        row = link.bucket % BUCKETS
        link.sums[row, CROSS] += (value - own.last) * (other.last - own.other)
        link.sums[row, OVERLAPS] += other.n - own.other_n
    own.n += 1
    own.ts = ts
    own.last = value
    own.other = other.last
    own.other_n = other.n
    if other.n > 0 and (other.ts == ts or own.n == 1):
        # of one moment neither comes first; and nobody's return reaches back before the other's first value
        other.other = value
        other.other_n = own.n
    link.has_moved[side] = 1
    if link.has_moved[1 - side]:
        refresh(link)


@kernel
def see_all(
    link: npt.NDArray[np.void], sides: npt.NDArray[np.int64], stamps: npt.NDArray[np.int64], values: Reals
) -> None:
    """``see`` for many, in order; all of shape (n,)."""
    for i in range(stamps.shape[0]):
        see(link[0], sides[i], stamps[i], values[i])


def new_link() -> npt.NDArray[np.void]:
    """A link that has seen nothing."""
    return np.zeros(1, LINK)


def correlation(link: npt.NDArray[np.void], ts: int) -> Correlation | None:
    """Correlation over the window that ends at ``ts``; None while too little overlapped.

    The interval is a jackknife over buckets, on Fisher's scale.

    Source:
        Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapter 11.
    """
    move_to(link[0], ts)
    rows = link["sums"][0]
    total = rows.sum(axis=0)
    used = rows[rows[:, OVERLAPS] > 0]
    moved = total[SQUARES] * total[SQUARES + 1] > 0
    if len(used) < LEAST_BUCKETS or total[REFRESHES] < LEAST_REFRESHES or not moved:
        return None
    whole, left = float(_fisher(total)), _fisher(total - used)
    left = left[np.isfinite(left)]
    n = len(left)
    error = float(np.sqrt((n - 1) / n * np.sum((left - left.mean()) ** 2))) if n > 1 else np.inf
    low, high = np.tanh(whole - NORMAL_95 * error), np.tanh(whole + NORMAL_95 * error)
    return Correlation(float(np.tanh(whole)), float(low), float(high), int(total[OVERLAPS]))


def _fisher(sums: Reals) -> Reals:
    """Fisher's z of sums, shape (..., SUMS); NaN where a side stood still."""
    squares = sums[..., SQUARES] * sums[..., SQUARES + 1]
    share = np.full(np.shape(squares), np.nan)
    np.divide(sums[..., CROSS], np.sqrt(np.maximum(squares, 0.0)), out=share, where=squares > 0)
    return np.asarray(np.arctanh(np.clip(share, -NEAREST, NEAREST)))
