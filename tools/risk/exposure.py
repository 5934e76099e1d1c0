"""What the account has at stake at one instant: an immutable view of the risk ledger.

Limits are judged on such a view, so a batch of signals can be limited one after the other
against a provisional copy while the ledger itself stays untouched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tools.risk.behaviour import Hold
from tools.risk.prospects import Prospects

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """One decision's stake in USD: promised, working at the venue, and held at cost.

    What is stranded is worth less than any order may be: it is at stake, but nothing is under way.
    What is scored was entered on a candle signal.
    """

    decision_id: str
    symbol: str
    reserved_usd: Decimal = ZERO
    working_usd: Decimal = ZERO
    position_usd: Decimal = ZERO
    is_probe: bool = False
    is_stranded: bool = False
    is_scored: bool = False

    @property
    def exposure_usd(self) -> Decimal:
        """All that could be lost: promised, working and held together."""
        return self.reserved_usd + self.working_usd + self.position_usd


@dataclass(frozen=True, slots=True)
class LedgerSnapshot:
    """Positions, open orders, reservations and the day's account at ``ts``.

    Attributes:
        entries: Open entries in the order they were opened; each not stranded counts as one position.
        entries_today: Entries committed per symbol on the UTC day of ``ts``.
        realised_usd: Profit and loss of that day from closed positions, after fees.
        rests: Symbol to the time in ns until which it must not be entered.
        is_killed: Whether the operator forbids every entry.
        is_paused: Whether the operator wants nothing new to be entered for now.
        departures_today: Entries per symbol of that day that ended because the MM left.
        scored_today: Entries of that day that were committed on candle signals.
        mm_looks: How often of late somebody looked for an MM when a signal was raised.
        mm_found: At how many of those looks one was found.
        holds: Rules of behaviour in force.
        prospects: What candles say of the risk ahead; None where nobody has looked.
    """

    ts: int = 0
    entries: tuple[OpenEntry, ...] = ()
    entries_today: Mapping[str, int] = field(default_factory=dict)
    realised_usd: Decimal = ZERO
    rests: Mapping[str, int] = field(default_factory=dict)
    is_killed: bool = False
    is_paused: bool = False
    departures_today: Mapping[str, int] = field(default_factory=dict)
    scored_today: int = 0
    mm_looks: int = 0
    mm_found: int = 0
    prospects: Prospects | None = None
    holds: tuple[Hold, ...] = ()

    @property
    def open_positions(self) -> int:
        """Entries not yet flat; a working order or a reservation is one already."""
        return sum(1 for entry in self.entries if not entry.is_stranded)

    def symbol_positions(self, symbol: str) -> int:
        """Entries on ``symbol`` not yet flat."""
        return sum(1 for entry in self.entries if entry.symbol == symbol and not entry.is_stranded)

    @property
    def total_exposure_usd(self) -> Decimal:
        """Exposure of the whole account."""
        return sum((entry.exposure_usd for entry in self.entries), ZERO)

    def symbol_exposure_usd(self, symbol: str) -> Decimal:
        """Exposure of one symbol."""
        return sum((entry.exposure_usd for entry in self.entries if entry.symbol == symbol), ZERO)

    def trades_today(self, symbol: str) -> int:
        """Entries of the day, those only reserved included."""
        pending = sum(1 for e in self.entries if e.symbol == symbol and e.reserved_usd > 0)
        return self.entries_today.get(symbol, 0) + pending

    def scored_entries_today(self) -> int:
        """Entries of the day on candle signals, those only reserved included."""
        return self.scored_today + sum(1 for e in self.entries if e.is_scored and e.reserved_usd > 0)

    def has_open_probe(self, symbol: str) -> bool:
        """Whether a probe on ``symbol`` is not yet flat."""
        return any(
            entry.is_probe and entry.symbol == symbol and not entry.is_stranded for entry in self.entries
        )

    def with_entry(self, entry: OpenEntry) -> LedgerSnapshot:
        """A copy in which ``entry`` is open too."""
        return replace(self, entries=(*self.entries, entry))
