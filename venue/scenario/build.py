"""A world from a tier and a seed.

Who is left out changes nobody else's draws: traits come from streams named after the agent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from venue import fundamental
from venue.draws import Draws
from venue.participants.agent import Agent
from venue.participants.benign import Benign
from venue.participants.grid_bot import Grid, GridBot
from venue.participants.market_maker import MarketMaker
from venue.participants.noise import Crowd, Noise
from venue.participants.quoting import Family, Style
from venue.participants.spoofer import Spoof, Spoofer, Way
from venue.participants.takers import Informed, Insight, Metaorders, Momentum, Program, Trend
from venue.participants.wash import WashMaker, WashTaker
from venue.participants.withdrawal import Hazard
from venue.pit import Pit
from venue.public import NANOS
from venue.scenario.tiers import TIERS, Tier
from venue.sim import Simulation
from venue.symbols import BTC, THIN, Symbol

START_NS = 1_767_225_600 * NANOS  # 2026-01-01
IMITATORS = ("grid", "wash", "spoof")
FAR_AWAY_S = 1e9
APART_S = 1.0  # from one side to the other, at most


class UnknownTier(ValueError):
    """There is no tier of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Which world.

    Args:
        tier: a name in tiers.TIERS.
        thin_coins: how many of symbols.THIN, from the first on.
        has_leader: whether the large coin is traded, too; the others follow it in any case.
        without: families left out ("mm", "grid", "wash", "spoof", "benign", "informed", ...).
        mm_family: of all market makers; None lets the seed choose.
        spoof: replaces what the tier's spoofers do (an adversary's next generation).
        spoof_way: of the tier's own spoofers.
        seconds: at most so long.
    """

    tier: str
    seed: int
    seconds: float
    thin_coins: int = 5
    has_leader: bool = True
    without: tuple[str, ...] = ()
    mm_family: Family | None = None
    spoof: Spoof | None = None
    spoof_way: Way = Way.MIRRORED

    def __post_init__(self) -> None:
        if self.tier not in TIERS:
            raise UnknownTier(f"tier must be one of {', '.join(TIERS)}, was {self.tier}")

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The markets, the leader first."""
        return ((BTC,) if self.has_leader else ()) + THIN[: self.thin_coins]


def build(scenario: Scenario, *, start_ns: int = START_NS, has_clients: bool = False) -> Simulation:
    """The world, everyone in place, at its start."""
    seed, tier = scenario.seed, TIERS[scenario.tier]
    n_steps = round(scenario.seconds * fundamental.STEPS_A_SECOND) + 1
    path = fundamental.regime_path(seed, n_steps)
    leader = fundamental.leader_steps(seed, path)
    worths = []
    for symbol in scenario.symbols:
        is_leader = symbol is BTC
        steps = leader if is_leader else fundamental.follower_steps(seed, symbol.base, path, leader)
        worths.append(fundamental.worth(float(symbol.price), steps))
    sim = Simulation(scenario.symbols, tuple(worths), path, start_ns, has_clients=has_clients)
    for pit in sim.pits:
        cast = leader_cast(pit, seed) if pit.symbol is BTC else thin_cast(scenario, tier, pit)
        for agent in cast:
            if agent.family.split("-")[0] not in scenario.without:
                sim.add(agent)
    return sim


def leader_cast(pit: Pit, seed: int) -> Iterator[Agent]:
    """A plain, busy market for the large coin."""
    yield Noise(f"{pit.symbol.base}/noise", pit, seed, Crowd(adds_hz=3, median_quote=400, takes_share=0.05))
    style = Style(
        family=Family.TIMER, quote=2_000, size_jitter=0.3, rate_hz=2, rate_jitter=0.2, half_spread_bps=1.0,
        levels=3, tolerance=50.0,
    )  # fmt: skip
    hazard = Hazard(base=0.0, outage=0.0)
    yield MarketMaker(f"{pit.symbol.base}/maker", pit, seed, style, hazard)
    yield Informed(f"{pit.symbol.base}/informed", pit, seed, Insight(edge_bps=2, quote=1_000))


