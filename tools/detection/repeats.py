"""What large withdrawals this market showed before: their signatures, their scores, and whom they tell of.

A signature is side, relative size, distance as placed, levels and lifetime. Each act has the log-odds of the
act alone; with these, earlier acts like a new one count for as much as they were likely spoofs.

The belief that the market has a spoofer is a mixture's: where there is one, a share of the acts is
its own. An act with odds o against the base rate multiplies the odds of the market by
1 - SHARE + SHARE * o / base; it fades to nothing known, so that a spoofer who left is forgotten.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

REMEMBERED = 32  # acts of a side
ACT_S = 180.0  # time constant of a remembered act
BELIEF_S = 600.0  # time constant of the belief
SHARE = 0.03  # of the acts of a market with a spoofer
MOST_ACT, MOST_BELIEF = 3.0, 8.0  # nats that one act may add, and that all may
SIZE_NEAR = 0.75  # octaves
DISTANCE_NEAR = 0.7  # of log1p bps
LIFE_NEAR = 1.2  # of log seconds
LAYERS_NEAR = 0.2  # octaves: the same number
USUAL_SHARE = 0.9
STEP = 0.25  # nats that the quantile moves by at most, once it is known
LOW = -8.0  # odds below it are told no further apart
EVEN = 0.0  # the quantile begins no higher, whatever is withdrawn first

ACT = np.dtype(
    [
        ("ts", np.int64),
        ("size", np.float64),
        ("distance", np.float64),
        ("layers", np.float64),
        ("life", np.float64),
        ("likely", np.float64),  # chance that it was a spoof, by the act alone
    ],
    align=True,
)
ACTS = np.dtype(
    [
        ("n", np.int64, (2,)),  # ever, bids then asks
        ("acts", ACT, (2, REMEMBERED)),
        ("belief", np.float64),
        ("ts", np.int64),  # of the belief
        ("usual", np.float64),  # running quantile of the odds
    ],
    align=True,
)


@kernel
def alike_before(
    acts: Any, ts: int, side: int, size: float, distance: float, layers: float, life: float
) -> Any:
    """Earlier acts of the same side and signature, faded: as likely as each was a spoof, and all."""
    row = 0 if side > 0 else 1
    likely = 0.0
    alike = 0.0
    for i in range(min(acts.n[row], REMEMBERED)):
        act = acts.acts[row, i]
        if abs(act.size - size) > SIZE_NEAR or abs(act.distance - distance) > DISTANCE_NEAR:
            continue
        if abs(act.layers - layers) > LAYERS_NEAR or abs(act.life - life) > LIFE_NEAR:
            continue
        kept = np.exp(-(ts - act.ts) * 1e-9 / ACT_S)
        likely += kept * act.likely
        alike += kept
    return likely, alike


@kernel
def belief_at(acts: Any, ts: int) -> float:
    """Log-odds, over those before anything was seen, that the market has a spoofer at ``ts``."""
    if acts.ts == 0:
        return 0.0
    belief: float = acts.belief * np.exp(-(ts - acts.ts) * 1e-9 / BELIEF_S)
    return belief


@kernel
def learn_act(
    acts: Any, ts: int, side: int, size: float, distance: float, layers: float, life: float, odds: float
) -> None:
    """Take in an act with the log-odds of it alone."""
    state = acts
    row = 0 if side > 0 else 1
    act = state.acts[row, state.n[row] % REMEMBERED]
    act.ts = ts
    act.size = size
    act.distance = distance
    act.layers = layers
    act.life = life
    act.likely = 1.0 / (1.0 + np.exp(-odds))
    ratio = np.exp(min(odds, 50.0)) / (SHARE / (1.0 - SHARE))
    told = min(np.log(1.0 - SHARE + SHARE * ratio), MOST_ACT)
    state.belief = min(max(belief_at(state, ts) + told, -MOST_BELIEF), MOST_BELIEF)
    state.ts = ts
    n = state.n[0] + state.n[1]
    bounded = max(odds, LOW)
    if n == 0:
        state.usual = min(bounded, EVEN)
    else:
        step = max(STEP, 4.0 / (n + 1.0))
        state.usual += step * (USUAL_SHARE if bounded > state.usual else USUAL_SHARE - 1.0)
    state.n[row] += 1
