"""Market regimes, as the glossary names them."""

from __future__ import annotations

from enum import IntEnum


class Regime(IntEnum):
    """What kind of market the last minutes were; filtered, so it never peeks ahead."""

    UNKNOWN = 0
    CALM = 1
    VOLATILE = 2
    TRENDING = 3
    PANIC = 4

    @property
    def label(self) -> str:
        """Lower-case name; ``unavailable`` while too little has been seen."""
        return "unavailable" if self is Regime.UNKNOWN else self.name.lower()
