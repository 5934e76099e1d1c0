"""How much to enter with: in the MM's own measure, so that the MM stays.

A slice is a share of the MM's average order (the operator's appetite), an entry as many
slices as its target needs. Sizes live on the venue's lot grid; whatever bends the wish on
the way there is a Clamp. Conservative is a promise: where the smallest order would be more
than its share of the MM's order, nothing is entered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, getcontext, localcontext, setcontext
from enum import StrEnum
from typing import NamedTuple

from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet, scoped_name
from tools.domain.trading import Clamp, SizePlan
from tools.execution.splitting import split_lots
from tools.risk.exposure import ZERO
from tools.risk.limits import RiskAppetite, amount
from tools.risk.wishes import written

_EXACT = Context(prec=60)  # units times price times rate has more than the usual 28 digits
SHARE = "symbol_size_share"


class SizingMode(StrEnum):
    """How target and slice come about.

    ADAPTIVE aims at the target and slices by the MM's average order. FIXED slices by the
    default order size instead, still held to the conservative share of the MM's order.
    DYNAMIC is adaptive with a target that grows with confidence, from the minimum at 0 to
    the full target at 1. LEARNED is adaptive with slices of what this MM was seen to bear,
    never more than the appetite allows.
    """

    ADAPTIVE = "adaptive"
    FIXED = "fixed"
    DYNAMIC = "dynamic"
    LEARNED = "learned"


class SizeRequest(NamedTuple):
    """What is to be sized.

    Attributes:
        price: Entry price, units of 1e-8.
        target_usd: Target of the whole entry; None takes the default order size.
        mm_average_usd: The MM's average order; None where no MM is known.
        confidence: Confidence in [0, 1] that dynamic sizing scales with.
        fraction: Share in [0, 1] a brain left of the size.
        ceiling_usd: What the limits left; None where they were not asked.
        tolerated: What this MM is believed to bear, against its average order; None where nobody learned.
        tolerance_reason: What that belief rests on.
    """

    instrument: Instrument
    price: int
    target_usd: Decimal | None = None
    mm_average_usd: Decimal | None = None
    confidence: float = 1.0
    mode: SizingMode = SizingMode.ADAPTIVE
    appetite: RiskAppetite = RiskAppetite.CONSERVATIVE
    fraction: Decimal = Decimal(1)
    ceiling_usd: Decimal | None = None
    tolerated: Decimal | None = None
    tolerance_reason: str = ""

    @property
    def is_protected(self) -> bool:
        """Whether nothing is entered where the smallest order is more than the MM's share."""
        return self.appetite is RiskAppetite.CONSERVATIVE or self.mode is SizingMode.LEARNED


class Wish(NamedTuple):
    """USD wished for, 0 where nothing can be entered, with what bent the wish."""

    usd: Decimal
    clamps: tuple[Clamp, ...]


@dataclass(frozen=True, slots=True)
class Sizing:
    """The plan, None where nothing can be entered, and what bent it.

    ``size_usd`` is the most one slice may have; ``plan.slices`` are what is placed.
    """

    plan: SizePlan | None
    size_usd: Decimal
    clamps: tuple[Clamp, ...]


