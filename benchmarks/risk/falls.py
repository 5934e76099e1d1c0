"""How often two symbols were among their own worst hours or days together, against what was expected.

Copulas are fitted on the first half of the candles and judged on the second; both sides of a pair count
their worst share by the half that they are in, so that a calmer half is no error of the copula.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import multivariate_normal, norm  # type: ignore[import-untyped]

from benchmarks.risk.candles import Group
from tools.models.validation import block_bootstrap
from tools.risk.dependence import joint_fall, kendall

Reals = npt.NDArray[np.float64]
MOST = 1_000  # steps that a rank correlation is taken over: it looks at all pairs of them


def ranks(returns: Reals) -> Reals:
    """Each return's place among its own, in (0, 1), shape (n_steps, n_symbols)."""
    places = np.argsort(np.argsort(returns, axis=0), axis=0)
    return np.asarray((places + 0.5) / len(returns))


def gaussian_fall(tau: float, share: float) -> float:
    """Chance of a joint fall under the Gaussian copula with the same rank correlation."""
    rho = float(np.sin(np.pi * tau / 2))
    at = norm.ppf(share)
    return float(multivariate_normal.cdf([at, at], cov=[[1, rho], [rho, 1]]))


def falls(group: Group, share: float, block: int) -> dict[str, Any]:
    """Joint falls of all pairs of ``group``, predicted over observed; 95 % by blocks of steps."""
    half = len(group.returns) // 2
    before, after = group.returns[:half], ranks(group.returns[half:])
    pairs = list(combinations(range(len(group.symbols)), 2))
    every = max(1, half // MOST)
    taus = [kendall(before[::every, i], before[::every, j]) for i, j in pairs]
    worst = after < share
    together = np.column_stack([worst[:, i] & worst[:, j] for i, j in pairs])
    then = ranks(before) < share
    expected = {
        "clayton": [joint_fall(tau, share) for tau in taus],
        "gaussian": [gaussian_fall(tau, share) for tau in taus],
        "empirical": [float((then[:, i] & then[:, j]).mean()) for i, j in pairs],
        "independent": [share**2] * len(pairs),
    }
    seen = together.mean(axis=0)
    told: dict[str, Any] = {
        "of": "+".join(group.symbols), "share": share, "n_steps": len(after), "pairs": len(pairs),
        "joint_falls": int(together.sum()), "observed": round(float(seen.mean()), 5),
    }  # fmt: skip
    rate = block_bootstrap(
        lambda at: float(together[at].mean()), len(together), np.random.default_rng(0),
        block=min(block, len(together)),
    )  # fmt: skip
    for name, chances in expected.items():
        mean = float(np.mean(chances))
        single = np.array(chances) / np.where(seen > 0, seen, np.nan)
        told[name] = {
            "ratio": round(mean / rate.value, 3),
            "low": round(mean / rate.high, 3),
            "high": round(mean / rate.low, 3) if rate.low > 0 else None,
            "pairs_within": int(((single >= 0.5) & (single <= 2)).sum()),
        }
    return told
