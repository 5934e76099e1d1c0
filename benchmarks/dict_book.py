"""The senses in plain Python, as a careful programmer writes them without numpy.

Levels live in dictionaries, the best price in a heap with lazy deletion, windows in deques.
It does what the kernels do, feature by feature, and shares no code with them, so it is both
the baseline of the speed claim and the oracle of the kernels' tests.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from itertools import pairwise

from benchmarks.dict_levels import BOOK, LAST, RESET, DictSide, Row
from benchmarks.dict_maker import DictMaker
from benchmarks.dict_tape import DictTape

SECOND = 1_000_000_000
SNAPSHOT, GAP = 1, 8
EMPTY, SOUND, CROSSED, GAPPED, LOADING = range(5)
CALM, VOLATILE, TRENDING, PANIC = 1, 2, 3, 4
SECONDS = 128
DAY = 86_400
BINS = 256
OFFSET = 96.0
PER_OCTAVE = 8.0
REACH = 12
MEMORY_S = 60.0
LEAST_WATCHED_S = 10.0
BELIEVED = 0.5
NAN = math.nan


class DictSenses:
    """Every sense of one symbol; ``config`` is read by the kernels' own names."""

    def __init__(self, config: Mapping[str, float]) -> None:
        self.config = dict(config)
        self.quiet_ns = int(config["quiet_ns"])
        self.tape = DictTape(int(config["window_ns"]), int(config["velocity_ns"]), config["large_quote"])
        self.bids = DictSide(1)
        self.asks = DictSide(-1)
        self.status = EMPTY
        self.watched = 0.0
        self.best_bid = self.best_ask = self.bid_size = self.ask_size = self.near = 0
        self.in_message = False
        self.ts_book = self.messages = self.next_second = 0
        self.interval = 0.0
        # second by second: mid, spread; seconds lived, lives ended, touch changes
        self.quotes: deque[tuple[float, float]] = deque(maxlen=SECONDS)
        self.counts: deque[tuple[float, int, int]] = deque(maxlen=SECONDS)
        self.lived = 0.0
        self.ended = self.touches = 0
        self.slow = 0.0
        self.regime = self.candidate = self.held = 0
        self.histograms: list[list[float]] = [[0.0] * BINS, [0.0] * BINS]
        self.maker = DictMaker()
        self.tick = int(config["tick"])
        self.normal = self.score = 0.0
        self.ts_score = 0

    # events

    def take(self, row: Row) -> None:
        """Take one event in."""
        ts, price, size, kind, side, flags = row
        if ts >= self.next_second:
            self._pass_time(ts)
        if kind != BOOK:
            self._take_print(ts, price, size, side, flags)
            return
        if not self.in_message or flags & RESET:
            self._begin(ts, flags)
        self._apply(ts, side, price, size, flags)
        if flags & LAST:
            self._end(ts)

    def _pass_time(self, ts: int) -> None:
        if self.next_second == 0:
            self.next_second = (ts // SECOND + 1) * SECOND
            return
        behind = (ts - self.next_second) // SECOND + 1
        if behind > DAY:
            self.next_second += (behind - DAY) * SECOND
        while ts >= self.next_second:
            self._close_second()
            self.next_second += SECOND

    def _close_second(self) -> None:
        if self.status == SOUND and self.best_bid > 0 and self.best_ask > 0:
            self.quotes.append(
                (0.5e-8 * (self.best_bid + self.best_ask), 1e-8 * (self.best_ask - self.best_bid))
            )
        else:
            self.quotes.append((NAN, NAN))
        self.counts.append((self.lived, self.ended, self.touches))
        self.lived, self.ended, self.touches = 0.0, 0, 0
        self._update_regime()
        keep = math.exp(-1.0 / MEMORY_S)
        self.histograms = [[mass * keep for mass in side] for side in self.histograms]
        self.maker.second(self.next_second)
        self.watched = self.watched * keep + (1.0 if self.status == SOUND else 0.0)
        if self.maker.is_apart() and self._belief(self.next_second) >= BELIEVED:
            self.maker.chains.ts_believed = self.next_second

    def _begin(self, ts: int, flags: int) -> None:
        self.in_message = True
        if flags & RESET:
            self.bids.clear()
            self.asks.clear()
            self.status = LOADING
        elif self.ts_book > 0:
            silence = ts - self.ts_book
            if self.quiet_ns > 0 and self.status == SOUND:
                longest = 4.0 * self.quiet_ns
                if self.messages >= 100:
                    longest = min(max(float(self.quiet_ns), 50.0 * self.interval), longest)
                if silence > longest:
                    self.status = GAPPED
            if self.messages == 1:
                self.interval = float(silence)
            else:
                self.interval += 0.02 * (silence - self.interval)

    def _end(self, ts: int) -> None:
        self.in_message = False
        self.ts_book = ts
        self.messages += 1
        bid, ask = self.bids.best(), self.asks.best()
        bid_size = self.bids.levels[bid][0] if bid else 0
        ask_size = self.asks.levels[ask][0] if ask else 0
        if self.status == LOADING:
            self.status = SOUND
        if self.status == SOUND and 0 < ask <= bid:
            self.status = CROSSED
        if (
            bid_size != self.bid_size
            or ask_size != self.ask_size
            or bid != self.best_bid
            or ask != self.best_ask
        ):
            self.touches += 1
            self.best_bid, self.best_ask, self.bid_size, self.ask_size = bid, ask, bid_size, ask_size
            self.near = int(0.5 * (bid + ask) * self.config["touch_bps"] * 1e-4)
        if self.status == SOUND and bid and ask:
            self.maker.message(ts, 0.5 * (bid + ask), self.tick)
        else:
            self.maker.lost()

    def _apply(self, ts: int, side: int, price: int, size: int, flags: int) -> None:
        if side > 0:
            book = self.bids
            is_near = price >= self.best_bid - self.near
        else:
            book = self.asks
            is_near = price <= self.best_ask + self.near
        counted = is_near and self.status == SOUND and not flags & SNAPSHOT
        level = book.levels.get(price)
        if self.status == SOUND and not flags & SNAPSHOT and abs(price - self.maker.mid) <= self.maker.reach:
            taken = self.tape.was_taken(ts, 150_000_000, side, price)
            self.maker.level(ts, side, price, level[0] if level else 0, size, taken)
        if level is None:
            if size:
                self.tick = math.gcd(self.tick, price)
                book.insert(price, size, 0 if flags & SNAPSHOT else ts)
                if counted:
                    self._added(side, price, size)
        elif size == 0:
            if counted and level[1]:
                self._ended(ts, side, price, level)
            del book.levels[price]
        else:
            if counted and size > level[0]:
                self._added(side, price, size - level[0])
            level[0] = size

    def _added(self, side: int, price: int, size: int) -> None:
        value = (price * 1e-8) * (size * 1e-8)
        bin_ = math.floor(math.log2(value) * PER_OCTAVE + OFFSET) if value > 0 else 0
        self.histograms[0 if side > 0 else 1][min(max(bin_, 0), BINS - 1)] += 1.0
        if self.normal <= 0:
            self.normal = value
        else:
            self.normal += 0.01 * (value - self.normal)

    def _ended(self, ts: int, side: int, price: int, level: list[int]) -> None:
        size, birth = level
        life = (ts - birth) * 1e-9
        self.lived += life
        self.ended += 1
        config = self.config
        value = (price * 1e-8) * (size * 1e-8)
        if self.normal <= 0 or value <= config["spoof_ratio"] * self.normal:
            return
        if self.tape.was_taken(ts, SECOND, side, price):
            return
        score = (1 + (life < config["spoof_life_s"]) + (self._touch_rate() > config["spoof_hz"])) / 3.0
        if score >= self._faded(ts):
            self.score, self.ts_score = score, ts

    def _take_print(self, ts: int, price: int, size: int, side: int, flags: int) -> None:
        tape = self.tape
        if flags & GAP:
            tape.ts_gap = ts
        tape.add(ts, price, size, side or self._aggressor(price))

    def _aggressor(self, price: int) -> int:
        tape = self.tape
        if 0 < self.best_bid < self.best_ask and 2 * price != self.best_bid + self.best_ask:
            return 1 if 2 * price > self.best_bid + self.best_ask else -1
        if 0 < tape.last_price != price:
            return 1 if price > tape.last_price else -1
        return tape.last_side

    # windows of seconds

    def _volatility(self) -> float:
        mids = [mid for mid, _ in self.quotes][-61:]
        squares = [
            math.log(after / before) ** 2 for before, after in pairwise(mids) if before > 0 and after > 0
        ]
        return math.sqrt(sum(squares) * 60 / len(squares)) if len(squares) >= 10 else NAN

    def _move(self) -> float:
        quotes = self.quotes
        if len(quotes) < 10:
            return NAN
        before, after = quotes[-min(len(quotes), 61)][0], quotes[-1][0]
        return math.log(after / before) if before > 0 and after > 0 else NAN

    def _update_regime(self) -> None:
        volatility, move = self._volatility(), self._move()
        if not math.isnan(volatility):
            self.slow = volatility if self.slow <= 0 else self.slow + (volatility - self.slow) / 600.0
        seen = self._regime_of(volatility, move)
        if seen in (0, self.regime):
            self.held = 0
            return
        self.held = self.held + 1 if seen == self.candidate else 1
        self.candidate = seen
        if self.held >= 5 or self.regime == 0:
            self.regime, self.held = seen, 0

    def _regime_of(self, volatility: float, move: float) -> int:
        slow = self.slow
        if math.isnan(volatility) or math.isnan(move) or slow <= 0:
            return 0
        if volatility > 3.0 * slow and move < -2.0 * slow:
            return PANIC
        if volatility > 2.0 * slow:
            return VOLATILE
        return TRENDING if abs(move) > 2.0 * volatility > 0 else CALM

    def _touch_rate(self) -> float:
        recent = [touches for _, _, touches in self.counts][-10:]
        return sum(recent) / len(recent) if recent else NAN

    def _lifetime(self) -> float:
        window = list(self.counts)[-60:]
        ended = self.ended + sum(n for _, n, _ in window)
        return (self.lived + sum(life for life, _, _ in window)) / ended if ended else NAN

    def _stability(self) -> float:
        spreads = [spread for _, spread in list(self.quotes)[-60:] if not math.isnan(spread)]
        if len(spreads) < 5:
            return NAN
        mean = sum(spreads) / len(spreads)
        if mean <= 0:
            return NAN
        variance = sum((spread - mean) ** 2 for spread in spreads) / len(spreads)
        return max(0.0, 1.0 - math.sqrt(variance) / mean)

    def _faded(self, ts: int) -> float:
        return self.score * math.exp(-(ts - self.ts_score) * 1e-9 / 10.0) if self.score > 0 else 0.0

    # what is asked

    def _signature(self) -> tuple[float, float]:
        bids, asks = self.histograms
        floors = [min(bid, ask) for bid, ask in zip(bids, asks, strict=True)]
        best, most, background = -1, 0.0, 0.0
        for b in range(1, BINS - 1):
            both = min(bids[b - 1] + bids[b] + bids[b + 1], asks[b - 1] + asks[b] + asks[b + 1])
            if both <= most:
                continue
            around = floors[max(0, b - REACH) : b - 1] + floors[b + 2 : b + REACH + 1]
            usual = 3.0 * sum(around) / len(around)
            if both - usual > most:
                best, most, background = b, both - usual, usual
        if best < 0:
            return 0.0, 0.0
        bid, ask = sum(bids[best - 1 : best + 2]), sum(asks[best - 1 : best + 2])
        return (
            most / (most + 2.0 * background + 1.0),
            2.0 * min(bid, ask) / (bid + ask),
        )

    def _belief(self, ts: int) -> float:
        if self.watched < LEAST_WATCHED_S:
            return NAN
        share, balance = self._signature()
        return self.maker.probability(ts, share * math.sqrt(balance))

    def _bounds(self, ts: int, belief: float) -> tuple[float, float]:
        trail = self.maker.trail
        quoted = self.maker.chains.prices()
        if belief >= BELIEVED and self.maker.is_apart() and quoted:
            return quoted[0] * 1e-8, quoted[1] * 1e-8
        found = trail.bounds()
        is_followed = belief >= BELIEVED or self.maker.paces[-1] >= 3.0
        if is_followed and found and ts - trail.ts_placed <= self.config["window_ns"]:
            return found[0] * 1e-8, found[1] * 1e-8
        return self.tape.bounds() if len(self.tape.prints) >= self.config["min_trades"] else (NAN, NAN)

    def evaluate(self, ts: int) -> list[float]:
        """Every feature as of ``ts``, in the order of ``tools.features.names``."""
        if ts >= self.next_second:
            self._pass_time(ts)
        self.tape.expire(ts)
        state = [self._volatility(), float(self.regime) if self.regime else NAN]
        tape = self.tape.statistics()
        if self.status != SOUND or self.best_bid <= 0 or self.best_ask <= 0:
            return [NAN] * 4 + state + tape + [NAN] * 12
        bid, ask = self.best_bid, self.best_ask
        mid = 0.5e-8 * (bid + ask)
        at_touch = self.bid_size + self.ask_size
        near_bid, near_ask = self.bids.depth(5), self.asks.depth(5)
        book = [
            mid,
            (ask - bid) * 1e-8 / mid * 1e4,
            1e-8 * (bid * self.ask_size + ask * self.bid_size) / at_touch,
            (near_bid - near_ask) / (near_bid + near_ask),
        ]
        flow = [self._lifetime(), self._faded(ts), self._stability(), self._touch_rate()]
        belief = self._belief(ts)
        size, rate = self.maker.size_and_rate(belief >= BELIEVED and self.maker.is_apart())
        lower, upper = self._bounds(ts, belief)
        spread = (upper - lower) / mid * 1e4
        if not upper > lower * (1.0 + 1e-9):  # one price twice, but for rounding
            spread, lower, upper = NAN, NAN, NAN
        is_usual = math.isnan(rate) or self.config["rate_min"] <= rate <= self.config["rate_max"]
        detected = 1.0 if belief >= self.config["min_confidence"] and is_usual else 0.0
        maker = [detected, belief, size, spread, lower, upper, rate, self.maker.departed(ts)]
        return book + state + tape + flow + maker
