"""What a run begins with: the day's account as memory holds it, and the rules that earlier trips set off."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from memory.account import account_day, last_departures
from memory.hindsight import taken_results
from memory.store import Store
from scheduler.run import RunIdentity
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.sources import model_of
from tools.risk.behaviour import Behaviour, Trip
from tools.risk.exposure import LedgerSnapshot


def ledger_start(
    store: Store,
    identity: RunIdentity,
    instruments: Mapping[str, Instrument],
    parameters: ParameterSet,
    ts: int,
) -> LedgerSnapshot:
    """The account of the UTC day so far.

    A restart forgets neither losses nor counts, nor the rest left to a symbol whose market maker went.
    """
    day = account_day(store, identity.world.value, ts)
    rates = {symbol: item.quote_usd or Decimal(0) for symbol, item in instruments.items()}
    realised = sum(
        (value * rates.get(symbol, Decimal(1)) for symbol, value in day.realised_quote.items()), Decimal(0)
    )
    rest = parameters.nanos("departure_rest_s")
    left = last_departures(store, identity.world.value, ts - rest, ts)  # be it before midnight
    return LedgerSnapshot(
        ts=ts,
        entries_today=day.entries,
        realised_usd=realised,
        rests={symbol: last + rest for symbol, last in left.items()},
        departures_today=day.departures,
    )


def behaviour_start(
    store: Store,
    identity: RunIdentity,
    instruments: Mapping[str, Instrument],
    parameters: ParameterSet,
    ts: int,
) -> Behaviour:
    """The rules that earlier round trips have brought into force; read from the record where they are on."""
    if not parameters["behave"]:
        return Behaviour()
    rates = {symbol: item.quote_usd or Decimal(0) for symbol, item in instruments.items()}
    trips = (
        Trip(symbol, model_of(source), known, float(net * rates.get(symbol, Decimal(1))))
        for symbol, source, known, net in taken_results(store, identity.world.value, ts)
    )
    return Behaviour(trips, parameters["risk_capital_usd"])
