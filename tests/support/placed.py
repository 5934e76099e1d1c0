"""Orders that stay where they were put, for tests whose subject is not where they rest.

By default entries rest in front of the market maker, step back from its middle, and what is held is offered
anew; a test that plays a handful of messages would have to tell that story, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from keeper_agent.lab.conditions import STANDING
from tools.domain.parameter import ParameterSet, default_parameters

PLACED: Mapping[str, float] = {**STANDING, "hold_timeout_s": 120}
STANDING_SETTING = ",".join(f"{name}={value}" for name, value in STANDING.items())  # of KEEPER_PARAMETERS


def placed_parameters(changes: Mapping[str, float] | None = None) -> ParameterSet:
    """The defaults with orders that stay where they were put, under ``changes``."""
    return default_parameters({**PLACED, **(changes or {})})
