"""Under which conditions a session in the laboratory is held, beside its scenario and seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from keeper_agent.lab.exploring import Venture
from keeper_agent.lab.latency import Latency
from tools.domain.errors import BadUsage
from tools.domain.parameter import default_parameters
from venue.participants.quoting import Family
from venue.scenario.build import START_NS, Scenario, UnknownTier

# Orders that stay where they were put; what the product has for going along with a market maker.
STANDING: Mapping[str, float] = {"entry_ticks_ahead": 0, "entry_least_bps": 0, "exit_lead_s": 0}
# Many round trips in little time: every candidate of the whole range, on the inside of the spread, half of
# the refused ones by coin, given back within seconds, a shorter rest after a departure and no end of the day
# for it: a session is there to see departures. What makes a signal sound, the account's other limits, sizes
# against the market maker, fees and delays stay the product's own.
EXPLORING: Mapping[str, float] = {
    **STANDING,
    "signal_spacing_s": 3,
    "entry_zone": 1,
    "entry_timeout_s": 60,
    "hold_timeout_s": 5,
    "departure_rest_s": 30,
    "blacklist_departures": 0,
    "max_departure_share": 1,
    "min_order_size_usd": 3,  # part of less would be too small to sell
    "default_order_size_usd": 3,
}
EXPLORING_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LabSettings:
    """What a session is like.

    Attributes:
        coins: Thin coins that are traded, 1 to 5.
        has_leader: Whether the large coin is traded by others, too; the coins follow it in any case.
        without: Families of participants left out.
        mm_family: Of every market maker; None lets the seed choose.
        parameters: Keeper's parameters that differ from the operator's.
        exploration: Chance with which a refused but sound signal is taken all the same, at the least
            size and within every limit, 0 to 0.5; None leaves the product's own share.
        venture: Where candidates enter.
        takes_all: Whether every candidate is believed to reach its target, whatever model is in force.
        takes_above_bps: Expected value above which the model in force takes a candidate, without doubt;
            None leaves that to the parameters.
        doubt_bps: With which standard error that is believed, basis points.
        is_plain: Whether the decision graph's nodes are called without the framework around them.
        memory: Frozen snapshot to start from; None starts empty.
        remembers: Whether rows are written; where only results are wanted nobody reads them.
        is_present: Whether Keeper is there at all.
        start_ns: When the world starts; later where the memory already knows of later things.
        warm_s: Seconds of the world before Keeper sits down.
        quote: What Keeper owns at the start.
        maker_bps, taker_bps: Its fees, basis points.
    """

    coins: int = 5
    has_leader: bool = False
    without: tuple[str, ...] = ()
    mm_family: Family | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    exploration: float | None = None
    venture: Venture = Venture.RANGE
    takes_all: bool = False
    takes_above_bps: float | None = None
    doubt_bps: float = 0.0
    is_plain: bool = True
    memory: str | None = None
    remembers: bool = True
    is_present: bool = True
    start_ns: int = START_NS
    warm_s: float = 180.0
    quote: Decimal = Decimal(100_000)
    maker_bps: float = 0.0
    taker_bps: float = 5.0
    latency: Latency = field(default_factory=Latency)

    def exploring(self, share: float = EXPLORING_SHARE) -> LabSettings:
        """The same with a policy that trades at random, as often as it can."""
        parameters = {**EXPLORING, **self.parameters}
        return replace(self, parameters=parameters, exploration=share, venture=Venture.INSIDE)

    def overrides(self) -> dict[str, float]:
        """The parameters that this laboratory sets, checked.

        Raises:
            BadUsage: One is unknown or out of bounds.
        """
        chosen = dict(self.parameters)
        if self.exploration is not None:
            chosen["probe_share"] = self.exploration
        default_parameters(chosen)
        return chosen

    def world(self, tier: str, seed: int, seconds: float) -> Scenario:
        """The world of a tier and a seed that lasts so long.

        Raises:
            BadUsage: There is no such tier, or no such number of coins.
        """
        if not 1 <= self.coins <= 5:
            raise BadUsage(f"expected 1 to 5 thin coins, was {self.coins}")
        try:
            return Scenario(
                tier=tier,
                seed=seed,
                seconds=seconds,
                thin_coins=self.coins,
                has_leader=self.has_leader,
                without=self.without,
                mm_family=self.mm_family,
            )
        except UnknownTier as error:
            raise BadUsage(f"unknown scenario: {error}") from None
