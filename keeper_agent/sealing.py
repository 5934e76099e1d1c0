"""The policy a decision is taken under, as plain data, and decisions sealed with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphs.thought import Conclusion
from memory.bundles import Bundle, BundleBook
from memory.codec import to_plain
from scheduler.run import RunIdentity
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.execution.entries import SizingDesk
from tools.execution.seen import MarketSlice

LIVING = "living"  # every outcome counts for a strategy, and not only those of the last reflection


class _Policy(NamedTuple):
    """A policy and what it was made of."""

    parameters: ParameterSet
    instrument: Instrument
    told: Mapping[str, Any]


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
    _policies: dict[str, _Policy] = field(default_factory=dict)  # by symbol

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
                policy=self._policy_of(decision.symbol, parameters),
                account=to_plain(conclusion.account),
                market_events=market.events,
                market_hash=market.digest,
                weights=conclusion.weights,
                heard=None if heard is None else to_plain(heard),
            )
        )

    def _policy_of(self, symbol: str, parameters: ParameterSet) -> Mapping[str, Any]:
        """The policy on ``symbol``: the same object for as long as it is made of the same ones."""
        known, instrument = self._policies.get(symbol), self.desk.instrument(symbol)
        if known is None or known.parameters is not parameters or known.instrument is not instrument:
            known = _Policy(parameters, instrument, self._policy(symbol, parameters))
            self._policies[symbol] = known
        return known.told

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
