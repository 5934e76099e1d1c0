"""What may go wrong between the facade and the wire, on order or by chance from a seed.

A fault of a request strikes before its effect, after it, or at its answer; a fault of a
message strikes one stream of one connection. The engine never knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

BEFORE = ("error_before", "cut_before", "hold_before")
AFTER = ("error_after", "cut_after", "hold_after", "garbage")
READING = ("stale",)
REQUEST = (*BEFORE, *AFTER, *READING)
MESSAGE = ("drop", "duplicate", "reorder", "delay", "disconnect", "abort", "freeze")
KINDS = (*REQUEST, *MESSAGE)
USER_STREAM = "user"


class BadFault(ValueError):
    """A fault that is not one of the list, or has senseless figures."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    ``where`` is a pattern over operation names (``order.place``, ``depth``) or stream names
    (``solusdt@depth@100ms``; ``user`` is the user stream). The first ``skip`` that match are
    spared, then ``count`` of them are struck (-1: all), each with ``chance``. An error without a
    ``body`` says that something unknown went wrong, in the words of the protocol.
    """

    kind: str
    where: str = "*"
    count: int = 1
    skip: int = 0
    chance: float = 1.0
    seconds: float = 0.0
    status: int = 503
    body: str = ""
    code: int = 1001

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadFault(f"kind must be one of {', '.join(KINDS)}, was {self.kind}")
        if not 0 <= self.chance <= 1 or self.seconds < 0 or self.skip < 0:
            raise BadFault(f"{self.kind}: chance must lie in [0, 1], seconds and skip not below 0")

    def described(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def fault_of(fields_given: Mapping[str, Any]) -> Fault:
    """A fault from JSON.

    Raises:
        BadFault: a name is unknown or a value impossible.
    """
    names = {field.name for field in fields(Fault)}
    unknown = sorted(set(fields_given) - names)
    if unknown or "kind" not in fields_given:
        raise BadFault(
            f"a fault has a kind and may have {', '.join(sorted(names))}, was {dict(fields_given)}"
        )
    return Fault(**fields_given)


class Faults:
    """The faults that are armed, and the chance they strike with."""

    def __init__(self, armed: Iterable[Fault] = (), *, seed: int = 0) -> None:
        self.armed = list(armed)
        self.struck: list[tuple[str, str]] = []
        self._chance = np.random.default_rng(seed)

    def arm(self, fault: Fault) -> None:
        """Add a fault behind those that are armed."""
        self.armed.append(fault)

    def clear(self) -> None:
        """Disarm everything."""
        self.armed.clear()

    def strike(self, kinds: tuple[str, ...], place: str) -> Fault | None:
        """The first armed fault of these kinds that strikes here; it is used up by one."""
        for fault in self.armed:
            if fault.kind not in kinds or fault.count == 0 or not fnmatchcase(place, fault.where):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.chance < 1 and self._chance.random() >= fault.chance:
                continue
            fault.count -= fault.count > 0
            self.struck.append((fault.kind, place))
            return fault
        return None
