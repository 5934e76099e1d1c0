"""What came of an entry beside what the model makes of it, and the one swap that brings the record about.

The model is paper: its delay, its queue, the listed fees. From there one thing after another is taken from
the record: the orders' delays, then their fills, then the fees. The cause of a difference is the last swap
that was needed: from it on everything stays as recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from keeper_agent.parity.causes import Cause, Difference, What
from keeper_agent.parity.exchanges import Delays, ModelMarket, PacedMarket, RecordedExchange, fork
from keeper_agent.parity.playing import (
    Played,
    Stage,
    Sums,
    is_same,
    play_as_recorded,
    play_on_paper,
    result_of,
    sums_of,
)
from memory.lookup import DecisionStory
from tools.domain.errors import InvariantBroken
from tools.domain.market import Side, to_decimal
from tools.domain.trading import OrderStatus, OrderUpdate, Outcome
from tools.execution.market import SymbolMarket
from tools.execution.outcomes import taken_outcome
from tools.execution.routed import RoutedMarket

STEPS = (None, Cause.LATENCY, Cause.QUEUE, Cause.FEE)
NEVER_SENT = (  # how the order gateway begins to say that an order stayed here
    "entries are halted",
    "nobody knows what became",
    "never arrived at the venue",
    "could not be sent",
    "was decided",
    "the kill switch is set",
    "another process trades this account",
)
TAKEN = "taken"
PARTS = ("bought", "sold", TAKEN)


@dataclass(frozen=True, slots=True)
class Ladder:
    """An entry at every step from the model to the record, each played when it is asked for.

    Attributes:
        market: The symbol's senses, which stand at the decision; nothing here changes them.
        delays: Those of its run.
    """

    stage: Stage
    market: SymbolMarket
    delays: Delays

    def climb(self) -> Climb:
        """Play the model, and where it differs every step behind it."""
        modelled = _parts(self.stage, self.play(0))
        climb = Climb(self.stage, self.delays, _recorded(self.stage), [modelled])
        if climb.other:
            for step in range(1, len(STEPS)):
                try:
                    climb.made.append(_parts(self.stage, self.play(step)))
                except InvariantBroken as error:
                    climb.broken = str(error)
                    break
        return climb

    def play(self, step: int) -> Played:
        """The entry with the first ``step`` swaps made.

        Raises:
            InvariantBroken: The recorded news contradict each other so that no executor can follow them.
        """
        stage = self.stage
        instrument, parameters = stage.instrument, stage.parameters
        if step < 2:
            terms = {"has_brackets": stage.has_brackets}
            paper = (
                PacedMarket(instrument, parameters, self.delays, **terms)
                if step
                else ModelMarket(instrument, parameters, **terms)
            )
            fork(self.market, paper)
            return play_on_paper(stage, paper)
        exchange = RecordedExchange(stage.story, instrument if step == 2 else None)
        routed = RoutedMarket(instrument, parameters, exchange, has_brackets=stage.has_brackets)
        fork(self.market, routed)
        return play_as_recorded(stage, routed, exchange)


@dataclass(slots=True)
class Climb:
    """What an entry came to.

    Attributes:
        recorded: In the record, by part.
        made: At every step that was played, the model first.
        broken: Why no further step could be played; empty where all could.
    """

    stage: Stage
    delays: Delays
    recorded: Mapping[str, Sums | None]
    made: list[Mapping[str, Sums | None]]
    broken: str = ""

    @property
    def other(self) -> list[str]:
        """The parts that the model makes otherwise."""
        return [name for name in PARTS if not self.agrees(0, name)]

    def agrees(self, step: int, part: str) -> bool:
        """Whether a step makes ``part`` as recorded."""
        executions = max(1, len(self.stage.story.fills))
        return is_same(self.recorded[part], self.made[step][part], executions)

    def step(self, part: str) -> int:
        """The step from which on ``part`` stays as recorded; as many as were played where it never does."""
        step = len(self.made)
        while step and self.agrees(step - 1, part):
            step -= 1
        return step


def compare_entry(climb: Climb, *, is_intact: bool) -> Iterator[Difference]:
    """Every part of an entry that the model makes otherwise.

    Args:
        climb: The entry.
        is_intact: Whether the market data of its whole life is what the agent saw.
    """
    decision = climb.stage.story.decision
    for name in climb.other:
        cause, why = _cause(climb, name, is_intact=is_intact)
        recorded, modelled = climb.recorded[name], climb.made[0][name]
        yield Difference(
            what=What.RESULT if name == TAKEN else What.FILL,
            part=name,
            decision_id=decision.decision_id,
            symbol=decision.symbol,
            ts=decision.ts,
            recorded=recorded,
            replayed=modelled,
            cause=cause,
            why=why,
            net_quote=_net(recorded, modelled) if name == TAKEN else None,
        )


def _cause(climb: Climb, part: str, *, is_intact: bool) -> tuple[Cause, str]:
    step = climb.step(part)
    cause = STEPS[step] if step < len(climb.made) and not climb.broken else None
    if cause is not None and cause is not Cause.QUEUE:
        return cause, _told(cause, climb)
    trouble = _unreconciled(climb.stage.story) or (_misbooked(climb.stage) if part == TAKEN else "")
    if trouble:
        return Cause.RECONCILIATION, trouble
    if not is_intact:
        return Cause.DATA, "the market data kept of this time is not what the agent saw"
    if cause is not None:
        return cause, _told(cause, climb)
    return Cause.UNEXPLAINED, climb.broken or "with all of the record swapped in it still comes out otherwise"


def _told(cause: Cause, climb: Climb) -> str:
    if cause is Cause.LATENCY:
        asked = climb.stage.parameters["order_latency_ms"]
        own = [climb.delays.of[one.client_order_id] / 1e6 for one in climb.stage.story.intents
               if one.client_order_id in climb.delays.of]  # fmt: skip
        told = f"{min(own):.0f} to {max(own):.0f} ms" if own else f"{climb.delays.usual / 1e6:.0f} ms"
        return f"orders took {told}, the model {asked:.0f} ms"
    if cause is Cause.QUEUE:
        return "the orders' own fills, where the model has them wait or fill otherwise"
    instrument = climb.stage.instrument
    return f"listed are {instrument.maker_fee_bps:g} and {instrument.taker_fee_bps:g} bps"


def _unreconciled(story: DecisionStory) -> str:
    """What of its orders does not fit together; empty where all does."""
    last: dict[str, OrderUpdate] = {one.client_order_id: one for one in story.orders}
    filled: dict[str, int] = {}
    for fill in story.fills:
        filled[fill.client_order_id] = filled.get(fill.client_order_id, 0) + fill.size
    for name, update in last.items():
        told, known = to_decimal(update.filled), to_decimal(filled.get(name, 0))
        if update.is_over and told != known:
            return f"of order {name} {told:f} were filled, the fills in the record are {known:f}"
        if update.status is OrderStatus.UNKNOWN:
            return f"nobody knows what became of order {name}"
        if update.status is OrderStatus.REJECTED and update.reason.startswith(NEVER_SENT):
            return f"order {name} never reached the venue: {update.reason}"
    return ""


def _misbooked(stage: Stage) -> str:
    """How the booked result contradicts the recorded fills; empty where it does not."""
    booked, story = _taken(stage.story), stage.story
    if booked is None:
        return "the entry has no booked end"
    says = taken_outcome(
        story.signal, story.decision, story.fills, booked.result, booked.ts_known, stage.instrument
    )
    if is_same(result_of(booked), result_of(says), max(1, len(story.fills))):
        return ""
    return f"booked is a result of {booked.net_quote}, the fills make {says.net_quote}"


def _recorded(stage: Stage) -> dict[str, Sums | None]:
    fills = stage.story.fills
    return {
        "bought": sums_of(fills, Side.BUY, stage.instrument),
        "sold": sums_of(fills, Side.SELL, stage.instrument),
        TAKEN: result_of(_taken(stage.story)),
    }


def _parts(stage: Stage, played: Played) -> dict[str, Sums | None]:
    return {
        "bought": sums_of(played.fills, Side.BUY, stage.instrument),
        "sold": sums_of(played.fills, Side.SELL, stage.instrument),
        TAKEN: result_of(played.outcome),
    }


def _taken(story: DecisionStory) -> Outcome | None:
    return next((one for one in story.outcomes if one.kind == "taken"), None)


def _net(recorded: Sums | None, replayed: Sums | None) -> Decimal | None:
    """Recorded less replayed; what was never filled earned nothing."""
    ours, theirs = (
        None if one is None else one["net"] if one["net"] is not None or one["size"] else Decimal(0)
        for one in (recorded, replayed)
    )
    return None if ours is None or theirs is None else ours - theirs