class _Grid:
    """The lot grid at one price, in USD.

    Attributes:
        smallest: Lots of the smallest slice that both Keeper and the venue accept.

    Args:
        least: Of Keeper's smallest order, USD.
    """

    __slots__ = ("_asked", "_found", "instrument", "price", "rate", "smallest")

    def __init__(self, instrument: Instrument, price: int, rate: Decimal, least: Decimal) -> None:
        self.instrument, self.price, self.rate = instrument, price, rate
        least = max(least, instrument.min_notional * rate)
        size = instrument.size_for(least / rate, price, round_up=True)
        self.smallest = max(1, size // instrument.lot)
        self._asked: Decimal | None = None
        self._found = 0

    @property
    def least(self) -> Decimal:
        """``smallest`` in USD."""
        return self.usd(self.smallest)

    def lots(self, usd: Decimal) -> int:
        """Whole lots that ``usd`` buys; the amount asked for last is not reckoned again."""
        if usd is not self._asked:
            one = self.instrument
            self._asked, self._found = usd, one.size_for(usd / self.rate, self.price) // one.lot
        return self._found

    def usd(self, lots: int) -> Decimal:
        return self.instrument.value(lots * self.instrument.lot, self.price) * self.rate


def _grid_of(request: SizeRequest, parameters: ParameterSet) -> _Grid | None:
    """The grid of ``request``; None where no USD rate is known."""
    rate = request.instrument.quote_usd
    if rate is None or rate <= 0:
        return None
    return _Grid(request.instrument, request.price, rate, amount(parameters, "min_order_size_usd"))


def mm_average_usd(features: Mapping[str, float | None], instrument: Instrument) -> Decimal | None:
    """The MM's average order in USD, from the feature in quote; None where either is unknown."""
    average = features.get("mm_avg_order_size")
    if average is None or not math.isfinite(average) or average <= 0 or instrument.quote_usd is None:
        return None
    return Decimal(str(average)) * instrument.quote_usd


def entry_wish(request: SizeRequest, parameters: ParameterSet) -> Wish:
    """USD an entry asks of the limits: target, held to the maximum, raised to the smallest order.

    A brain's fraction and what was learned of the symbol come last, so that a raise never undoes a shrink.
    """
    with localcontext(_EXACT):
        return _wished(request, parameters, _grid_of(request, parameters))


def _wished(request: SizeRequest, parameters: ParameterSet, grid: _Grid | None) -> Wish:
    target, clamps = _target(request, parameters)
    if grid is None:
        return _refused(clamps, "quote_rate", target, f"no USD rate of {request.instrument.quote} is known")
    if grid.lots(target) < grid.smallest:
        least, most = grid.least, amount(parameters, "max_order_size_usd")
        if least > most:
            return _refused(clamps, "smallest_order", target, _too_small(least, most, request.instrument))
        reason = f"the smallest order of {request.instrument.symbol} is {_text(least)} USD"
        clamps += _bent("smallest_order", target, least, reason)
        target = least
    if request.fraction < 1:
        shrunk = target * max(ZERO, request.fraction)
        clamps += _bent("brain", target, shrunk, f"the brain left {request.fraction} of the size")
        target = shrunk
    kept = parameters.scoped(SHARE, request.instrument.symbol)
    if kept < 1:
        share = written(kept)
        shrunk = target * share
        origin = parameters.origin.get(scoped_name(SHARE, request.instrument.symbol), "general")
        reason = f"{request.instrument.symbol} is held to {share} of the usual size ({origin})"
        clamps += _bent(SHARE, target, shrunk, reason)
        target = shrunk
    return Wish(target, clamps)


def size_entry(request: SizeRequest, parameters: ParameterSet) -> Sizing:
    """Size and slice an entry; every slice on the lot grid, their sum the plan's size exactly.

    Takes microseconds. The same request gives the same plan.
    """
    before = getcontext()
    setcontext(_EXACT)  # nothing is awaited before it is put back; ``localcontext`` would copy it
    try:
        grid = _grid_of(request, parameters)
        wish = _wished(request, parameters, grid)
        if wish.usd <= 0 or grid is None:
            return Sizing(None, ZERO, wish.clamps)
        return _place(request, parameters, wish, grid)
    finally:
        setcontext(before)


def _place(request: SizeRequest, parameters: ParameterSet, wish: Wish, grid: _Grid) -> Sizing:
    allowed = wish.usd if request.ceiling_usd is None else min(wish.usd, request.ceiling_usd)
    total, smallest, clamps = grid.lots(allowed), grid.smallest, wish.clamps
    if total < smallest:
        reason = f"less than the smallest order, {_text(grid.least)} USD"
        return Sizing(None, ZERO, (*clamps, _clamp("smallest_order", allowed, ZERO, reason)))
    share = _mm_share_usd(request, parameters)
    if share is not None and request.is_protected and grid.lots(share) < smallest:
        reason = (
            f"the smallest order of {_text(grid.least)} USD is more than {_text(share)} USD, this MM's share"
        )
        return Sizing(None, ZERO, (*clamps, _clamp("mm_protection", allowed, ZERO, reason)))
    cap = _slice_cap_usd(request, parameters, share)
    largest = total if cap is None else grid.lots(cap)
    if cap is not None and largest < smallest:
        least = grid.least
        clamps += _bent("smallest_order", cap, least, f"a slice cannot be below {_text(least)} USD")
        cap, largest = least, grid.lots(least)
    split = split_lots(total, largest=largest, smallest=smallest, most=parameters.whole("max_split_count"))
    if split.left_out:
        placed = grid.usd(total - split.left_out)
        clamps += _bent("slices", allowed, placed, "the rest fits no admissible slice")
    return Sizing(_plan(request, parameters, split.slices, cap), allowed if cap is None else cap, clamps)


def _plan(
    request: SizeRequest, parameters: ParameterSet, lots: tuple[int, ...], cap: Decimal | None
) -> SizePlan:
    one = request.instrument
    slices = tuple([count * one.lot for count in lots])
    size = sum(slices)
    delay = parameters["min_split_delay_s"] if len(slices) > 1 else 0.0
    value = one.value(size, request.price)
    return SizePlan(size, slices, delay, value, _reasoning(request, len(slices), delay, cap))


def _reasoning(request: SizeRequest, count: int, delay_s: float, cap: Decimal | None) -> str:
    orders = "one order" if count == 1 else f"{count} orders, {delay_s:g} s apart"
    if request.mm_average_usd is None and request.mode is not SizingMode.FIXED:
        return f"{request.mode}: no MM average order is known, so one slice of the default; {orders}"
    known = "unknown" if request.mm_average_usd is None else f"{_text(request.mm_average_usd)} USD"
    most = "" if cap is None else f", at most {_text(cap)} USD a slice"
    learned = f" ({request.tolerance_reason})" if request.tolerance_reason else ""
    return f"{request.mode}, {request.appetite}: MM average order {known}{most}{learned}; {orders}"


def _target(request: SizeRequest, parameters: ParameterSet) -> tuple[Decimal, tuple[Clamp, ...]]:
    """Target in USD by mode, before the grid; clamps where a bound lowered it."""
    default = amount(parameters, "default_order_size_usd")
    target = default if request.target_usd is None else request.target_usd
    clamps: tuple[Clamp, ...] = ()
    if request.mode is SizingMode.DYNAMIC:
        least = min(target, amount(parameters, "min_order_size_usd"))
        target = least + (target - least) * _share(request.confidence)
    if request.mm_average_usd is None and request.mode is not SizingMode.FIXED and target > default:
        clamps += _bent("mm_unknown", target, default, "no MM average order is known: the default")
        target = default
    most = amount(parameters, "max_order_size_usd")
    if target > most:
        clamps += _bent("max_order_size", target, most, f"an entry has at most {_text(most)} USD")
        target = most
    return target, clamps


def _mm_share_usd(request: SizeRequest, parameters: ParameterSet) -> Decimal | None:
    """Share of the MM's average order that appetite and MM allow, USD; None where no MM is known."""
    if request.mm_average_usd is None:
        return None
    share = request.appetite.multiplier(parameters)
    if request.mode is SizingMode.LEARNED:
        borne = request.tolerated
        share = min(share, RiskAppetite.CONSERVATIVE.multiplier(parameters) if borne is None else borne)
    return request.mm_average_usd * share


def _slice_cap_usd(request: SizeRequest, parameters: ParameterSet, share: Decimal | None) -> Decimal | None:
    """Most USD of one slice; None where nothing is known to slice by."""
    if request.mode is not SizingMode.FIXED:
        return share
    default = amount(parameters, "default_order_size_usd")
    is_protected = share is not None and request.appetite is RiskAppetite.CONSERVATIVE
    return min(default, share) if is_protected and share is not None else default


def _share(confidence: float) -> Decimal:
    return Decimal(str(min(1.0, max(0.0, confidence)))) if math.isfinite(confidence) else ZERO


def _too_small(least: Decimal, most: Decimal, instrument: Instrument) -> str:
    return f"the smallest order of {instrument.symbol} is {_text(least)} USD, the largest entry {_text(most)}"


def _refused(clamps: tuple[Clamp, ...], limit: str, before: Decimal, reason: str) -> Wish:
    return Wish(ZERO, (*clamps, _clamp(limit, before, ZERO, reason)))


def _bent(limit: str, before: Decimal, after: Decimal, reason: str) -> tuple[Clamp, ...]:
    """The clamp, none where both amounts are the same as the record keeps them."""
    found = _clamp(limit, before, after, reason)
    return () if found.before == found.after else (found,)


def _clamp(limit: str, before: Decimal, after: Decimal, reason: str) -> Clamp:
    return Clamp(limit, _text(before), _text(after), reason)


def _text(usd: Decimal) -> str:
    return f"{usd:.8f}".rstrip("0").rstrip(".")