def thin_cast(scenario: Scenario, tier: Tier, pit: Pit) -> Iterator[Agent]:
    """Everyone in one thin coin."""
    seed, base = scenario.seed, pit.symbol.base
    crowd = Crowd(
        adds_hz=tier.adds_hz,
        sigma=tier.sigma,
        round_share=tier.round_share,
        opening=round(30 + 30 * tier.adds_hz),
    )
    yield Noise(f"{base}/noise", pit, seed, crowd)
    yield Informed(f"{base}/informed", pit, seed, Insight())
    yield Momentum(f"{base}/momentum", pit, seed, Trend())
    yield Momentum(f"{base}/contrarian", pit, seed, Trend(look_s=40, move_bps=18, follows=-1))
    yield Metaorders(f"{base}/metaorders", pit, seed, Program())
    yield Benign(f"{base}/benign", pit, seed, every_s=240, quote=250)
    for number in range(tier.makers):
        name = f"{base}/maker{number}"
        yield MarketMaker(name, pit, seed, style_of(scenario, tier, name), hazard_of(tier))
    yield from imitators(scenario, tier, pit)


def hazard_of(tier: Tier) -> Hazard:
    """How readily the tier's market makers leave."""
    return Hazard(base=1 / tier.leaves_every_s, outage=0.5 / tier.leaves_every_s)


def style_of(scenario: Scenario, tier: Tier, name: str) -> Style:
    """A market maker's habits; always the same number of draws."""
    draws = Draws(scenario.seed, f"{name}/traits")
    drawn = tier.mm_families[int(draws.uniform() * len(tier.mm_families))]
    family = scenario.mm_family or drawn
    quote, half = draws.between(*tier.mm_quote), draws.between(5, 14)
    tolerance, pause = draws.between(0.8, 5), draws.between(5, 20)
    apart = draws.between(0.15, 0.7)  # of a period
    return Style(
        family=family,
        quote=quote,
        size_jitter=tier.mm_size_jitter,
        rate_hz=tier.mm_rate_hz,
        rate_jitter=tier.mm_rate_jitter,
        half_spread_bps=half,
        levels=3 if family is Family.LADDER else 1,
        tolerance=tolerance,
        skew=1.2 if family is Family.INVENTORY else 0.4,
        pause_s=pause,
        apart_s=min(APART_S, apart / tier.mm_rate_hz),
    )


def imitators(scenario: Scenario, tier: Tier, pit: Pit) -> Iterator[Agent]:
    """Grid bots, a wash pair, spoofers."""
    seed, base = scenario.seed, pit.symbol.base
    for number in range(tier.grid_bots):
        name = f"{base}/grid{number}"
        draws = Draws(seed, f"{name}/traits")
        side, quote = 1 if draws.uniform() < 0.5 else -1, draws.between(*tier.mm_quote)
        levels, step = 2 + int(3 * draws.uniform()), draws.between(6, 20)
        grid = Grid(
            side=side, quote=quote, size_jitter=tier.grid_jitter, rate_hz=tier.grid_rate_hz,
            levels=levels, step_bps=step,
        )  # fmt: skip
        yield GridBot(name, pit, seed, grid)
    if tier.wash_every_s:
        partner = WashTaker(f"{base}/wash-taker", pit, seed)
        yield partner
        yield WashMaker(f"{base}/wash-maker", pit, seed, partner, tier.wash_every_s, 15.0)
    if tier.spoof_every_s:
        for number in range(tier.spoofers):
            name = f"{base}/spoofer{number}"
            yield Spoofer(name, pit, seed, scenario.spoof or spoof_of(scenario, tier, name))


def spoof_of(scenario: Scenario, tier: Tier, name: str) -> Spoof:
    """One spoofer's habits."""
    draws = Draws(scenario.seed, f"{name}/traits")
    return Spoof(
        every_s=tier.spoof_every_s,
        lifetime_s=draws.between(*tier.spoof_lifetime_s),
        multiple=draws.between(*tier.spoof_multiple),
        levels=1 + int(5 * draws.uniform()),
        ticks_away=2 + int(5 * draws.uniform()),
        way=scenario.spoof_way,
    )
