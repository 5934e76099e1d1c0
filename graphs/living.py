"""Learned strategies brought up to date by every outcome, without a row for each.

What a strategy's matches came to is a matter of outcomes that are in memory already: a decision
counts those known a minute before it, and the same decision taken again counts the same. Between two
reflections a strategy whose results turn is heard no more; the next reflection writes that down.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field, replace

from memory.store import Store
from memory.strategies import ACTIVE, HEARD_AFTER_NS, StrategyBook, StrategyVersion, examples
from tools.domain.market import NANOS
from tools.domain.sources import is_from_candles
from tools.domain.strategies import Example, LearnedStrategy
from tools.domain.trading import Outcome, Signal
from tools.risk.matches import deprecation, matched

EVER = (1 << 63) - 1


@dataclass(slots=True)
class _Track:
    """The matches of one strategy since it was found."""

    version: StrategyVersion
    counted: list[Example] = field(default_factory=list)  # by signal, as memory orders them
    coming: list[Example] = field(default_factory=list)  # known, but not heard yet
    heard: LearnedStrategy | None = None  # None once its results have turned
    is_stale: bool = True

    def take(self, example: Example) -> None:
        """One more followed signal, if it is a match."""
        version = self.version
        if example.ts > version.ts and version.learned().matches(example.features):
            insort(self.coming, example, key=lambda one: (one.ts_known, one.outcome_id))

    def as_of(self, cut: int) -> LearnedStrategy | None:
        """The strategy by what was known at ``cut``; None where that speaks against it."""
        while self.coming and self.coming[0].ts_known <= cut:
            insort(self.counted, self.coming.pop(0), key=lambda one: (one.ts, one.outcome_id))
            self.is_stale = True
        if self.is_stale:
            self.heard, self.is_stale = self._judged(), False
        return self.heard

    def _judged(self) -> LearnedStrategy | None:
        learned = self.version.learned()
        seen = matched(learned, self.counted)
        if deprecation(seen):
            return None
        return replace(learned, n=seen.n, wins=seen.wins, mean_bps=seen.mean_bps, error_bps=seen.error_bps)


class LivingStrategies:
    """The strategies that are heard, with every outcome counted.

    Args:
        store: Memory.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._book = StrategyBook(store)
        self._tracks: dict[tuple[str, int], _Track] = {}
        self._read_at = -1
        self._active: tuple[LearnedStrategy, ...] = ()

    def active(self, ts: int) -> tuple[LearnedStrategy, ...]:
        """The strategies that are heard at ``ts``, cut to the second; read again once a second at most."""
        second = ts - ts % NANOS
        if second != self._read_at:
            self._read_at, self._active = second, self._as_of(second - HEARD_AFTER_NS)
        return self._active

    def follow(self, outcome: Outcome, signal: Signal) -> None:
        """A followed signal has its result."""
        if outcome.net_bps is None or outcome.kind != "shadow" or is_from_candles(signal.source):
            return
        for track in self._tracks.values():
            if track.version.world == outcome.world:
                track.take(_example(outcome, signal, outcome.net_bps))

    def _as_of(self, cut: int) -> tuple[LearnedStrategy, ...]:
        held = [one for one in self._book.known(cut) if one.standing == ACTIVE]
        found = [self._track(one).as_of(cut) for one in held]
        kept = {(one.strategy_id, one.ts) for one in held}
        self._tracks = {key: track for key, track in self._tracks.items() if key in kept}
        return tuple(one for one in found if one is not None)

    def _track(self, version: StrategyVersion) -> _Track:
        """The matches of a strategy; read from memory when it is first met."""
        key = (version.strategy_id, version.ts)
        track = self._tracks.get(key)
        if track is None:
            track = self._tracks[key] = _Track(version)
            # All that is known by now, be it heard only later: what comes after is told.
            for example in examples(self._store, version.world, as_of=EVER, ts_from=version.ts):
                track.take(example)
        return track


def _example(outcome: Outcome, signal: Signal, net_bps: float) -> Example:
    return Example(
        outcome.outcome_id,
        outcome.symbol,
        outcome.run_id,
        signal.ts,
        outcome.ts_known,
        signal.features,
        net_bps,
    )
