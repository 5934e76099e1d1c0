"""The market-maker detector in plain Python: what the kernels are held against.

It does what tools/detection does, number by number, from lists and dictionaries, and shares no
code with it but the fitted numbers.
"""

from __future__ import annotations

import json
import math
import statistics
from collections import deque
from pathlib import Path

from benchmarks.dict_chains import DictChains
from benchmarks.dict_posterior import DictPosterior
from benchmarks.dict_trail import DictTrail, Placement

NUMBERS = Path(__file__).resolve().parents[1] / "tools" / "detection" / "posterior.json"
DISTANCES, LINEAR, LEAST_TICKS, PER_DOUBLING = 320, 32, 3, 24.0
PAIR_NS, REPLACED_NS, REACH_BPS = 50_000_000, 1_000_000_000, 40.0
FRESH, RECENT, KEPT = 12, 8, 64
AROUND, LIKE, LEAST_PAIRS = 6, 0.7, 2.5
PACE_S = (4.0, 15.0, 60.0)
UNSEEN = 60.0


class Quote:
    """One side's followed quote."""

    def __init__(self) -> None:
        self.price = self.size = self.level = self.ts_vanished = 0
        self.stands = False


class DictMaker:
    """Pairs by distance, the maker followed, and the evidence for it."""

    def __init__(self) -> None:
        self.tick = self.reach = self.peak = 0
        self.mid = self.excess = self.background = 0.0
        self.pairs = [0.0] * DISTANCES
        self.placed = [0.0, 0.0]
        self.fresh: list[list[Placement]] = [[], []]
        self.recent: list[list[Placement]] = [[], []]  # of RECENT places, filled in turn
        self.n_recent = [0, 0]
        self.quotes = [Quote(), Quote()]
        self.ts_refresh = self.ts_linked = self.ts_gone = 0
        self.gaps: deque[float] = deque(maxlen=KEPT)
        self.links: deque[float] = deque(maxlen=KEPT)
        self.sizes: deque[float] = deque(maxlen=KEPT)
        self.paces = [0.0, 0.0, 0.0]
        self.trail = DictTrail()
        self.chains = DictChains()
        self.posterior = DictPosterior(json.loads(NUMBERS.read_text("utf-8"))["numbers"])

    def level(self, ts: int, side: int, price: int, before: int, after: int, taken: bool) -> None:
        """A level within reach went from ``before`` to ``after``."""
        quote = self.quotes[side < 0]
        self.trail.quotes[side < 0].change(ts, price, after, taken and after < before)
        if after < before:
            self.chains.fall(ts, int(side < 0), price, before, after, taken)
        has_gone = False
        if price == quote.price:
            stands = after > 0 and after >= quote.level - quote.size // 2
            has_gone = quote.stands and not stands
            quote.ts_vanished = ts if has_gone else quote.ts_vanished
            quote.stands = stands
            neither = not (self.quotes[0].stands or self.quotes[1].stands)
            self.ts_gone = (self.ts_gone or ts) if neither else 0
        if has_gone or after in (0, before) or (after < before and taken):
            return
        fresh = self.fresh[side < 0]
        fresh.append(Placement(ts, price, after - before, after))
        fresh.sort(key=lambda one: -side * one.price)
        del fresh[FRESH:]

    def lost(self) -> None:
        """The book is not to be believed."""
        self.fresh = [[], []]
        self.ts_gone = 0
        self.trail.lost()
        self.chains.lost()
        for quote in self.quotes:
            quote.price, quote.stands = 0, False

    def message(self, ts: int, mid: float, tick: int) -> None:
        """The message is whole."""
        if tick != self.tick:
            self.pairs, self.tick, self.peak = [0.0] * DISTANCES, tick, 0
        self.mid, self.reach = mid, int(mid * REACH_BPS * 1e-4)
        self.chains.message(ts, self.fresh, self.placed, mid, tick)
        bids, asks = self.fresh
        if len(bids) == len(asks):
            found = [(bid, ask, 1.0) for bid, ask in zip(bids, asks, strict=True)]
        else:
            found = [(bid, ask, 1.0 / max(len(bids), len(asks))) for bid in bids for ask in asks]
        late = [[one for one in self.recent[side] if ts - one.ts <= PAIR_NS] for side in (0, 1)]
        found += [(bid, ask, 1.0 / len(bids)) for bid in bids for ask in late[1]]
        found += [(bid, ask, 1.0 / len(asks)) for ask in asks for bid in late[0]]
        best = math.inf
        chosen = None
        for bid, ask, weight in found:
            off = self._count(bid, ask, weight)
            if off < best:
                best, chosen = off, (bid, ask)
        if chosen:
            self._refresh(ts, chosen)
        for side in (0, 1):
            self.placed[side] += len(self.fresh[side])
            for one in self.fresh[side]:
                at = self.n_recent[side] % RECENT
                self.recent[side][at : at + 1] = [one]
                self.n_recent[side] += 1
        self.fresh = [[], []]
        if self.peak:
            self.trail.message(chosen, self.ts_linked == ts, self.recent, self.peak * self.tick, self.tick)

    def _count(self, bid: Placement, ask: Placement, weight: float) -> float:
        ticks = (ask.price - bid.price) // self.tick
        d = ticks if ticks <= LINEAR else LINEAR + int(math.log2(ticks / LINEAR) * PER_DOUBLING)
        if ticks < LEAST_TICKS or d >= DISTANCES:
            return math.inf
        self.pairs[d] += weight
        if not self.peak or abs(d - self.peak) > 1:
            return math.inf
        return abs(0.5 * (bid.price + ask.price) - self.mid) + abs(d - self.peak) * self.tick

    def _refresh(self, ts: int, chosen: tuple[Placement, Placement]) -> None:
        if 0 < self.ts_refresh < ts:
            self.gaps.append((ts - self.ts_refresh) * 1e-9)
        went = [ts if quote.stands else quote.ts_vanished for quote in self.quotes]
        in_place = all(
            not quote.stands or placed.price == quote.price
            for quote, placed in zip(self.quotes, chosen, strict=True)
        )
        if (
            self.quotes[0].price
            and in_place
            and abs(went[0] - went[1]) <= PAIR_NS
            and ts - min(went) <= REPLACED_NS
        ):
            if 0 < self.ts_linked < ts:
                self.links.append((ts - self.ts_linked) * 1e-9)
            self.ts_linked = ts
            self.paces = [pace + 1.0 for pace in self.paces]
        self.ts_refresh, self.ts_gone = ts, 0
        for quote, placed in zip(self.quotes, chosen, strict=True):
            if placed.size == placed.level:
                self.sizes.append(math.log(placed.price * 1e-8 * placed.size * 1e-8))
            quote.price, quote.level, quote.stands = placed.price, placed.level, True
            quote.size = placed.size if placed.size > 0 else placed.level

    def second(self, ts: int) -> None:
        """Let the second pass that ends at ``ts``."""
        keep = math.exp(-1.0 / 60.0)
        self.pairs = [mass * keep for mass in self.pairs]
        self.placed = [mass * keep for mass in self.placed]
        self.paces = [pace * math.exp(-1.0 / s) for pace, s in zip(self.paces, PACE_S, strict=True)]
        self._find_peak()
        self.trail.second(self.sizes)
        self.chains.second(ts)

    def _find_peak(self) -> None:
        pairs = self.pairs
        best, self.excess, self.background = 0, 0.0, 0.0
        for d in range(1, DISTANCES - 1):
            inner = pairs[d - 1] + pairs[d] + pairs[d + 1]
            if inner <= self.excess:
                continue
            around = pairs[max(1, d - AROUND) : d - 1] + pairs[d + 2 : d + AROUND + 1]
            usual = 3.0 * sum(around) / len(around)
            if inner - usual > self.excess:
                best, self.excess, self.background = d, inner - usual, usual
        for d in range(LEAST_TICKS, best - 1):
            is_top = pairs[d] >= pairs[d - 1] and pairs[d] >= pairs[d + 1]
            if is_top and pairs[d - 1] + pairs[d] + pairs[d + 1] >= LIKE * self.excess:
                best = d
                break
        if best and self.peak and abs(best - self.peak) <= 1 and pairs[best] < pairs[self.peak]:
            best = self.peak
        self.peak = best if self.excess >= LEAST_PAIRS else 0

    def is_apart(self) -> bool:
        """Whether two chains go on that do not move together."""
        return self.chains.is_apart(self.paces[-1])

    def _rate(self, gaps: deque[float]) -> float:
        if len(gaps) < 5:
            return math.nan
        middle = statistics.median(gaps)
        kept = [gap for gap in gaps if 0.4 * middle < gap < 1.6 * middle]
        return len(kept) / sum(kept) if kept else math.nan

    def departed(self, ts: int) -> float:
        """Whether a maker that is known has left."""
        apart = self.chains.departed(ts)
        if apart is not None:
            return apart
        if len(self.links) < 3 or self.paces[-1] < 4.0:
            return math.nan
        period, rate = statistics.median(self.links), self._rate(self.gaps)
        return float(self.trail.has_left(ts, 1.0 / rate if rate * period > 1.0 else period))

    def size_and_rate(self, is_apart: bool) -> tuple[float, float]:
        """Value of the usual order and refreshes a second, of one whose sides move apart if ``is_apart``."""
        sizes = self.chains.sizes if is_apart else self.sizes
        size = math.exp(statistics.median(sizes)) if len(sizes) >= 3 else math.nan
        return size, self._rate(self.chains.gaps if is_apart else self.gaps)

    def probability(self, ts: int, signature: float) -> float:
        """That a maker quotes both sides."""
        together = self._together(ts, signature)
        if together >= 0.5 or not self.is_apart():
            return together
        return max(together, self.chains.probability(ts, together, self.placed))

    def _together(self, ts: int, signature: float) -> float:
        if len(self.links) < 3:
            return float(self.posterior.fitted["unfollowed"])
        gap = statistics.median(self.links)
        silence = gone = UNSEEN
        if self.ts_linked:
            silence = min(UNSEEN, (ts - self.ts_linked) * 1e-9 / gap)
            gone = min(UNSEEN, (ts - self.ts_gone) * 1e-9 / gap) if self.ts_gone else 0.0
        evidence = [
            math.log1p(self.excess),
            math.log1p(self.excess / math.sqrt(self.background + 1.0)),
            self.excess / (min(self.placed) + 1.0),
            math.log1p(silence),
            math.log1p(gone),
            float(self.quotes[0].stands != self.quotes[1].stands),
            math.log(gap),
            *(math.log(pace + 0.05) for pace in self.paces),
            signature,
        ]
        return self.posterior.probability(evidence)
