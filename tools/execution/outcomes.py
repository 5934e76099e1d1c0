"""From what happened to what is remembered: outcomes of follows and of round trips."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from tools.domain.identity import outcome_id
from tools.domain.market import Instrument, Side
from tools.domain.trading import Decision, Fill, Outcome, Result, Signal
from tools.execution import following as fo
from tools.execution.entry import Entry
from tools.execution.market import Excursion

RESULTS = {
    fo.TARGET: Result.TAKE_PROFIT,
    fo.STOPPED: Result.STOP,
    fo.TIMED_OUT: Result.TIMEOUT,
    fo.UNFILLED: Result.UNFILLED,
}


def bps(price: int, entry: int) -> float:
    """Distance of ``price`` from ``entry`` in basis points of the entry."""
    return (price / entry - 1) * 1e4


class FollowedResult(NamedTuple):
    """What a follow came to; basis points of the entry, None where its entry did not fill in time."""

    result: Result
    gross_bps: float | None
    net_bps: float | None


def followed_result(follow: np.void, instrument: Instrument) -> FollowedResult | None:
    """What came of ``follow``, one row of FOLLOW that is done; None where the book was unusable at its end.

    A target is left as maker, a stop or a timeout as taker.
    """
    code = int(follow["result"])
    if code == fo.CENSORED:
        return None
    result = RESULTS[code]
    if int(follow["ts_entry"]) == 0 or result is Result.UNFILLED:
        return FollowedResult(result, None, None)
    entry, leave = int(follow["entry"]), int(follow["exit"])
    exit_fee = instrument.maker_fee_bps if result is Result.TAKE_PROFIT else instrument.taker_fee_bps
    gross = bps(leave, entry)
    return FollowedResult(result, gross, gross - instrument.maker_fee_bps - exit_fee * leave / entry)


def shadow_outcome(
    signal: Signal, decision: Decision, follow: np.void, size: int, instrument: Instrument
) -> Outcome | None:
    """The outcome of a signal followed on paper; None where the book was unusable at its end."""
    found = followed_result(follow, instrument)
    if found is None:
        return None
    would_fill = int(follow["ts_entry"]) > 0  # at all, be it too late
    filled = found.net_bps is not None
    entry, leave = int(follow["entry"]), int(follow["exit"])
    started = int(follow["ts_entry"])
    return Outcome(
        outcome_id=outcome_id(signal.signal_id, "shadow"),
        signal_id=signal.signal_id,
        decision_id=decision.decision_id,
        run_id=signal.run_id,
        world=signal.world,
        symbol=signal.symbol,
        venue=signal.venue,
        kind="shadow",
        is_probe=decision.is_probe,
        result=_told(found.result, leave, signal, is_led=bool(follow["is_led"])),
        ts_entry=started if filled else None,
        ts_exit=int(follow["ts_exit"]) if filled else None,
        ts_known=int(follow["ts_end"]),
        entry_price=entry if filled else None,
        exit_price=leave if filled else None,
        size=size,
        gross_bps=found.gross_bps,
        net_bps=found.net_bps,
        net_quote=None,
        fees_quote=None,
        mfe_bps=bps(int(follow["highest"]), entry) if would_fill else None,
        mae_bps=bps(int(follow["lowest"]), entry) if would_fill else None,
        time_to_target_ns=int(follow["ts_target"]) - started if int(follow["ts_target"]) else None,
        time_to_stop_ns=int(follow["ts_stop"]) - started if int(follow["ts_stop"]) else None,
        time_to_fill_ns=started - signal.ts if would_fill else None,
        reach_bps=bps(int(follow["reach"]), entry) if would_fill else None,
        halt_bps=bps(int(follow["halt"]), entry) if int(follow["ts_halt"]) else None,
        final_bps=bps(int(follow["final"]), entry) if int(follow["final"]) else None,
    )


def taken_outcome(
    signal: Signal,
    decision: Decision,
    fills: Sequence[Fill],
    result: Result,
    ts: int,
    instrument: Instrument,
    excursion: Excursion | None = None,
) -> Outcome:
    """The outcome of a round trip from its fills; money is exact, basis points are of the cost.

    What would have come after the exit is nobody's to see at ``ts``: a taken trade has excursions
    while it was held, the follow of its signal has those of the whole holding time.
    """
    bought = [f for f in fills if f.side is Side.BUY]
    sold = [f for f in fills if f.side is Side.SELL]
    size = sum(f.size for f in bought)
    cost = sum((instrument.value(f.size, f.price) for f in bought), Decimal(0))
    proceeds = sum((instrument.value(f.size, f.price) for f in sold), Decimal(0))
    fees = sum((f.fee_quote for f in fills), Decimal(0))
    in_coin = sum((f.fee_quote for f in bought if f.fee_asset == instrument.base), Decimal(0))
    dust = sum(f.held_change(instrument.base) for f in fills)
    traded = bool(sold) and 0 <= dust < instrument.lot
    if traded and (dust or in_coin):
        cost -= cost * dust / size
        proceeds += in_coin  # a fee in coin lessens what can be sold; it is a fee, not a loss in price
    return Outcome(
        outcome_id=outcome_id(signal.signal_id, "taken"),
        signal_id=signal.signal_id,
        decision_id=decision.decision_id,
        run_id=signal.run_id,
        world=signal.world,
        symbol=signal.symbol,
        venue=signal.venue,
        kind="taken",
        is_probe=decision.is_probe,
        result=result,
        ts_entry=bought[0].ts if bought else None,
        ts_exit=sold[-1].ts if sold else None,
        ts_known=ts,
        entry_price=average_price(bought) if bought else None,
        exit_price=average_price(sold) if sold else None,
        size=size,
        gross_bps=float((proceeds - cost) / cost) * 1e4 if traded else None,
        net_bps=float((proceeds - cost - fees) / cost) * 1e4 if traded else None,
        net_quote=proceeds - cost - fees if traded else None,
        fees_quote=fees if traded else None,
        **_excursion_fields(excursion, bought),
        time_to_fill_ns=bought[0].ts - signal.ts if bought else None,
    )


def _excursion_fields(excursion: Excursion | None, bought: Sequence[Fill]) -> dict[str, Any]:
    if excursion is None or not bought:
        return dict.fromkeys(("mfe_bps", "mae_bps", "time_to_target_ns", "time_to_stop_ns"))
    entry, started = average_price(bought), bought[0].ts
    return {
        "mfe_bps": bps(excursion.highest, entry),
        "mae_bps": bps(excursion.lowest, entry),
        "time_to_target_ns": excursion.ts_target - started if excursion.ts_target else None,
        "time_to_stop_ns": excursion.ts_stop - started if excursion.ts_stop else None,
    }


def sold_as(result: Result, entry: Entry) -> Result:
    """What ``result`` is to be called: an offer of ``entry`` that was led may have been taken lower."""
    sold = [f for f in entry.fills if f.side is Side.SELL]
    return _told(result, average_price(sold), entry.signal, is_led=entry.is_led) if sold else result


def _told(result: Result, leave: int, signal: Signal, *, is_led: bool) -> Result:
    is_lower = is_led and result is Result.TAKE_PROFIT and leave < signal.take_profit
    return Result.OFFER_SOLD if is_lower else result


def result_at(bid: int, entry: Entry) -> Result:
    """What leaving at ``bid`` comes to."""
    if bid >= entry.signal.take_profit:
        return Result.TAKE_PROFIT
    return Result.STOP if bid <= entry.signal.stop else Result.CLOSE_OUT


def average_price(fills: Sequence[Fill]) -> int:
    """Size-weighted average price in units, rounded down."""
    size = sum(f.size for f in fills)
    return sum(f.size * f.price for f in fills) // size
