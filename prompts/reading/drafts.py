"""What is known of a form while it is made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from memory.tally import Bound, Times
from prompts.reading.forms import Form, Statistic, What
from prompts.reading.measures import Measure
from prompts.reading.parts import Parts, Threshold
from prompts.reading.spotting import Spot
from prompts.reading.subject import Filter, conditions


@dataclass(slots=True)
class Draft:
    """What is known of a form while it is made.

    Attributes:
        filters: What narrows, in order.
        bounds: Bounds on values, with where they stand.
        thresholds: Numbers that bound groups or shares.
        dims: Ways to split that are asked for or split by.
        part: The filters that make the part of a share.
    """

    parts: Parts
    entity: str
    unit: str
    measure: Measure | None = None
    filters: list[Filter] = field(default_factory=list)
    bounds: list[tuple[int, Bound]] = field(default_factory=list)
    thresholds: list[Threshold] = field(default_factory=list)
    times: tuple[Times, ...] = ()
    time_column: str = "ts"
    statistic: Statistic | None = None
    part: list[Filter] = field(default_factory=list)
    part_bounds: list[Bound] = field(default_factory=list)
    dims: list[Spot] = field(default_factory=list)
    is_loose: bool = False
    is_counted: bool = False
    is_share: bool = False

    def form(self, what: What, **more: object) -> Form:
        """The form with what narrows it."""
        made = Form(
            what=what,
            entity=self.entity,
            where=conditions(self.filters),
            bounds=tuple(one for _, one in self.bounds),
            times=self.times,
            time_column=self.time_column,
            part=conditions(self.part),
            part_bounds=tuple(self.part_bounds),
        )
        return replace(made, **more)  # type: ignore[arg-type]
