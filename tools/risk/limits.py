"""The account's limits as one table: each rule says how much room it leaves an entry.

A rule never blocks in silence: where it leaves less than was wished, the difference comes
back as a Clamp. Exits are not judged here at all, because a limit must never keep a
position open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from tools.domain.clock import iso
from tools.domain.market import plain
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Clamp
from tools.risk.exposure import ZERO, LedgerSnapshot, OpenEntry


class RiskAppetite(StrEnum):
    """How large a slice may be against the MM's average order; the operator's own choice."""

    CONSERVATIVE = "conservative"
    BALANCED = "balanced"
    AGGRESSIVE = "aggressive"

    def multiplier(self, parameters: ParameterSet) -> Decimal:
        """Share of the MM's average order one slice may have."""
        if self is RiskAppetite.CONSERVATIVE:
            return amount(parameters, "conservative_multiplier")
        return Decimal("1.0") if self is RiskAppetite.BALANCED else Decimal("1.2")


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """A wish to have ``usd`` at stake on ``symbol``, before any limit has spoken."""

    decision_id: str
    symbol: str
    usd: Decimal
    ts: int
    mm_average_usd: Decimal | None = None
    appetite: RiskAppetite = RiskAppetite.CONSERVATIVE
    is_probe: bool = False


@dataclass(frozen=True, slots=True)
class Limited:
    """What the limits left of a wish; zero means that nothing may be entered."""

    usd: Decimal
    clamps: tuple[Clamp, ...]


class Room(NamedTuple):
    """How much a rule allows, and why not more."""

    usd: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class LimitRule:
    """A named limit; ``room`` returns None where it has nothing to say."""

    name: str
    room: Callable[[EntryRequest, LedgerSnapshot, ParameterSet], Room | None]

    def clamp(self, request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Clamp | None:
        """The cut this limit makes in the request, or None where it fits."""
        room = self.room(request, ledger, parameters)
        if room is None or room.usd >= request.usd:
            return None
        return Clamp(self.name, money(request.usd), money(max(ZERO, room.usd)), room.reason)


def amount(parameters: ParameterSet, name: str) -> Decimal:
    """Parameter ``name`` as the decimal it was written as."""
    return Decimal(str(parameters[name]))


def money(usd: Decimal) -> str:
    """``usd`` as the record keeps it: plain text, exact."""
    return plain(usd)


def _kill(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    return Room(ZERO, "the kill switch is set; keeper resume clears it") if ledger.is_killed else None


def _pause(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    return Room(ZERO, "entries are paused; keeper resume allows them again") if ledger.is_paused else None


def _rest(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    until = ledger.rests.get(request.symbol, 0)
    return Room(ZERO, f"{request.symbol} rests until {iso(until)}") if request.ts < until else None


def _daily_loss(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    limit = amount(parameters, "daily_loss_limit_usd")
    if ledger.realised_usd > -limit:
        return None
    return Room(ZERO, f"the day made {money(ledger.realised_usd)} USD, entries end at -{money(limit)}")


def _trades(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    done, most = ledger.trades_today(request.symbol), parameters.whole("max_trades_per_day")
    return Room(ZERO, f"{request.symbol} had {done} of {most} entries of the day") if done >= most else None


def _positions(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    held, most = ledger.open_positions, parameters.whole("max_open_positions")
    return Room(ZERO, f"{held} of {most} positions are open") if held >= most else None


def _symbol_positions(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    held, most = ledger.symbol_positions(request.symbol), parameters.whole("max_symbol_positions")
    return Room(ZERO, f"{held} of {most} positions on {request.symbol} are open") if held >= most else None


def _probe(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    if request.is_probe and ledger.has_open_probe(request.symbol):
        return Room(ZERO, f"a probe on {request.symbol} is open already")
    return None


def _symbol_exposure(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    limit, held = amount(parameters, "max_symbol_exposure_usd"), ledger.symbol_exposure_usd(request.symbol)
    return Room(limit - held, f"{money(held)} of {money(limit)} USD are at stake on {request.symbol}")


def _total_exposure(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    limit, held = amount(parameters, "max_total_exposure_usd"), ledger.total_exposure_usd
    return Room(limit - held, f"{money(held)} of {money(limit)} USD are at stake in all")


def mm_capacity_usd(mm_average_usd: Decimal, parameters: ParameterSet) -> Decimal:
    """What an MM can absorb in one entry: its average order, once for each slice allowed.

    An MM refreshes its quote after being hit; ``max_split_count`` consecutive orders is how
    often it is asked to (K11: at most 10), so capacity is their product.
    """
    return mm_average_usd * parameters.whole("max_split_count")


def _mm_protection(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    if request.mm_average_usd is None or request.appetite is not RiskAppetite.CONSERVATIVE:
        return None
    share = request.appetite.multiplier(parameters)
    capacity = mm_capacity_usd(request.mm_average_usd, parameters)
    return Room(share * capacity, f"{money(share)} of the {money(capacity)} USD the MM absorbs in one entry")


RULES: tuple[LimitRule, ...] = (
    LimitRule("kill_switch", _kill),
    LimitRule("pause", _pause),
    LimitRule("symbol_rest", _rest),
    LimitRule("daily_loss", _daily_loss),
    LimitRule("trades_per_day", _trades),
    LimitRule("open_positions", _positions),
    LimitRule("one_probe", _probe),
    LimitRule("symbol_positions", _symbol_positions),
    LimitRule("symbol_exposure", _symbol_exposure),
    LimitRule("total_exposure", _total_exposure),
    LimitRule("mm_protection", _mm_protection),
)


def limit_entry(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Limited:
    """What every limit together leaves of ``request``, with each cut as a Clamp.

    Raises:
        ValueError: The wish is not a positive amount.
    """
    if not request.usd.is_finite() or request.usd <= 0:
        raise ValueError(f"an entry must wish for a positive amount of USD, was {request.usd}")
    clamps: list[Clamp] = []
    for rule in RULES:
        clamp = rule.clamp(request, ledger, parameters)
        if clamp is not None:
            clamps.append(clamp)
            request = replace(request, usd=Decimal(clamp.after))
    return Limited(request.usd, tuple(clamps))


def limit_batch(
    requests: Iterable[EntryRequest | None], ledger: LedgerSnapshot, parameters: ParameterSet
) -> tuple[Limited | None, ...]:
    """Limit wishes one after the other; each sees the room its predecessors took.

    None stands for a signal without a wish and stays None.
    """
    results: list[Limited | None] = []
    for request in requests:
        limited = None if request is None else limit_entry(request, ledger, parameters)
        if request is not None and limited is not None and limited.usd > 0:
            ledger = ledger.with_entry(
                OpenEntry(request.decision_id, request.symbol, limited.usd, is_probe=request.is_probe)
            )
        results.append(limited)
    return tuple(results)
