"""The policy a decision is taken under, as plain data, and decisions sealed with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from memory.bundles import Bundle, BundleBook
from memory.codec import to_plain
from scheduler.run import RunIdentity
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Decision
from tools.execution.entries import SizingDesk
from tools.execution.market import MarketSlice
from tools.risk.exposure import LedgerSnapshot


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals the decisions of one run.

    Attributes:
        allowed: Whether probes are, see ``ProbePolicy``.
        model: Version of the outcome model, or None.
        weights: The reliability each component's votes have by now.
    """

    book: BundleBook
    identity: RunIdentity
    desk: SizingDesk
    allowed: bool | None
    model: str | None
    code_version: str
    weights: Callable[[ParameterSet], Mapping[str, float]]

    def __call__(
        self, decision: Decision, parameters: ParameterSet, account: LedgerSnapshot, market: MarketSlice
    ) -> None:
        """Keep what ``decision`` was taken from."""
        self.book.record(
            Bundle(
                decision_id=decision.decision_id,
                run_id=decision.run_id,
                world=decision.world,
                ts=decision.ts,
                policy=self._policy(decision.symbol, parameters),
                account=to_plain(account),
                market_events=market.events,
                market_hash=market.digest,
                weights=self.weights(parameters),
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
        }
