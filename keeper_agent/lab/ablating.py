"""Every part held against the same worlds without it; the worlds of the base are played once for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from keeper_agent.lab.many import MEASURES, Job, Pool, held
from keeper_agent.lab.session import Session
from keeper_agent.lab.switchboard import Part, Stream
from keeper_agent.lab.withheld import Drawn, drawn_of
from tools.models.ablation import Effect, WorldSums, effect_of, sums_of
from tools.models.validation import ClusterDraws
from tools.risk.behaviour_worth import Lived, RuleWorth, lived_of, worth_of_rules


@dataclass(frozen=True, slots=True)
class World:
    """One world, played once.

    Attributes:
        lived: Its round trips and what its signals came to on paper, for the rules of behaviour.
        drawn: Entries that a bandit drew a coin for.
    """

    seed: int
    sums: WorldSums
    lived: Lived
    drawn: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """What every part did.

    Attributes:
        base: The base in every world.
        effects: By part, in the order asked for.
        drawn: Of each bandit that was judged, what it drew in every world.
        rules: What each rule of behaviour would have saved in the worlds of the base.
    """

    base: tuple[WorldSums, ...]
    effects: tuple[tuple[Part, Effect], ...]
    drawn: tuple[tuple[Part, tuple[tuple[Drawn, ...], ...]], ...]
    rules: tuple[RuleWorth, ...]


def played(job: Job) -> World:
    """A job's session, reduced to what is compared."""
    session = held(job)
    row = {name: MEASURES[name](session) for name in ("net_quote", "round_trips", "sum_bps")}
    return World(job.seed, sums_of(row, session.digest), _lived(session, job), drawn_of(session))


def ablate(stream: Stream, parts: Sequence[Part], pool: Pool, each: Callable[[], None]) -> Ablation:
    """Play ``stream`` as it is, then with each of ``parts`` the other way; ``each`` hears of every world.

    With less without is told of all: where a part is none of the base, base and part less the base.
    """
    jobs = stream.jobs()

    def worlds_of(wanted: Sequence[Job]) -> list[World]:
        found = []
        for world in pool.over(played, wanted):
            found.append(world)
            each()
        return found

    base = worlds_of(jobs)
    sums = [one.sums for one in base]
    draws = ClusterDraws(len(jobs), np.random.default_rng(stream.seeds[0]))
    effects, drawn = [], []
    for part in parts:
        has = stream.has(part)
        other = worlds_of([part.switch(job, is_on=not has) for job in jobs])
        others = [one.sums for one in other]
        with_it, without_it = (sums, others) if has else (others, sums)
        effects.append((part, effect_of(with_it, without_it, draws, at_once=len(parts))))
        if any(one.drawn for one in other):
            drawn.append((part, tuple(one.drawn for one in other)))
    rules = worth_of_rules([one.lived for one in base])
    return Ablation(base=tuple(sums), effects=tuple(effects), drawn=tuple(drawn), rules=rules)


def _lived(session: Session, job: Job) -> Lived:
    capital = job.settings.parameters.get("risk_capital_usd", 0.0)
    pairs = zip(session.signals, (one.decision for one in session.chosen), strict=True)
    return lived_of(list(pairs), session.outcomes, capital_usd=capital)
