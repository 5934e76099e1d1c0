"""Candles beside a cycle: what is received makes them, and a closed one may raise signals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from scheduler.run import RunIdentity
from tools.domain.market import NANOS, Instrument, Side
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Signal
from tools.execution.market import SymbolMarket
from tools.features.fingerprint import fingerprint
from tools.market.candle_feed import CandleFeed
from tools.market.candles import TIMEFRAMES, CandleStore
from tools.market.events import Events
from tools.signals.candle_candidates import LEAST_CANDLES, candidates, unbroken
from tools.signals.candle_entries import CandleEntry, candle_config, entry_of
from tools.signals.mm_range import round_trip_cost_bps

TOO_FEW = "too few candles in a row"
BLIND = "candles closed on an unsound book"
DOWN = "down, and spot is long only"
NO_ROOM = "no room for stop and target"


@dataclass(frozen=True, slots=True)
class Raised:
    """A signal of a candle in the making: all but its name."""

    entry: CandleEntry
    features: dict[str, float | None]

    def signal(
        self,
        name: str,
        market: SymbolMarket,
        identity: RunIdentity,
        parameters: ParameterSet,
        *,
        ts: int,
        told: dict[str, float | None],
    ) -> Signal:
        """The signal called ``name``; ``told`` is what was learned that bears on it."""
        entry, instrument = self.entry, market.instrument
        return Signal(
            signal_id=name,
            run_id=identity.run_id,
            world=identity.world.value,
            symbol=instrument.symbol,
            venue=instrument.venue,
            source=entry.source,
            ts=ts,
            ts_event=entry.ts_event,
            side=Side.BUY,
            entry_price=entry.entry,
            take_profit=entry.take_profit,
            stop=entry.stop,
            entry_timeout_ns=parameters.nanos("entry_timeout_s"),
            hold_timeout_ns=entry.hold_ns,
            cost_bps=round_trip_cost_bps(instrument),
            confidence=entry.confidence,
            features=self.features | market.evidence(ts) | dict(entry.evidence) | told,
            vector=fingerprint(self.features),
        )


class CandleWatch:
    """The candles of one symbol, fed by its market, and the signals they raise.

    Args:
        instrument: What is traded.
        store: Its candles, warmed up with what was downloaded.
        counts: By name, what became of candles and candidates; shared by the cycles of a run.
    """

    def __init__(self, instrument: Instrument, store: CandleStore, counts: Counter[str]) -> None:
        self._symbol = instrument.symbol
        self._store = store
        self._counts = counts
        self._feed = CandleFeed(store, instrument.symbol, counts)

    @property
    def next_look(self) -> int:
        """When a candle may be closed, ns."""
        return self._feed.next_look

    def begin(self, events: Events) -> None:
        """See when to look first, before ``events`` are taken."""
        self._feed.begin(events)

    def take(self, events: Events) -> None:
        """Take in what the market has received."""
        self._feed.take(events)

    def look(self, ts: int, market: SymbolMarket, parameters: ParameterSet) -> list[Raised]:
        """Close what is over at ``ts``, ns, and say what the candles that are new then propose."""
        fresh = self._feed.look(ts)
        if not fresh:
            return []
        features = market.sound_features(ts)
        if features is None or ts - market.ts > parameters["stale_book_s"] * NANOS:
            self._counts[BLIND] += len(fresh)
            return []
        entries = [one for name in fresh for one in self._entries(name, ts, market, parameters)]
        return [Raised(one, dict(features)) for one in entries]

    def _entries(
        self, name: str, ts: int, market: SymbolMarket, parameters: ParameterSet
    ) -> list[CandleEntry]:
        ring, frame = self._store.ring(self._symbol, name), TIMEFRAMES[name]
        if len(unbroken(ring.window(ts), frame)) < LEAST_CANDLES:
            self._counts[f"{TOO_FEW}, {name}"] += 1
            return []
        found = []
        for one in candidates(ring, ts, candle_config(parameters)):
            entry = entry_of(one, frame, market.best_bid, market.tick, parameters)
            if entry is None:
                self._counts[DOWN if one.direction < 0 else NO_ROOM] += 1
            else:
                self._counts[f"raised {entry.source}"] += 1
                found.append(entry)
        return found


CandleMaker: TypeAlias = Callable[[Instrument, Counter[str]], CandleWatch | None]


def no_candles(instrument: Instrument, counts: Counter[str]) -> CandleWatch | None:
    """Nobody looks at candles."""
    return None
