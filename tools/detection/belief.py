"""Whether a market maker is believed in, and where it buys and sells."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection import apart as ap
from tools.detection import departure as de
from tools.detection import evidence as ev
from tools.detection import maker as mk
from tools.detection import market_maker as mm
from tools.detection import posterior as po
from tools.market.kernel import kernel

BELIEVED = 0.5  # probability of a market maker from which its quotes are the bounds
FOLLOWED = 3.0  # linked refreshes of the last minute that say as much
LEAST_WATCHED_S = 10.0  # of a sound book before the market maker is judged


@kernel
def believe(s: Any, ts: int) -> tuple[float, float]:
    """Probability that a market maker quotes both sides at ``ts``, and its refreshes a second.

    NaN is an abstention: the book has not been sound for long enough to say anything.
    """
    rate = ev.usual_rate(s.maker, s.sorting)
    s.evidence_apart[0] = np.nan
    if s.watched[0] < LEAST_WATCHED_S:
        return np.nan, rate
    belief = believe_together(s, ts)
    if not ap.is_apart(s.chains, s.maker):
        return belief, rate
    if belief < BELIEVED:
        ap.weigh_apart(s.chains, s.maker, ts, belief, s.evidence_apart)
        logit = po.logit_of(s.apart, s.evidence_apart, s.sorting)
        belief = max(belief, po.probability_of(s.apart, logit))
    if belief >= BELIEVED:
        rate = ev.usual_rate(s.chains, s.sorting)
    return belief, rate


@kernel
def believe_together(s: Any, ts: int) -> float:
    """Probability of a market maker that moves both its sides in one moment."""
    mm.signature(s.histogram, s.watched[0], s.small)
    ev.weigh(s.maker, ts, s.small[2] * np.sqrt(s.small[3]), s.sorting, s.evidence)
    if s.maker.n_links < mk.LEAST_GAPS:
        unfollowed: float = s.posterior.unfollowed
        return unfollowed
    return po.probability_of(s.posterior, po.logit_of(s.posterior, s.evidence, s.sorting))


@kernel
def remember_belief(s: Any, ts: int) -> None:
    """At the end of a second, note whether a maker whose sides move apart is believed in."""
    if ap.is_apart(s.chains, s.maker):
        belief, _ = believe(s, ts)
        if belief >= BELIEVED:
            s.chains.ts_believed = ts


@kernel
def believed_size(s: Any, belief: float) -> float:
    """Value of the usual order of the maker that is believed in, quote; NaN below three."""
    if belief >= BELIEVED and ap.is_apart(s.chains, s.maker):
        return ev.usual_size(s.chains, s.sorting)
    return ev.usual_size(s.maker, s.sorting)


@kernel
def has_departed(s: Any, ts: int) -> float:
    """1 where the maker has left at ``ts``, 0 where it has not; NaN where none is established."""
    found = de.departed(s.maker, s.trail, ts, s.sorting, s.departure)
    if ap.can_be_missed(s.chains, ts):
        return 1.0 if ap.has_left_apart(s.chains, ts) else 0.0
    return found


@kernel
def quoted_bounds(s: Any, ts: int, prints: int, belief: float) -> tuple[float, float]:
    """Where the market maker buys and sells, quote per base.

    The quotes that are followed, each by itself, say it while their maker is believed in or its
    refreshes are linked; otherwise the window's tape does, if it has enough prints.
    """
    trail = s.trail
    config = s.config
    bid = s.chains.quotes[0]
    ask = s.chains.quotes[1]
    if belief >= BELIEVED and ap.is_apart(s.chains, s.maker) and ask.price > bid.price > 0:
        return bid.price * 1e-8, ask.price * 1e-8
    is_followed = belief >= BELIEVED or s.maker.paces[mk.PACES - 1] >= FOLLOWED
    is_recent = trail.price[0] > 0 and ts - trail.ts_placed <= config.window_ns
    if is_followed and is_recent and trail.price[1] > trail.price[0]:
        return trail.price[0] * 1e-8, trail.price[1] * 1e-8
    if prints < config.min_trades:
        return np.nan, np.nan
    mm.tape_bounds(s.tape, s.ring, ts, config.window_ns, s.scratch, s.small)
    return s.small[0], s.small[1]
