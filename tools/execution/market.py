"""One symbol's market: what is sensed, signals followed on paper, and the stop that is watched.

Senses, matching and following share one pass over the events; who fills our orders is
another's part: a paper exchange in the same pass, or a venue.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from tools.detection.links import LeaderLink
from tools.detection.senses import evaluate_market
from tools.detection.state import STATUS_LABELS, feature_buffer, new_senses, tune
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.sources import is_from_candles
from tools.domain.trading import Intent, Signal
from tools.execution import following as fo
from tools.execution.entry import lead_every_ns
from tools.execution.exchange import News
from tools.execution.seen import MarketSlice, SeenEvents
from tools.execution.stream import DESK, advance
from tools.features.hayashi_yoshida import Correlation
from tools.features.names import FEATURES
from tools.features.outlook import Outlook, outlook_of
from tools.market.events import Events
from tools.signals.mm_range import tune_range

LATE_SHARE = 2  # an entry is watched for as many times its timeout


class Excursion(NamedTuple):
    """Extremes of the bid while a position was held, and first touches of its barriers; 0 is never."""

    highest: int
    lowest: int
    ts_target: int
    ts_stop: int


class TradedMarket(Protocol):
    """What the executor needs of a symbol: its senses, its stop, and an exchange for its orders.

    Attributes:
        has_brackets: Whether an order may be a target and a protective stop in one, kept at the
            venue; where not, a stop price is watched by us alone.
    """

    has_brackets: bool

    @property
    def instrument(self) -> Instrument:
        """What is traded."""
        ...

    @property
    def best_bid(self) -> int:
        """Best bid after the last whole message, units; 0 if none."""
        ...

    def features(self, ts: int) -> dict[str, float | None]:
        """Every feature as of ``ts``; None is unavailable."""
        ...

    def watch_stop(self, price: int) -> None:
        """Report when the best bid falls to ``price`` units; 0 stops watching."""
        ...

    def watch_maker(self, *, is_watched: bool) -> None:
        """Report, once, the event that shows that the market maker has left, or no more."""
        ...

    def watch_excursion(self, target: int, stop: int) -> None:
        """Measure from now on how far the bid goes for and against what is held."""
        ...

    def take_excursion(self) -> Excursion | None:
        """End the measuring; what was measured, None where no bid was seen."""
        ...

    def place(self, intent: Intent) -> None:
        """Send the order of a durable intent."""
        ...

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask for a cancel; fills may still arrive before it acts."""
        ...

    def drain(self) -> News:
        """Everything said of our orders since the last call."""
        ...

    def settle(self, ts: int) -> None:
        """At the end of a recording, let every order under way act on the book as it stands."""
        ...


