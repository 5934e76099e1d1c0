"""Whether the market maker that was followed has gone: what its silence says, and how surely.

Refreshes come period by period, and each period's is seen or missed. With what was seen and missed
before, the chance that so many in a row are missed by one who is still there is exact under that
model. A Poisson CUSUM on the rate needs longer but forgives a coincidence. What decides is the trail:
both quotes gone, at least one of them withdrawn, and not renewed. All are read at the moment of asking.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection.evidence import median_of, usual_rate
from tools.detection.maker import GAPS, PACES
from tools.detection.trail import TAKEN, WITHDRAWN
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]

ESTABLISHED = 4.0  # linked refreshes of the last minute from which a maker can be missed
LATE = 0.5  # of a period: a refresh is missed when it is so late
QUIET_RATE = 0.1  # of the usual rate: what the CUSUM looks for
LEFT_PERIODS = 2.0  # without either quote from which a maker has left
LEAST_S = 1.0  # less is no departure, however fast the maker is

SILENCE_P, CUSUM, GONE_PERIODS, SIDES, PERIOD_S, IS_ESTABLISHED = 0, 1, 2, 3, 4, 5
DEPARTURE = 6


@kernel
def missed_p(seen: int, missed: int, in_a_row: int) -> float:
    """Chance of missing ``in_a_row`` more periods after ``seen`` and ``missed`` of them.

    The predictive of Bernoulli periods with a flat prior (Laplace's rule of succession):
    the product of (missed + 1 + k) / (seen + missed + 2 + k).
    """
    p = 1.0
    for k in range(in_a_row):
        p *= (missed + 1.0 + k) / (seen + missed + 2.0 + k)
    return p


@kernel
def silence_p(gaps: Reals, n: int, period: float, silence: float) -> float:
    """Chance of so long a silence from a maker that is still there."""
    missed = 0
    for i in range(n):
        missed += max(0, int(gaps[i] / period - LATE))
    return missed_p(n, missed, max(0, int(silence / period - LATE)))


@kernel
def pass_quiet_second(maker: Any, scratch: Reals) -> None:
    """Page's CUSUM of a Poisson rate that fell to QUIET_RATE of the usual one, in nats; never below 0.

    Source:
        Page, Continuous inspection schemes (1954); Lucas, Counted data CUSUM's (1985).
    """
    state = maker
    period = median_of(state.link_gaps, min(state.n_links, GAPS), scratch)
    if not period > 0:
        return
    refreshes = state.n_links - state.n_links_then
    grown = state.quiet + (1.0 - QUIET_RATE) / period + refreshes * np.log(QUIET_RATE)
    state.quiet = max(0.0, grown)
    state.n_links_then = state.n_links


@kernel
def judge_departure(maker: Any, ts: int, scratch: Reals, out: Reals) -> None:
    """What speaks for a departure at ``ts`` into ``out``, shape (DEPARTURE,); NaN where nobody is followed.

    ``out`` gets: the silence's p-value, the CUSUM in nats, periods since neither quote stands
    (0 where one does), sides that stand, the period in seconds, whether the maker is established.
    """
    n = min(maker.n_links, GAPS)
    period = median_of(maker.link_gaps, n, scratch)
    for i in range(DEPARTURE):
        out[i] = np.nan
    out[IS_ESTABLISHED] = 1.0 if maker.paces[PACES - 1] >= ESTABLISHED and period > 0 else 0.0
    if not period > 0:
        return
    silence = (ts - maker.ts_linked) * 1e-9
    out[SILENCE_P] = silence_p(maker.link_gaps, n, period, silence)
    out[CUSUM] = maker.quiet
    out[GONE_PERIODS] = (ts - maker.ts_gone) * 1e-9 / period if maker.ts_gone > 0 else 0.0
    out[SIDES] = maker.is_standing[0] + maker.is_standing[1]
    out[PERIOD_S] = period


@kernel
def has_left(trail: Any, ts: int, period: float) -> bool:
    """Whether neither quote has been renewed for long enough; ``period`` is the usual one, in seconds.

    A quote that a print took may be paused, and its maker still there: while nothing was
    withdrawn nobody has left.
    """
    bid = trail.state[0]
    ask = trail.state[1]
    if bid < WITHDRAWN or ask < WITHDRAWN or (bid == TAKEN and ask == TAKEN):
        return False
    gone = (ts - max(trail.ts_gone[0], trail.ts_gone[1])) * 1e-9
    return bool(gone >= max(LEFT_PERIODS * period, LEAST_S))


@kernel
def departed(maker: Any, trail: Any, ts: int, scratch: Reals, out: Reals) -> float:
    """1 where the followed maker has left at ``ts``, 0 where it has not; NaN where none is established.

    ``out`` gets what ``judge_departure`` says. The period is the shorter of those between linked refreshes
    and between all: links are missed where one side alone is placed anew.
    """
    judge_departure(maker, ts, scratch, out)
    if not out[IS_ESTABLISHED] > 0:
        return np.nan
    period = out[PERIOD_S]
    rate = usual_rate(maker, scratch)
    if rate * period > 1.0:
        period = 1.0 / rate
    return 1.0 if has_left(trail, ts, period) else 0.0
