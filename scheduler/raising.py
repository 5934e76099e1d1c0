"""A candidate that the kernels have raised, frozen as a signal: the same wherever it is decided on."""

from __future__ import annotations

from scheduler.run import RunIdentity
from tools.domain.market import Side
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Signal
from tools.execution.market import SymbolMarket
from tools.execution.placing import placed
from tools.features.fingerprint import fingerprint
from tools.signals.mm_range import SOURCE, round_trip_cost_bps


def raised_signal(
    market: SymbolMarket,
    identity: RunIdentity,
    name: str,
    ts: int,
    parameters: ParameterSet,
    told: dict[str, float | None],
) -> Signal:
    """The signal that ``market`` has just raised, at ``ts``, ns, called ``name``; ``told`` bears on it."""
    features = market.last_features()
    entry, target, stop = market.raised()
    instrument = market.instrument
    return Signal(
        signal_id=name,
        run_id=identity.run_id,
        world=identity.world.value,
        symbol=instrument.symbol,
        venue=instrument.venue,
        source=SOURCE,
        ts=ts,
        ts_event=market.ts_event,
        side=Side.BUY,
        entry_price=entry,
        take_profit=target,
        stop=stop,
        entry_timeout_ns=parameters.nanos("entry_timeout_s"),
        hold_timeout_ns=parameters.nanos("hold_timeout_s"),
        cost_bps=round_trip_cost_bps(instrument),
        confidence=features["mm_confidence"] or 0.0,
        features=features | market.evidence(ts) | placed(market.senses[0], entry, ts, features) | told,
        vector=fingerprint(features),
    )
