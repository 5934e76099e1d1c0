"""What each rule of behaviour would have saved and cost, by the shadow book.

A rule is kept beside the round trips of an account that does not heed it. Every signal that the account
entered and that was followed on paper to a result tells what refusing it would have saved: the result, the
other way round. A rule on the score, the number or the risk of candle signals binds nothing else; there the
table says what the signals came to that were raised while it held: what it would have to tell apart.
Leave-one-out: what a rule would have kept from happening is not taken out of the round trips it looks at.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tools.domain.sources import model_of
from tools.domain.trading import Action, Decision, Outcome, Signal
from tools.models.ablation import Verdict, paired_interval, verdict_of
from tools.models.validation import ClusterDraws, Figure
from tools.risk.behaviour import RULES, Behaviour, Effect, Hold, Trip

AT_ONCE = len(RULES)


@dataclass(frozen=True, slots=True)
class Entered:
    """A signal that was entered: where, from what, when (ns), its value, and its result on paper."""

    symbol: str
    source: str
    ts: int
    value_quote: float
    net_bps: float


@dataclass(frozen=True, slots=True)
class Lived:
    """One world's round trips with money, and its entries, both oldest first."""

    trips: tuple[Trip, ...]
    entered: tuple[Entered, ...]
    capital_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWorth:
    """One rule over all worlds.

    Attributes:
        binds: Whether it holds back signals of the kind that was there at all.
        held: Entries raised while it held, where it would have bound them.
        saved_quote, cost_quote: What the losing and the winning ones of these came to, both positive.
        worth: Saved less cost a world, quote; 0 for a rule that binds nothing.
        held_bps, free_bps: Mean on paper of the entries while it held and while it did not.
        difference_bps: Of the two; worlds drawn together. Below 0 the rule holds when it should.
    """

    rule: str
    effect: str
    binds: bool
    held: int
    saved_quote: float
    cost_quote: float
    worth: Figure
    held_bps: float | None
    free_bps: float | None
    difference_bps: Figure | None
    verdict: Verdict


def lived_of(
    decided: Sequence[tuple[Signal, Decision]], outcomes: Iterable[Outcome], *, capital_usd: float
) -> Lived:
    """What a session lived through; quote is taken for dollars, as the laboratory's is."""
    signals = {signal.signal_id: signal for signal, _ in decided}
    paper, trips = {}, []
    for one in outcomes:
        if one.kind == "shadow" and one.net_bps is not None:
            paper[one.signal_id] = one.net_bps
        elif one.kind == "taken" and one.net_quote is not None:
            source = model_of(signals[one.signal_id].source)
            trips.append(Trip(one.symbol, source, one.ts_known, float(one.net_quote)))
    entered = [
        Entered(
            signal.symbol, signal.source, signal.ts, float(decision.plan.value_quote), paper[signal.signal_id]
        )
        for signal, decision in decided
        if decision.action is Action.ENTER and decision.plan is not None and signal.signal_id in paper
    ]
    return Lived(
        tuple(sorted(trips, key=lambda trip: trip.ts)),
        tuple(sorted(entered, key=lambda one: one.ts)),
        capital_usd,
    )


def worth_of_rules(worlds: Sequence[Lived], seed: int = 7) -> tuple[RuleWorth, ...]:
    """Every rule in the order of the table, over ``worlds``."""
    held = [holds_at_entries(one) for one in worlds]
    draws = ClusterDraws(len(worlds), np.random.default_rng(seed))
    return tuple(_worth(place, worlds, held, draws) for place in range(len(RULES)))


def holds_at_entries(lived: Lived) -> list[tuple[Hold, ...]]:
    """Which rules were in force at each entry, by what was known then."""
    behaviour, trips, found = Behaviour((), lived.capital_usd), deque(lived.trips), []
    for entry in lived.entered:
        while trips and trips[0].ts <= entry.ts:
            behaviour.learn(trips.popleft())
        found.append(behaviour.holds(entry.ts))
    return found


def _worth(
    place: int, worlds: Sequence[Lived], held: Sequence[Sequence[tuple[Hold, ...]]], draws: ClusterDraws
) -> RuleWorth:
    rule = RULES[place]
    binds = rule.effect is Effect.PAUSE
    kinds: Mapping[bool, list[list[Entered]]] = {True: [], False: []}
    for lived, holds in zip(worlds, held, strict=True):
        caught = [_is_held(rule.name, one, known) for one, known in zip(lived.entered, holds, strict=True)]
        for is_held, group in kinds.items():
            group.append([one for one, said in zip(lived.entered, caught, strict=True) if said is is_held])
    money = [[one.value_quote * one.net_bps / 1e4 for one in world] for world in kinds[True]]
    worths = np.array([-math.fsum(world) if binds else 0.0 for world in money])
    interval = paired_interval(worths, 0.95)
    wide = paired_interval(worths, 1 - 0.05 / AT_ONCE)
    n_held = sum(map(len, kinds[True]))
    low, high = interval or (None, None)
    over = {
        key: np.array([sum(one.net_bps for one in world) for world in group]) for key, group in kinds.items()
    }
    under = {key: np.array([float(len(world)) for world in group]) for key, group in kinds.items()}
    return RuleWorth(
        rule=rule.name,
        effect=rule.effect.value,
        binds=binds,
        held=n_held,
        saved_quote=-math.fsum(one for world in money for one in world if one < 0) if binds else 0.0,
        cost_quote=math.fsum(one for world in money for one in world if one > 0) if binds else 0.0,
        worth=Figure(float(worths.mean()), low, high, len(worths)),
        held_bps=float(over[True].sum() / under[True].sum()) if under[True].sum() else None,
        free_bps=float(over[False].sum() / under[False].sum()) if under[False].sum() else None,
        difference_bps=draws.difference((over[True], under[True]), (over[False], under[False]), n_held),
        verdict=verdict_of(n_held if binds else 0, wide),
    )


def _is_held(name: str, entry: Entered, known: Sequence[Hold]) -> bool:
    return any(hold.rule == name and hold.key in ("", entry.symbol, model_of(entry.source)) for hold in known)
