"""The stages of the claims: the same agent in the same worlds, with one thing more at each.

All of them trade in one manner, remember nothing and throw no coins, so that what differs is what the
stage adds. Limits, fees, delays and the rest after a departure are the product's. Where no candidate is
expected to pay, a model that decides by its edge takes none, and nothing is learned of it; by rank it takes
the half it thinks better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from keeper_agent.lab.conditions import STANDING, LabSettings
from keeper_agent.lab.exploring import Venture
from keeper_agent.lab.many import Job
from keeper_agent.settings import Settings
from tools.domain.errors import BadUsage


class Gate(StrEnum):
    """When a stage's model takes a candidate."""

    RANK = "rank"  # it lies in the half that the model ranked better, in worlds of the training's kind
    EDGE = "edge"  # it is expected to pay, as the product has it


class Manner(StrEnum):
    """How every stage enters and leaves."""

    MAKER = "maker"  # rests where the market maker buys, and offers in front of where it sells
    INSIDE = "inside"  # a tick below the asks, and what is not sold in seconds is sold at the bid


@dataclass(frozen=True, slots=True)
class Decider:
    """A model that decides for a stage.

    Attributes:
        folder: Where it lies.
        above_bps: Expected value above which it takes a candidate; None leaves that to the product.
    """

    folder: Path
    above_bps: float | None


Models = Mapping[str, Decider]  # by the set of inputs

# What every stage shares. The library's votes need more neighbours than are ever recalled, so it is silent.
COMMON: Mapping[str, float] = {
    "entry_zone": 1,
    "entry_timeout_s": 10,
    "departure_rest_s": 30,
    "pattern_min_neighbours": 500,
    "probe_share": 0,
    "min_order_size_usd": 3,  # part of less would be too small to sell
    "default_order_size_usd": 20,
    "max_order_size_usd": 20,
}
# By manner; docs/decisions/0036-evaluation.md has what was tried.
MANNERS: Mapping[Manner, Mapping[str, float]] = {
    Manner.MAKER: {
        "signal_spacing_s": 3,
        "hold_timeout_s": 300,
        "stop_bps": 60,
        "entry_ticks_ahead": 1,
        "entry_least_bps": 4,
        "exit_lead_s": 2,
    },
    Manner.INSIDE: {**STANDING, "signal_spacing_s": 10, "hold_timeout_s": 15},
}
# What its models read, whatever the stage: more inputs only overfit what rests with the maker.
READ_BY_ALL: Mapping[Manner, str] = {Manner.MAKER: "v3"}
BLIND: Mapping[str, float] = {"mm_min_confidence": 0, "spoof_max_score": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage.

    Attributes:
        adds: What it has that the one before has not.
        inputs: Set of inputs of the model that decides, where the manner has none of its own; None takes
            every candidate.
        is_aware: Whether the rules on market makers and spoofing hold.
        is_adaptive: Whether sizes follow the market maker's order; else one order of the target.
    """

    name: str
    adds: str
    inputs: str | None = None
    is_aware: bool = False
    is_adaptive: bool = False
    parameters: Mapping[str, float] = field(default_factory=dict)

    def inputs_in(self, manner: Manner) -> str | None:
        """The set of inputs of the model that decides in ``manner``; None where none does."""
        return None if self.inputs is None else READ_BY_ALL.get(manner, self.inputs)

    def conditions(
        self, keeper: Settings, models: Models, manner: Manner, *, coins: int = 5
    ) -> tuple[LabSettings, Settings]:
        """What this stage is, wherever it is played, and the operator's settings as it has them.

        Raises:
            BadUsage: Its model is not among ``models``.
        """
        inputs = self.inputs_in(manner)
        if inputs is not None and inputs not in models:
            raise BadUsage(f"stage {self.name} needs a model with inputs {inputs}")
        decider = None if inputs is None else models[inputs]
        told: dict[str, Any] = {
            "keeper_probes": "never",
            "ml_model_path": None if decider is None else decider.folder,
            "position_sizing_mode": "adaptive" if self.is_adaptive else "fixed",
            "risk_appetite": "conservative" if self.is_adaptive else "aggressive",
        }
        apart = {} if self.is_aware else BLIND
        parameters = {**COMMON, **MANNERS[manner], **apart, **self.parameters}
        settings = LabSettings(
            coins=coins,
            remembers=False,
            parameters=parameters,
            venture=Venture.INSIDE if manner is Manner.INSIDE else Venture.RANGE,
            takes_all=decider is None,
            takes_above_bps=None if decider is None else decider.above_bps,
        )
        return settings, keeper.model_copy(update=told)

    def job(
        self,
        scenario: str,
        seed: int,
        minutes: float,
        *,
        coins: int,
        keeper: Settings,
        models: Models,
        manner: Manner,
    ) -> Job:
        """This stage in one world.

        Raises:
            BadUsage: Its model is not among ``models``.
        """
        settings, own = self.conditions(keeper, models, manner, coins=coins)
        return Job(scenario=scenario, seed=seed, minutes=minutes, settings=settings, keeper=own)


STAGES: Mapping[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage(name="baseline", adds="takes every candidate that could pay, in one order"),
        Stage(name="ml", adds="the outcome model decides", inputs="v1"),
        Stage(
            name="mm",
            adds="rules on market makers and spoofing, whose features the model reads",
            inputs="v2",
            is_aware=True,
        ),
        Stage(
            name="sizing",
            adds="sizes and slices follow the market maker's order",
            inputs="v2",
            is_aware=True,
            is_adaptive=True,
        ),
    )
}


def stages_of(names: str) -> tuple[Stage, ...]:
    """The stages that ``names``, separated by commas, asks for, in that order.

    Raises:
        BadUsage: One is unknown, named twice, or there is none.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in STAGES]
    if unknown or not wanted or len(set(wanted)) != len(wanted):
        raise BadUsage(f"--stages expects some of {','.join(STAGES)}, each once, was {names!r}")
    return tuple(STAGES[name] for name in wanted)


def gate_of(name: str) -> Gate:
    """The gate called ``name``.

    Raises:
        BadUsage: There is none.
    """
    try:
        return Gate(name)
    except ValueError:
        raise BadUsage(f"--gate expects {' or '.join(Gate)}, was {name!r}") from None


def manner_of(name: str) -> Manner:
    """The manner called ``name``.

    Raises:
        BadUsage: There is none.
    """
    try:
        return Manner(name)
    except ValueError:
        raise BadUsage(f"--manner expects {' or '.join(Manner)}, was {name!r}") from None


def alone(jobs: Sequence[Job]) -> list[Job]:
    """The same worlds without Keeper."""
    return [replace(job, settings=replace(job.settings, is_present=False)) for job in jobs]