class SymbolMarket:
    """One symbol: senses, follows, the stop, and where the kernels keep orders matched on paper.

    A followed signal fares as its orders would: they act ``order_latency_ms`` after they were sent.
    """

    def __init__(self, instrument: Instrument, parameters: ParameterSet) -> None:
        self.instrument = instrument
        self.senses = new_senses(instrument, parameters)
        self.desk: npt.NDArray[np.void] = np.zeros(1, DESK)
        self.buffer = feature_buffer()
        self._seen = SeenEvents()
        self._followed: dict[int, Signal] = {}
        self._next_number = 1
        self._link: LeaderLink | None = None
        self.tune(parameters)

    def tune(self, parameters: ParameterSet) -> None:
        """Bring the parameters in force into the kernels."""
        self._latency_ns = int(parameters["order_latency_ms"] * 1e6)
        self.desk["latency_ns"] = self._latency_ns
        self.desk["dwell_ns"] = int(parameters["stop_dwell_ms"] * 1e6)
        self.desk["lead_ns"] = lead_every_ns(parameters)
        self.desk["lead_bps"] = parameters["exit_least_bps"]
        self.desk["near_bps"] = parameters["entry_least_bps"]
        tune(self.senses, self.instrument, parameters)
        tune_range(self.desk["plan"], self.instrument, parameters)

    def advance(self, events: Events, start: int, limit_ts: int) -> tuple[int, int]:
        """Take events until something needs attention; see ``stream.advance``."""
        index, reasons = advance(events, start, limit_ts, self.senses, self.desk, self.buffer)
        if index > start:
            self._seen.take(events[start:index])
        return int(index), int(reasons)

    @property
    def slice(self) -> MarketSlice:
        """All that was seen of this market so far, named by its hash."""
        return self._seen.told

    # what is sensed

    @property
    def ts(self) -> int:
        """Receive time of the last event, ns."""
        return int(self.senses["book"]["ts"][0])

    @property
    def ts_event(self) -> int:
        """Venue time of the last event, ns."""
        return int(self.senses["book"]["ts_event"][0])

    @property
    def tick(self) -> int:
        """The instrument's tick, or what the prices seen so far imply, units."""
        return self.instrument.tick or int(self.senses["book"]["tick"][0])

    @property
    def status(self) -> str:
        """Of the book: empty, sound, crossed, gapped or loading."""
        return STATUS_LABELS[int(self.senses["book"]["status"][0])]

    @property
    def broken_since(self) -> int:
        """When the book was last found crossed or gapped, ns; 0 if it never was."""
        return int(self.senses["book"]["ts_broken"][0])

    @property
    def has_prints(self) -> bool:
        """Whether a single print was seen."""
        return bool(self.senses["tape"]["count"][0] > 0)

    @property
    def best_bid(self) -> int:
        """Best bid after the last whole message, units; 0 if none."""
        return int(self.senses["book"]["best_bid"][0])

    def features(self, ts: int) -> dict[str, float | None]:
        """Every feature as of ``ts``; None is unavailable."""
        evaluate_market(self.senses, ts, self.buffer)
        return self.last_features()

    def sound_features(self, ts: int) -> dict[str, float | None] | None:
        """Every feature as of ``ts``; None where book or tape cannot be trusted."""
        return self.last_features() if evaluate_market(self.senses, ts, self.buffer) else None

    def last_features(self) -> dict[str, float | None]:
        """The features of the last evaluation, as when a signal was raised."""
        values = self.buffer.tolist()
        return {name: None if v != v else v for name, v in zip(FEATURES, values, strict=True)}

    def outlook(self) -> Outlook:
        """Volatility ahead and regime as of the last second that passed."""
        return outlook_of(self.senses[0]["outlook"])

    def hear_leader(self, senses: npt.NDArray[np.void]) -> None:
        """Hold this market against the leader's from now on."""
        self._link = LeaderLink(self.senses, senses)

    def correlation(self, ts: int) -> Correlation | None:
        """With the leader as of ``ts``, ns; None while unknown or where no leader is heard."""
        return None if self._link is None else self._link.correlation(ts)

    def evidence(self, ts: int) -> dict[str, float]:
        """What is known beside the features, by the names of ``EVIDENCE``."""
        volatility, regime = self.outlook()
        linked = self.correlation(ts)
        told = {
            "outlook_volatility": volatility,
            "outlook_regime": None if regime is None else float(regime),
            "btc_correlation": None if linked is None else linked.value,
            "btc_overlaps": None if linked is None else float(linked.overlaps),
        }
        return {name: value for name, value in told.items() if value is not None}

    def raised(self) -> tuple[int, int, int]:
        """Entry, target and stop of the signal just raised, units."""
        plan = self.desk["plan"]
        return int(plan["entry"][0]), int(plan["target"][0]), int(plan["stop"][0])

    # the stop

    def watch_stop(self, price: int) -> None:
        """Report when the best bid falls to ``price`` units; 0 stops watching."""
        self.desk["stop_price"] = price

    def take_stop(self) -> bool:
        """Whether the stop was hit since the last call."""
        hit = bool(self.desk["stop_hit"][0])
        self.desk["stop_hit"] = 0
        return hit

    # the market maker

    def watch_maker(self, *, is_watched: bool) -> None:
        """Report, once, the event that shows that the market maker has left, or no more."""
        self.desk["maker_watched"] = is_watched

    # the position held

    def watch_excursion(self, target: int, stop: int) -> None:
        """Measure from now on how far the bid goes for and against what is held."""
        self.desk["held"] = 0
        self.desk["held"]["target"], self.desk["held"]["stop"] = target, stop

    def take_excursion(self) -> Excursion | None:
        """End the measuring; what was measured, None where no bid was seen."""
        held = self.desk["held"][0].copy()
        self.desk["held"] = 0
        if not held["target"] or not held["highest"]:
            return None
        seen = (int(held[name]) for name in ("highest", "lowest", "ts_target", "ts_stop"))
        return Excursion(*seen)

    def _number(self) -> int:
        self._next_number += 1
        return self._next_number - 1

    # following signals on paper

    def follow(self, signal: Signal, size: int) -> bool:
        """Follow ``signal`` as if ``size`` units had been entered; False if no slot is free."""
        free = np.flatnonzero(self.desk["follows"]["state"][0] == fo.FREE)
        if free.size == 0:
            return False
        self.desk["follows"][0, free[0]] = np.zeros((), fo.FOLLOW)
        follow = self.desk["follows"][0, free[0]]
        number = self._number()
        follow["state"] = fo.TRAVELLING
        follow["number"] = number
        follow["is_led"] = 0 if is_from_candles(signal.source) else 1
        follow["entry"] = signal.entry_price
        follow["target"] = signal.take_profit
        follow["stop"] = signal.stop
        follow["size"] = size
        follow["remaining"] = size
        follow["ts_active"] = signal.ts + self._latency_ns
        follow["ts_withdraw"] = signal.ts + signal.entry_timeout_ns
        follow["ts_forget"] = signal.ts + LATE_SHARE * signal.entry_timeout_ns
        follow["hold_ns"] = signal.hold_timeout_ns
        self.desk["following"] += 1
        self._followed[number] = signal
        return True

    def take_followed(self) -> list[tuple[Signal, np.void]]:
        """Follows that are over, oldest signal first, with their slots given back."""
        over: list[tuple[Signal, np.void]] = []
        if int(self.desk["finished"][0]) == 0:
            return over
        follows = self.desk["follows"][0]
        for place in np.flatnonzero(follows["state"] == fo.DONE).tolist():
            follow = follows[place]
            over.append((self._followed.pop(int(follow["number"])), follow.copy()))
            follow["state"] = fo.FREE
        self.desk["following"] -= len(over)
        self.desk["finished"] = 0
        return sorted(over, key=lambda pair: int(pair[1]["number"]))

    @property
    def following(self) -> int:
        """Signals still being followed."""
        return int(self.desk["following"][0])

    @property
    def spoof_suspects(self) -> int:
        """Orders since the start that looked like bait: huge, short-lived, in a busily updated book."""
        return int(self.senses["spoof"]["suspects"][0])

    def counters(self) -> dict[str, int]:
        """What the feed was like: messages, gaps, crossings, resets, levels dropped."""
        book = self.senses["book"][0]
        return {
            "book_messages": int(book["messages"]),
            "book_gaps": int(book["gaps"]),
            "book_crossed": int(book["crossed"]),
            "book_snapshots": int(book["resets"]),
            "tape_gaps": int(self.senses["tape"]["gaps"][0]),
            "levels_dropped": int(self.senses["bids"]["dropped"][0] + self.senses["asks"]["dropped"][0]),
        }
