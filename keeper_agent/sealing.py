"""The policy a decision is taken under, as plain data, and decisions sealed with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphs.thought import Conclusion
from memory.bundles import Bundle, BundleBook
from memory.codec import to_plain
from scheduler.run import RunIdentity
from tools.domain.parameter import ParameterSet
from tools.execution.entries import SizingDesk
from tools.execution.seen import MarketSlice

LIVING = "living"  # every outcome counts for a strategy, and not only those of the last reflection


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals the decisions of one run.

    Attributes:
        allowed: Whether probes are, see ``ProbePolicy``.
        model: Version of the outcome model, or None.
    """

    book: BundleBook
    identity: RunIdentity
    desk: SizingDesk
    allowed: bool | None
    model: str | None
    code_version: str

    def __call__(self, conclusion: Conclusion, parameters: ParameterSet, market: MarketSlice) -> None:
        """Keep what the decision of ``conclusion`` was taken from."""
        (decision,) = conclusion.decisions
        heard = conclusion.heard.get(decision.decision_id)
        self.book.record(
            Bundle(
                decision_id=decision.decision_id,
                run_id=decision.run_id,
                world=decision.world,
                ts=decision.ts,
                policy=self._policy(decision.symbol, parameters),
                account=to_plain(conclusion.account),
                market_events=market.events,
                market_hash=market.digest,
                weights=conclusion.weights,
                heard=None if heard is None else to_plain(heard),
            )
        )

    def _policy(self, symbol: str, parameters: ParameterSet) -> Mapping[str, Any]:
        return {
            "code_version": self.code_version,
            "model": self.model,
            "parameters": dict(parameters.values),
            "origin": dict(parameters.origin),
            "seed": self.identity.seed,
            "probes_allowed": self.allowed,
            "instrument": to_plain(self.desk.instrument(symbol)),
            "sizing_mode": self.desk.mode.value,
            "risk_appetite": self.desk.appetite.value,
            "strategies": LIVING,
        }
