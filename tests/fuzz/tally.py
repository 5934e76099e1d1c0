"""What was answered, and what of it should not have been."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.support.api import Caller

Described = dict[str, Any]
LONGEST = 300  # characters of a request that are kept


@dataclass
class Tally:
    """Answers by status, how often each operation was asked, and faults with one request that showed each."""

    statuses: Counter[int] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    def note(self, operation: str, status: int) -> None:
        """Count one answer."""
        self.statuses[status] += 1
        self.asked[operation] += 1

    def blame(self, fault: str, request: object) -> None:
        """Keep a fault with the first request that showed it."""
        self.faults.setdefault(fault, str(request)[:LONGEST])

    def told(self) -> dict[str, Any]:
        """Everything, as JSON has it."""
        return {
            "requests": self.statuses.total(),
            "operations": len(self.asked),
            "fewest_of_one": min(self.asked.values(), default=0),
            "statuses": dict(sorted(self.statuses.items())),
            "failures": len(self.faults),
            "faults": self.faults,
        }


def described(call: Caller) -> Described:
    """The description as it is served."""
    found: Described = call("GET", "/api/openapi.json").json
    return found


def paths_of(call: Caller) -> list[dict[str, Any]]:
    """What each path offers, by method."""
    return list(described(call)["paths"].values())
