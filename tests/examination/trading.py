"""What becomes of a sight: the signal, the decision by the product's rules, the fills and the outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tests.examination.world import Sight, instrument
from tools.domain import identity
from tools.domain.market import NANOS, UNITS, Side
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Action, Decision, Fill, Outcome, Result, Route, Signal, SizePlan, Vote
from tools.execution.outcomes import taken_outcome
from tools.risk.routing import rule_votes

WORLD = "venue"
COST_BPS = 6.0
ORDER_USD = Decimal(50)
PROBES = 0.05
HOLD_NS = 300 * NANOS


def signal_of(run_id: str, sight: Sight, parameters: ParameterSet) -> Signal:
    """The candidate trade on what was seen."""
    price, gain = sight.price, 12 + 6 * sight.draws[0] + parameters["take_profit_buffer_bps"]
    return Signal(
        signal_id=identity.signal_id(run_id, sight.symbol, "mm_range", sight.ts, 0),
        run_id=run_id,
        world=WORLD,
        symbol=sight.symbol,
        venue="mexc",
        source="mm_range",
        ts=sight.ts,
        ts_event=sight.ts - 3_000_000,
        side=Side.BUY,
        entry_price=price,
        take_profit=round(price * (1 + gain * 1e-4)),
        stop=round(price * (1 - parameters["stop_bps"] * 1e-4)),
        entry_timeout_ns=parameters.nanos("entry_timeout_s"),
        hold_timeout_ns=HOLD_NS,
        cost_bps=COST_BPS,
        confidence=sight.confidence,
        features=_features(sight),
        vector=_vector(sight),
    )


def _features(sight: Sight) -> dict[str, float | None]:
    mid = sight.price / UNITS
    return {
        "mid": mid,
        "spread_bps": 2 + 4 * sight.draws[1],
        "regime": float(sight.regime),
        "realised_volatility": 0.001 * (1 + sight.draws[2]),
        "aggressor_ratio_60s": sight.draws[3],
        "spoofing_score": sight.spoofing,
        "mm_detected": 1.0,
        "mm_confidence": sight.confidence,
        "mm_avg_order_size": sight.order_size,
        "mm_spread_bps": 8 + 10 * sight.draws[4],
        "mm_lower_bound": mid * (1 - 6e-4),
        "mm_upper_bound": mid * (1 + 9e-4),
        "mm_refresh_rate": 0.5 + 4 * sight.draws[5],
    }


def _vector(sight: Sight) -> tuple[float, ...]:
    raw = [2 * draw - 1 for draw in sight.draws]
    length = sum(part * part for part in raw) ** 0.5
    return tuple(part / length for part in raw)


def decision_of(signal: Signal, sight: Sight, parameters: ParameterSet) -> Decision:
    """What is concluded: the rules as the product has them, then what the components expect."""
    rules = rule_votes(signal, parameters)
    refusals = [f"{vote.component}: {vote.reason}" for vote in rules if vote.stance == "skip"]
    mean, error = sight.mean_bps, sight.error_bps
    action, route, reason = _verdict(refusals, sight)
    is_probe = action is Action.SKIP and sight.draws[6] < PROBES
    voter = {Route.RULE: "pattern", Route.ABSTAIN: "pattern"}.get(route, route.value)
    stance = {Action.ENTER: "enter", Action.SKIP: "skip", Action.ABSTAIN: "unsure"}[action]
    vote = Vote(voter, stance, 0.5 + mean / 40, mean, error, f"expects {mean:.1f} ± {error:.1f} bps")
    return Decision(
        decision_id=identity.decision_id(signal.signal_id),
        signal_id=signal.signal_id,
        run_id=signal.run_id,
        world=signal.world,
        symbol=signal.symbol,
        venue=signal.venue,
        ts=signal.ts,
        action=Action.ENTER if is_probe else action,
        route=route,
        probability=None if refusals else 0.5 + mean / 40,
        breakeven=signal.breakeven,
        expected_bps=None if refusals else mean,
        is_probe=is_probe,
        plan=_plan(signal, sight) if is_probe or action is Action.ENTER else None,
        votes=rules if refusals else (*rules, vote),
        clamps=(),
        reason=f"probe, though skip: {reason}" if is_probe else reason,
        parameters_version=parameters.version,
        model_version="m_1" if route is Route.MODEL else None,
        recalled=(),
    )


def _verdict(refusals: Sequence[str], sight: Sight) -> tuple[Action, Route, str]:
    mean, error = sight.mean_bps, sight.error_bps
    if refusals:
        return Action.SKIP, Route.RULE, "; ".join(refusals)
    told = f"expected {mean:.2f} ± {error:.2f} bps against 0.50 bps needed"
    draw = sight.draws[7]
    route = Route.PATTERN if draw < 0.74 else Route.MODEL if draw < 0.9 else Route.STRATEGY
    if mean - error > 0.5:
        return Action.ENTER, route, told
    if mean + error < 0.5:
        return Action.SKIP, route, told
    if draw < 0.15:
        action = Action.ENTER if sight.draws[8] < 0.4 else Action.SKIP
        return action, Route.LLM, f"a brain was asked and said {action.value}; {told}"
    return Action.ABSTAIN, Route.ABSTAIN, f"too close to call: {told}"


def _plan(signal: Signal, sight: Sight) -> SizePlan:
    count, where = 1 + int(3 * sight.draws[9]), instrument(signal.symbol)
    total = where.size_for(ORDER_USD, signal.entry_price)
    each = total // count // where.lot * where.lot
    slices = (*(each for _ in range(count - 1)), total - each * (count - 1))
    value = where.value(total, signal.entry_price)
    return SizePlan(total, slices, 2.0, value, f"adaptive, conservative: {count} slices")


def fills_of(decision: Decision, signal: Signal, sight: Sight) -> tuple[list[Fill], Result]:
    """The fills of a round trip, entry first, and how it ended."""
    assert decision.plan is not None
    result, leave_bps = _ending(signal, sight)
    start = signal.ts + (2 + int(18 * sight.draws[10])) * NANOS
    entries = [
        _fill(decision, "entry", number, size, signal.entry_price, start + 2 * number * NANOS)
        for number, size in enumerate(decision.plan.slices)
    ]
    held = 10 + int(270 * sight.draws[11]) if result is not Result.TIMEOUT else 300
    price = round(signal.entry_price * (1 + leave_bps * 1e-4))
    leaving = _fill(decision, "exit", 0, decision.plan.size, price, start + held * NANOS)
    return [*entries, leaving], result


def _ending(signal: Signal, sight: Sight) -> tuple[Result, float]:
    spread = sight.draws[1] - 0.5
    if sight.wins:
        return Result.TAKE_PROFIT, (signal.take_profit / signal.entry_price - 1) * 1e4
    if sight.draws[4] < 0.45:
        return Result.STOP, (signal.stop / signal.entry_price - 1) * 1e4 - abs(spread)
    if sight.draws[4] < 0.75:
        return Result.TIMEOUT, 16 * spread
    return Result.ABORT, -5 + 6 * spread


def _fill(decision: Decision, leg: str, number: int, size: int, price: int, ts: int) -> Fill:
    where, is_entry = instrument(decision.symbol), leg == "entry"
    bps = where.maker_fee_bps if is_entry else where.taker_fee_bps
    fee = where.value(size, price) * Decimal(str(bps)) / 10_000
    return Fill(
        trade_id=f"{decision.decision_id}-{leg}-{number}",
        client_order_id=identity.client_order_id(decision.decision_id, leg, number),
        decision_id=decision.decision_id,
        run_id=decision.run_id,
        world=decision.world,
        symbol=decision.symbol,
        venue=decision.venue,
        side=Side.BUY if is_entry else Side.SELL,
        price=price,
        size=size,
        fee_quote=fee.quantize(Decimal("0.00000001")),
        is_maker=is_entry,
        ts=ts,
    )


def taken(signal: Signal, decision: Decision, fills: Sequence[Fill], result: Result) -> Outcome:
    """What a round trip earned, by the product's own bookkeeping."""
    return taken_outcome(signal, decision, fills, result, fills[-1].ts, instrument(signal.symbol))


