"""The switchboard: each part of Keeper, what is set to be without it, and the stream it is judged on.

A part is on or off by parameters or settings that the product has anyway; nothing is switched here that an
operator could not switch. The stream is chosen so that the parts have something to decide: every candidate
is first believed to reach its target, with a doubt that what is known better outweighs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from keeper_agent.lab.conditions import STANDING, LabSettings
from keeper_agent.lab.exploring import Venture
from keeper_agent.lab.many import Job
from keeper_agent.settings import Settings
from tools.domain.errors import BadUsage
from tools.domain.parameter import default_parameters

DOUBT_BPS = 5.0  # of the belief that a target is reached
EVERYTHING, SHIPPED = "everything", "shipped"
BASES = (EVERYTHING, SHIPPED)
SHIPPED_VALUES = default_parameters()

# Entries at the inside of the spread and short patience, so that there are many round trips; no probes.
STREAM: Mapping[str, float] = {
    **STANDING,
    "signal_spacing_s": 5,
    "entry_zone": 1,
    "entry_timeout_s": 30,
    "hold_timeout_s": 30,
    "departure_rest_s": 30,
    "blacklist_departures": 0,
    "max_departure_share": 1,
    "probe_share": 0,
    "ambiguity_z": 0,
    "mm_min_confidence": 0.3,  # 0.7 is seldom reached on a thin coin, and nothing would be entered
    "min_order_size_usd": 3,  # part of less would be too small to sell
    "default_order_size_usd": 20,
    "max_order_size_usd": 20,
    "risk_capital_usd": 1_000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part that can be switched.

    Attributes:
        meaning: What it does, in a few words.
        is_default: Whether the product ships with it on.
        off: Parameters that take it away; with it they are the stream's, or else as shipped.
        on: Parameters with it where that is not so: it is not shipped, or not at the value here.
        with_it, without_it: The operator's settings that switch it.
        is_alone: Whether it would silence or exclude others; it is then no part of the base.
    """

    name: str
    meaning: str
    is_default: bool = True
    on: Mapping[str, float] = field(default_factory=dict)
    off: Mapping[str, float] = field(default_factory=dict)
    with_it: Mapping[str, Any] = field(default_factory=dict)
    without_it: Mapping[str, Any] = field(default_factory=dict)
    is_alone: bool = False

    def switch(self, job: Job, *, is_on: bool) -> Job:
        """``job`` with this part on or off, whatever it was."""
        values = {**{name: STREAM.get(name, SHIPPED_VALUES[name]) for name in self.off}, **self.on}
        parameters = {**job.settings.parameters, **(values if is_on else self.off)}
        told = self.with_it if is_on else self.without_it
        keeper = job.keeper if job.keeper is None or not told else job.keeper.model_copy(update=dict(told))
        return replace(job, settings=replace(job.settings, parameters=parameters), keeper=keeper)


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A part that this stream can say nothing of, and why."""

    name: str
    is_default: bool
    why: str


PARTS: Mapping[str, Part] = {
    part.name: part
    for part in (
        Part(
            name="mm_rule",
            meaning="refuse signals where no market maker is sensed well enough",
            off={"mm_min_confidence": 0},
        ),
        Part(
            name="spoof_rule",
            meaning="refuse signals while the book looks spoofed",
            off={"spoof_max_score": 1},
        ),
        Part(
            name="patterns",
            meaning="similar states that are remembered vote",
            off={"heed_patterns": 0},
        ),
        Part(
            name="recall_priority",
            meaning="what is important and recent is recalled first",
            off={"pattern_importance_power": 0, "pattern_half_life_days": 0},
        ),
        Part(
            name="skill_weights",
            meaning="votes weigh by how good they proved",
            off={"skill_min_outcomes": 1e6},
        ),
        Part(
            name="adaptive_size",
            meaning="sizes and slices follow the market maker's order",
            with_it={"position_sizing_mode": "adaptive"},
            without_it={"position_sizing_mode": "fixed"},
        ),
        Part(
            name="departure_watch",
            meaning="leave where bounds or confidence say so and no market maker is followed",
            off={"abort_confidence": 0, "abort_bounds_move_bps": 1_000},
        ),
        Part(
            name="departure_exit",
            meaning="sell what is held when the market maker leaves",
            off={"departure_exit": 0},
        ),
        Part(
            name="departure_rest",
            meaning="a symbol rests after its market maker left",
            off={"departure_rest_s": 1},
        ),
        Part(
            name="stop_dwell",
            meaning="a stop acts only where the bid stays there",
            off={"stop_dwell_ms": 0},
        ),
        Part(
            name="adaptation",
            meaning="sizes, stops and targets follow losing streaks and the market",
            is_default=False,
            on={"adapt": 1},
            off={"adapt": 0},
        ),
        Part(
            name="smart_execution",
            meaning="slices wait for the market maker's refresh",
            is_default=False,
            with_it={"execution_algorithm": "smart"},
            without_it={"execution_algorithm": "planned"},
        ),
        Part(
            name="behaviour",
            meaning="the account's own results hold it back",
            is_default=False,
            on={"behave": 1},
            off={"behave": 0},
            is_alone=True,
        ),
        Part(
            name="thompson",
            meaning="Thompson sampling withholds entries by kind of signal",
            is_default=False,
            on={"bandit": 1},
            off={"bandit": 0},
            is_alone=True,
        ),
        Part(
            name="linucb",
            meaning="LinUCB withholds entries by the market's state",
            is_default=False,
            on={"bandit": 2},
            off={"bandit": 0},
            is_alone=True,
        ),
        Part(
            name="kelly_bound",
            meaning="sizes are held to a part of Kelly's share on the lower end of the edge",
            is_default=False,
            on={"bound_kelly": 1},
            off={"bound_kelly": 0},
            is_alone=True,
        ),
        Part(
            name="learned_size",
            meaning="sizes follow what a market maker was seen to bear",
            is_default=False,
            with_it={"position_sizing_mode": "learned"},
            without_it={"position_sizing_mode": "adaptive"},
            is_alone=True,
        ),
    )
}

NOT_JUDGED: tuple[NotJudged, ...] = (
    NotJudged("outcome_model", True, "needs a model trained on other worlds: keeper evaluate"),
    NotJudged("strategies", True, "mined by reflections over days; these worlds last minutes"),
    NotJudged("trials", True, "tries parameters over hundreds of decisions and days"),
    NotJudged("brain", False, "nobody is asked in the laboratory"),
    NotJudged("candle_signals", False, "need hours of candles: python -m benchmarks.candle_signals"),
    NotJudged(
        "size_bounds",
        False,
        "bounds by CVaR, correlation, joint falls and regime need daily candles: python -m benchmarks.risk",
    ),
)  # fmt: skip


def parts_of(names: str) -> tuple[Part, ...]:
    """The parts that ``names``, separated by commas, asks for, in the order of the table; empty is all.

    Raises:
        BadUsage: One is unknown, or cannot be judged here.
    """
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    for one in NOT_JUDGED:
        if one.name in wanted:
            raise BadUsage(f"{one.name} cannot be judged on this stream: {one.why}")
    unknown = sorted(wanted - PARTS.keys())
    if unknown:
        raise BadUsage(f"--parts expects some of {','.join(PARTS)}, was also {','.join(unknown)}")
    return tuple(part for part in PARTS.values() if not wanted or part.name in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The worlds that every part is judged on.

    Attributes:
        base: ``everything`` that goes together, or what is ``shipped`` as default.
    """

    scenario: str
    seeds: Sequence[int]
    minutes: float
    coins: int
    keeper: Settings
    base: str = EVERYTHING

    def jobs(self) -> list[Job]:
        """The base in every world."""
        found = []
        for seed in self.seeds:
            job = self._plain(seed)
            for part in sorted(PARTS.values(), key=lambda one: not one.is_alone):
                job = part.switch(job, is_on=self.has(part))  # the others last: some share a setting
            found.append(job)
        return found

    def has(self, part: Part) -> bool:
        """Whether ``part`` is on in the base."""
        if part.is_alone:
            return False
        return part.is_default or self.base == EVERYTHING

    def _plain(self, seed: int) -> Job:
        conditions = LabSettings(
            coins=self.coins,
            parameters=STREAM,
            venture=Venture.INSIDE,
            takes_all=True,
            doubt_bps=DOUBT_BPS,
        )
        keeper = self.keeper.model_copy(
            update={"keeper_probes": "never", "ml_model_path": None, "risk_appetite": "conservative"}
        )
        return Job(
            scenario=self.scenario, seed=seed, minutes=self.minutes, settings=conditions, keeper=keeper
        )
