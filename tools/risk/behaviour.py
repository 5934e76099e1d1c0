"""Rules by which the account's own results hold it back: when each begins, what it does, when it ends.

What holds is made of the round trips alone, oldest first, so a restart that reads them from the record holds
the same. A rule with a time is lifted by it; the others hold while their condition does, looked at after
every round trip, and none stacks on itself. A clock that is set back prolongs nothing beyond the rule's own
time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tools.domain.market import NANOS

WINDOW = 20  # round trips that are looked back on
LEAST = 5  # of a symbol or model among them, from which its win rate says something
HOUR = 3_600 * NANOS
CONTINUATION, REVERSAL = "continuation", "reversal"


class Over(StrEnum):
    """Whose round trips a rule looks at, and what it holds back."""

    ACCOUNT = "account"
    SYMBOL = "symbol"
    MODEL = "model"


class Effect(StrEnum):
    """What a rule does while it holds."""

    THRESHOLD = "score threshold + 5"
    PAUSE = "no entries"
    SIGNALS = "at most 2 candle signals a day"
    RISK = "0.5 % at risk a trade"
    NOTE = "noted"


@dataclass(frozen=True, slots=True)
class Trip:
    """A finished round trip with money: where, by which signal, known when (ns), its result after fees."""

    symbol: str
    source: str
    ts: int
    net_usd: float


@dataclass(frozen=True, slots=True)
class Hold:
    """A rule in force on ``key`` (empty: the account) until a time in ns; None while its condition holds."""

    rule: str
    effect: Effect
    key: str
    until: int | None


@dataclass(frozen=True, slots=True)
class View:
    """What a condition sees of what it is about.

    Attributes:
        trips: Those among the account's last ``WINDOW``, oldest first.
        losses: How many in a row were lost up to now.
        drawdown: Of the account, in [0, 1].
    """

    trips: Sequence[Trip]
    losses: int
    drawdown: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; ``lasts_ns`` is None where it holds while its condition does."""

    name: str
    over: Over
    condition: Callable[[View], bool]
    effect: Effect
    meaning: str
    lasts_ns: int | None = None
    only: str = ""


def wins_below(share: float, least: int) -> Callable[[View], bool]:
    """Fewer than ``share`` of at least ``least`` trips won."""
    return lambda view: len(view.trips) >= least and _won(view) < share * len(view.trips)


def wins_above(share: float, least: int) -> Callable[[View], bool]:
    """More than ``share`` of at least ``least`` trips won."""
    return lambda view: len(view.trips) >= least and _won(view) > share * len(view.trips)


def lost_in_a_row(n: int) -> Callable[[View], bool]:
    """``n`` losses in a row; a rule that ended begins anew with ``n`` more."""
    return lambda view: view.losses > 0 and view.losses % n == 0


def fallen(share: float) -> Callable[[View], bool]:
    """Realised equity is more than ``share`` below its peak."""
    return lambda view: view.drawdown > share


RULES: tuple[Rule, ...] = (
    Rule("few_wins", Over.ACCOUNT, wins_below(0.55, WINDOW), Effect.THRESHOLD, "win rate below 55 %"),
    Rule("losses", Over.ACCOUNT, lost_in_a_row(3), Effect.PAUSE, "3 losses in a row", 12 * HOUR),
    Rule("drawdown", Over.ACCOUNT, fallen(0.05), Effect.SIGNALS, "drawdown above 5 %"),
    Rule("deep_drawdown", Over.ACCOUNT, fallen(0.08), Effect.RISK, "drawdown above 8 %"),
    Rule("symbol_losses", Over.SYMBOL, lost_in_a_row(2), Effect.PAUSE, "2 losses in a row on it", 24 * HOUR),
    Rule("symbol_few_wins", Over.SYMBOL, wins_below(0.5, LEAST), Effect.THRESHOLD, "its win rate below 50 %"),
    Rule(
        "reversal_few_wins", Over.MODEL, wins_below(0.45, LEAST), Effect.PAUSE,
        "win rate of the reversal model below 45 %", 48 * HOUR, REVERSAL,
    ),
    Rule(
        "continuation_wins", Over.MODEL, wins_above(0.65, LEAST), Effect.NOTE,
        "win rate of the continuation model above 65 %", None, CONTINUATION,
    ),
)  # fmt: skip


class Behaviour:
    """The rules in force, kept up with every round trip.

    Args:
        trips: Earlier round trips, oldest first.
        capital_usd: What drawdown is a share of; 0 is not stated, and then none is told.
    """

    def __init__(self, trips: Iterable[Trip] = (), capital_usd: float = 0.0) -> None:
        self._capital = capital_usd
        self._trips: deque[Trip] = deque(maxlen=WINDOW)
        self._losses: dict[tuple[Over, str], int] = {}
        self._gain = self._peak = 0.0
        self._since: dict[tuple[str, str], int] = {}
        for trip in trips:
            self.learn(trip)

    def learn(self, trip: Trip) -> None:
        """Count a finished round trip; one whose result is no number counts as nothing."""
        if not math.isfinite(trip.net_usd):
            return
        self._trips.append(trip)
        for over in Over:
            place = (over, _key(over, trip))
            self._losses[place] = 0 if trip.net_usd > 0 else self._losses.get(place, 0) + 1
        self._gain += trip.net_usd
        self._peak = max(self._peak, self._gain)
        for rule in RULES:
            if rule.lasts_ns is None:
                self._look_again(rule, trip.ts)
            elif self._is_met(rule, _key(rule.over, trip)):
                self._since[rule.name, _key(rule.over, trip)] = trip.ts

    def holds(self, now: int) -> tuple[Hold, ...]:
        """What is in force at ``now``, ns, in the order of the rules."""
        found = []
        rules = {rule.name: rule for rule in RULES}
        for (name, key), since in list(self._since.items()):
            rule = rules[name]
            if rule.lasts_ns is None:
                found.append(Hold(name, rule.effect, key, None))
                continue
            if now < since:  # the clock was set back
                self._since[name, key] = since = now
            if now < since + rule.lasts_ns:
                found.append(Hold(name, rule.effect, key, since + rule.lasts_ns))
            else:
                del self._since[name, key]
        places = {name: place for place, name in enumerate(rules)}
        return tuple(sorted(found, key=lambda hold: (places[hold.rule], hold.key)))

    def _look_again(self, rule: Rule, ts: int) -> None:
        """A rule without a time holds where its condition does now, and nowhere else."""
        met = {key for key in {_key(rule.over, one) for one in self._trips} if self._is_met(rule, key)}
        for place in [place for place in self._since if place[0] == rule.name and place[1] not in met]:
            del self._since[place]
        for key in met:
            self._since.setdefault((rule.name, key), ts)

    def _is_met(self, rule: Rule, key: str) -> bool:
        if rule.only and rule.only != key:
            return False
        trips = [one for one in self._trips if _key(rule.over, one) == key]
        return rule.condition(View(trips, self._losses.get((rule.over, key), 0), self._drawdown()))

    def _drawdown(self) -> float:
        peak = self._capital + self._peak
        return (self._peak - self._gain) / peak if self._capital > 0 else 0.0


def _key(over: Over, trip: Trip) -> str:
    """What ``trip`` is among those that a rule tells apart."""
    return {Over.ACCOUNT: "", Over.SYMBOL: trip.symbol, Over.MODEL: trip.source}[over]


def _won(view: View) -> int:
    return sum(trip.net_usd > 0 for trip in view.trips)
