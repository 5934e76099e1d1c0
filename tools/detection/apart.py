"""A market maker whose sides do not move in one moment: what speaks for it, where it quotes, whether it left.

The two chains that are followed (``chains.py``) are believed to be one maker's by a second posterior of the
same form as the first, fitted on the looks at which the first sees nobody and yet two chains go on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection.departure import ESTABLISHED, LEAST_S, LEFT_PERIODS
from tools.detection.maker import PACES, UNSEEN
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]

LEAST_PACE = 3.0  # quotes of each side placed anew in the last minute that make two chains go on
FEW = 0.1  # of them: so few linked refreshes say that the sides do not move together
UNSTEADY = 1.1  # sizes and gaps that scatter so much are many hands'
BELIEVED_NS = 60_000_000_000  # who was believed in so lately can be missed


@kernel
def is_apart(chains: Any, maker: Any) -> bool:
    """Whether two steady chains go on that the refreshes of both sides together do not account for."""
    pace = min(chains.paces[0], chains.paces[1])
    is_steady = max(chains.quotes[0].unsteady, chains.quotes[1].unsteady) < UNSTEADY
    is_more = pace >= LEAST_PACE and maker.paces[PACES - 1] < FEW * pace
    return bool(chains.followed[0] > 0 and is_steady and is_more)


@kernel
def weigh_apart(chains: Any, maker: Any, ts: int, belief: float, out: Reals) -> None:
    """The evidence for one hand behind both chains at ``ts`` into ``out``, shape (EVIDENCE,).

    ``belief`` is what the first posterior says, in (0, 1).
    """
    bid = chains.quotes[0]
    ask = chains.quotes[1]
    out[0] = np.log(belief / (1.0 - belief))
    out[1] = np.log1p(min(chains.paces[0], chains.paces[1]))
    out[2] = max(bid.unsteady, ask.unsteady)
    out[3] = abs(bid.log_period - ask.log_period)
    out[4] = 0.5 * (bid.log_period + ask.log_period)
    out[5] = abs(bid.value - ask.value)
    out[6] = (chains.turns + 1.0) / (chains.turns + chains.repeats + 2.0)
    phase = chains.phase
    out[7] = np.sqrt(phase[0] * phase[0] + phase[1] * phase[1]) / (phase[2] + 2.0)
    silence = max((ts - bid.ts) * 1e-9 / bid.period, (ts - ask.ts) * 1e-9 / ask.period)
    out[8] = np.log1p(min(silence, UNSEEN))
    gone_bid = (ts - bid.ts_gone) * 1e-9 / bid.period if bid.ts_gone > 0 else 0.0
    gone_ask = (ts - ask.ts_gone) * 1e-9 / ask.period if ask.ts_gone > 0 else 0.0
    out[9] = np.log1p(min(gone_bid, gone_ask, UNSEEN))
    out[10] = np.log(min(maker.placed[0], maker.placed[1]) + 1.0)


@kernel
def can_be_missed(chains: Any, ts: int) -> bool:
    """Whether a maker whose sides move apart was believed in lately, and is established."""
    if chains.followed[0] == 0 or chains.ts_believed == 0 or ts - chains.ts_believed > BELIEVED_NS:
        return False
    return bool(min(chains.paces[0], chains.paces[1]) >= ESTABLISHED)


@kernel
def has_left_apart(chains: Any, ts: int) -> bool:
    """Whether neither quote stands for long enough, at least one of them withdrawn; as ``has_left``."""
    bid = chains.quotes[0]
    ask = chains.quotes[1]
    if bid.ts_gone == 0 or ask.ts_gone == 0 or (bid.is_taken == 1 and ask.is_taken == 1):
        return False
    period = np.exp(0.5 * (bid.log_period + ask.log_period))
    gone = (ts - max(bid.ts_gone, ask.ts_gone)) * 1e-9
    return bool(gone >= max(LEFT_PERIODS * period, LEAST_S))
