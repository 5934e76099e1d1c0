"""Which algorithm carries out an entry: by its size against what the market maker can bear."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tools.domain.market import NANOS, UNITS, Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.reaction import Reaction
from tools.domain.trading import Decision, Signal
from tools.execution.impact import fit_impact
from tools.execution.schedules.almgren_chriss import AlmgrenChriss, urgency
from tools.execution.schedules.planned import Planned
from tools.execution.schedules.pov import Pov
from tools.execution.schedules.schedule import Parent, Schedule
from tools.execution.schedules.smart import Smart
from tools.execution.schedules.twap import Twap
from tools.execution.schedules.vwap import Vwap

MARGIN_NS = NANOS  # before the entry's deadline: an order and its news take their time
MINUTE_S = 60.0
VOLATILITY_BPS = 1.3  # a root second, where it is unknown: 10 bps a root minute


class Algorithm(StrEnum):
    """How an entry is carried out; ROUTED lets its size decide."""

    PLANNED = "planned"
    TWAP = "twap"
    VWAP = "vwap"
    POV = "pov"
    ALMGREN_CHRISS = "almgren_chriss"
    SMART = "smart"
    ROUTED = "routed"


@dataclass(frozen=True, slots=True)
class Choice:
    """An algorithm and why it was chosen."""

    algorithm: Algorithm
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What algorithms want to know beside the parent.

    Attributes:
        volatility_bps: Of the mid, basis points a root second.
        reactions: Own fills, for the impact.
    """

    volatility_bps: float
    pov_share: float
    risk_aversion: float
    reactions: tuple[Reaction, ...] = ()


def route(size: int, average: float | None, most_slices: int, share: float) -> Choice:
    """By size against capacity: one order, slices between refreshes, or a trajectory over the whole time.

    Args:
        size: Of the entry, units.
        average: The market maker's average order, units; None where none is known.
        most_slices: That one entry may have.
        share: Of the maker's order one slice may be.
    """
    if average is None or average <= 0:
        return Choice(Algorithm.PLANNED, "no market maker is known: as planned")
    ratio = size / average
    if ratio <= share:
        return Choice(Algorithm.PLANNED, f"{ratio:.2f} of its order, within {share:.2f}: one order")
    if ratio <= share * most_slices:
        return Choice(Algorithm.SMART, f"{ratio:.2f} of its order: slices between its refreshes")
    return Choice(
        Algorithm.ALMGREN_CHRISS, f"{ratio:.2f} of its order, more than {most_slices} slices: a trajectory"
    )


def made(algorithm: Algorithm, parent: Parent, around: Around) -> Schedule:
    """The schedule of ``algorithm`` on ``parent``.

    Raises:
        ValueError: The plan is not a trajectory, or nobody has routed yet.
    """
    if algorithm is Algorithm.ALMGREN_CHRISS:
        impact = fit_impact(around.reactions)
        interval_s = (parent.end - parent.start) / parent.slices / NANOS
        kappa = urgency(impact, around.volatility_bps, around.risk_aversion, interval_s)
        return AlmgrenChriss(parent, kappa)
    makers: Mapping[Algorithm, Callable[[], Schedule]] = {
        Algorithm.TWAP: lambda: Twap(parent),
        Algorithm.VWAP: lambda: Vwap(parent),
        Algorithm.POV: lambda: Pov(parent, around.pov_share),
        Algorithm.SMART: lambda: Smart(parent),
    }
    if algorithm not in makers:
        raise ValueError(f"expected an algorithm that follows a parent, was {algorithm}")
    return makers[algorithm]()


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Makes the schedule of an entry of this account.

    Attributes:
        reactions: Own fills on a symbol as known at a time, for the impact.
    """

    algorithm: Algorithm = Algorithm.PLANNED
    reactions: Callable[[str, int], Iterable[Reaction]] = lambda symbol, ts: ()

    def schedule(
        self, decision: Decision, signal: Signal, parameters: ParameterSet, instrument: Instrument
    ) -> Schedule:
        """The schedule of ``decision``; its slices rest at the signal's entry price and never cross.

        Raises:
            ValueError: The decision has no plan.
        """
        plan = decision.plan
        if plan is None:
            raise ValueError(f"decision {decision.decision_id} has no plan")
        chosen = self.algorithm
        if chosen is Algorithm.ROUTED:
            chosen = self.choice(decision, signal, parameters).algorithm
        delay_ns = int(plan.split_delay_s * NANOS)
        end = signal.ts + signal.entry_timeout_ns - MARGIN_NS
        if chosen is Algorithm.PLANNED or end <= decision.ts or len(plan.slices) < 2:
            return Planned(plan.slices, signal.entry_price, delay_ns, decision.ts)
        parent = Parent(
            size=plan.size,
            lot=instrument.lot,
            largest=max(plan.slices),
            smallest=min(plan.slices),
            start=decision.ts,
            end=end,
            cap=signal.entry_price,
            takes=False,
            spacing_ns=max(NANOS, delay_ns),
            most_orders=parameters.whole("max_split_count"),
        )
        return made(chosen, parent, self._around(signal, parameters))

    def choice(self, decision: Decision, signal: Signal, parameters: ParameterSet) -> Choice:
        """Which algorithm the size of ``decision`` calls for."""
        size = decision.plan.size if decision.plan else 0
        share = parameters["conservative_multiplier"]
        return route(size, average_units(signal), parameters.whole("max_split_count"), share)

    def _around(self, signal: Signal, parameters: ParameterSet) -> Around:
        minute = signal.features.get("realised_volatility")
        volatility = VOLATILITY_BPS if minute is None else minute * 1e4 / MINUTE_S**0.5
        return Around(
            volatility_bps=volatility,
            pov_share=parameters["pov_share"],
            risk_aversion=parameters["risk_aversion"],
            reactions=tuple(self.reactions(signal.symbol, signal.ts)),
        )


PLANNED = Scheduler()


def average_units(signal: Signal) -> float | None:
    """The market maker's average order as size units at the entry price; None where unknown."""
    average = signal.features.get("mm_avg_order_size")
    if average is None or not average > 0 or signal.entry_price <= 0:
        return None
    return average / (signal.entry_price / UNITS) * UNITS
