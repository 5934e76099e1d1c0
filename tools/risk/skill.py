"""How reliable each component's votes have proved, by the outcomes that followed.

A component's weight is the pool's mean squared error over its own, shrunk towards 1 by its
number of outcomes: n / (n + k) of the ratio and k / (n + k) of one. Until ``skill_min_outcomes`` are
known it is exactly 1, so all weigh the same. Only the last outcomes count, so that a
component that has lost its touch loses its weight.

Source: Bates and Granger, The combination of forecasts (1969), weights by inverse mean squared
error; Stock and Watson (2004) for the shrinkage towards equal weights.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tools.domain.parameter import ParameterSet
from tools.domain.trading import Vote
from tools.risk.routing import is_opinion

REMEMBERED = 2_000  # outcomes a component
LEAST, MOST = 0.1, 10.0  # no component is silenced or alone by its record


@dataclass(slots=True)
class SkillRecord:
    """Squared errors of each component's expectations, in the order in which outcomes became known."""

    _errors: dict[str, deque[float]] = field(default_factory=dict)

    def learn(self, votes: Iterable[Vote], net_bps: float) -> None:
        """Take in what came of a signal that ``votes`` were cast on."""
        for vote in votes:
            if is_opinion(vote) and vote.stance != "silent" and vote.expected_bps is not None:
                errors = self._errors.setdefault(vote.component, deque(maxlen=REMEMBERED))
                errors.append((net_bps - vote.expected_bps) ** 2)

    def counts(self) -> Mapping[str, int]:
        """Outcomes known of each component."""
        return {name: len(errors) for name, errors in self._errors.items()}

    def weights(self, parameters: ParameterSet) -> Mapping[str, float]:
        """The weight of each component with enough outcomes; the others weigh 1."""
        least = parameters.whole("skill_min_outcomes")
        known = {name: errors for name, errors in self._errors.items() if len(errors) >= least}
        if len(known) < 2:
            return {}
        means = {name: math.fsum(errors) / len(errors) for name, errors in known.items()}
        pool = math.fsum(means.values()) / len(means)
        return {
            name: _shrunk(pool, means[name], len(known[name]), least) for name in sorted(means) if pool > 0
        }


def _shrunk(pool: float, own: float, n: int, k: int) -> float:
    ratio = min(MOST, max(LEAST, pool / own)) if own > 0 else MOST
    return (n * ratio + k) / (n + k)