def followed(signal: Signal, decision: Decision, sight: Sight) -> Outcome:
    """What the same signal did on paper, as every signal is followed."""
    result, leave_bps = _ending(signal, sight)
    entry = signal.ts + 3 * NANOS
    leave = entry + (20 + int(200 * sight.draws[11])) * NANOS
    return Outcome(
        outcome_id=identity.outcome_id(signal.signal_id, "shadow"),
        signal_id=signal.signal_id,
        decision_id=decision.decision_id,
        run_id=signal.run_id,
        world=signal.world,
        symbol=signal.symbol,
        venue=signal.venue,
        kind="shadow",
        is_probe=decision.is_probe,
        result=result,
        ts_entry=entry,
        ts_exit=leave,
        ts_known=leave,
        entry_price=signal.entry_price,
        exit_price=round(signal.entry_price * (1 + leave_bps * 1e-4)),
        size=UNITS,
        gross_bps=leave_bps,
        net_bps=leave_bps - COST_BPS,
        net_quote=None,
        fees_quote=None,
        mfe_bps=max(leave_bps, 1.0),
        mae_bps=min(leave_bps, -1.0),
        time_to_target_ns=leave - entry if result is Result.TAKE_PROFIT else None,
        time_to_stop_ns=leave - entry if result is Result.STOP else None,
    )
