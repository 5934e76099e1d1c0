"""One made-up entry on one coin: it waits for a market maker, is carried out, and is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tools.domain.errors import InvariantBroken
from tools.domain.identity import decision_id, signal_id
from tools.domain.market import NANOS, UNITS, Instrument, Side
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.reaction import Reaction
from tools.domain.trading import Action, Decision, Fill, Intent, OrderUpdate, Outcome, Route, Signal, SizePlan
from tools.execution.entry import Entry
from tools.execution.executor import NEVER, Executor
from tools.execution.reacting import ReactionWatch
from tools.execution.routed import RoutedMarket
from tools.execution.schedules.at_once import AtOnce
from tools.execution.schedules.choosing import VOLATILITY_BPS, Algorithm, Around, Scheduler, made
from tools.execution.schedules.schedule import Parent, Schedule
from tools.execution.stream import NOTICED
from tools.market.events import Events
from tools.risk.ledger import Reservation, RiskLedger
from tools.risk.limits import EntryRequest

CAP_BPS = 100.0  # beyond the ask at the beginning: as good as none, and the same for all
MOST_ORDERS = 1_000  # how many are needed is what is measured
SPACING_NS = NANOS  # K11: orders are a second apart


class Arm(StrEnum):
    """Who carries an entry out; ABSENT nobody, AT_ONCE one market order."""

    ABSENT = "absent"
    AT_ONCE = "at_once"
    TWAP = "twap"
    VWAP = "vwap"
    POV = "pov"
    ALMGREN_CHRISS = "almgren_chriss"
    SMART = "smart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How entries are made.

    Attributes:
        ratio: Size against the market maker's average order.
        share: Of that order one slice may be.
        horizon_s: How long an entry may take.
        listen_s: For how long the market is heard before one may begin.
        wait_s: How much longer a market maker is waited for.
    """

    ratio: float = 5.0
    share: float = 0.8
    horizon_s: float = 120.0
    listen_s: float = 60.0
    wait_s: float = 60.0
    seed: int = 0
    parameters: ParameterSet = field(
        default_factory=lambda: default_parameters(
            {"max_symbol_exposure_usd": 1e9, "max_total_exposure_usd": 1e9, "exit_lead_s": 0}
        )
    )

    @property
    def longest_s(self) -> float:
        """From sitting down to the end of the last entry."""
        return self.listen_s + self.wait_s + self.horizon_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What an entry cost, basis points of its value at the arrival mid.

    Attributes:
        ts: When it began, ns.
        shortfall_bps: Paid beyond the arrival mid; what was not bought is charged at the ask of the end.
        fee_bps: Fees on top of it.
        filled: Share of it that was bought.
        made: Share of what was bought that rested.
        orders: How many were sent.
        half_spread_bps: At the beginning.
        reactions: How the market maker took the fills.
    """

    ts: int
    shortfall_bps: float
    fee_bps: float
    filled: float
    made: float
    orders: int
    half_spread_bps: float
    reactions: tuple[Reaction, ...]


@dataclass(frozen=True)
class _Chosen(Scheduler):
    """Gives the schedule it was told to."""

    given: Schedule | None = None

    def schedule(
        self, decision: Decision, signal: Signal, parameters: ParameterSet, instrument: Instrument
    ) -> Schedule:
        """The one that was given."""
        if self.given is None:
            raise InvariantBroken("an entry was opened before its schedule was made")
        return self.given


class _Buyer(Executor):
    """The product's executor; an entry is over once it is complete, and no departure ends it."""

    def begin(self, decision: Decision, signal: Signal, parameters: ParameterSet, given: Schedule) -> Entry:
        """Open an entry and carry it on to its end, whoever leaves."""
        self._scheduler = _Chosen(given=given)
        self.open(decision, signal, parameters)
        if self.entry is None:
            raise InvariantBroken(f"the entry {decision.decision_id} was over before it began")
        self.entry.next_check = NEVER
        self._market.watch_maker(is_watched=False)
        return self.entry

    def _hold_or_finish(self, entry: Entry, ts: int) -> None:
        self.entry = None


class ParentCycle:
    """Stands where a decision cycle does: events in, one entry out.

    Attributes:
        arm: Who carries the entry out; it may be changed until that begins.
        parent: The entry; None until it has begun.
        intents, fills: What was done for it.
        arrival_mid, last_ask: Price units, at its beginning and at its end.

    Args:
        market: Senses and exchange of the coin.
        impact: Own fills of other worlds.
        seated: When listening began, ns.
    """

    def __init__(
        self, market: RoutedMarket, arm: Arm, terms: Terms, impact: tuple[Reaction, ...], seated: int
    ) -> None:
        self.market = market
        self.arm = arm
        self._terms, self._impact = terms, impact
        self._earliest = seated + round(terms.listen_s * NANOS)
        self._latest = self._earliest + round(terms.wait_s * NANOS)
        self._ledger = RiskLedger()
        self._reactions: list[Reaction] = []
        refreshes = terms.parameters["reaction_refreshes"]
        self._watch = ReactionWatch(market.instrument, market, refreshes, self._reactions.append)
        self.executor = _Buyer(market, self, self._ledger, self._ignore)
        self.parent: Parent | None = None
        self.arrival_mid = 0.0
        self._half_spread = 0.0
        self.last_ask = 0
        self.fills: list[Fill] = []
        self.intents: list[Intent] = []

    # what the seat uses

    def run(self, events: Events, until_ts: int) -> None:
        """Take all of ``events``, then let time pass up to ``until_ts``, ns."""
        index = 0
        while True:
            wake = self.next_wake(until_ts)
            index, reasons = self.market.advance(events, index, min(wake, until_ts))
            if reasons & NOTICED:
                self.executor.on_news(self.market.ts)
            elif index >= len(events) and wake > until_ts:
                break
            elif wake <= until_ts and (index >= len(events) or int(events["ts_init"][index]) > wake):
                self._watch.look(wake)
                if self.executor.next_wake() <= wake:
                    self.executor.on_timer(wake)
        self._look(until_ts)

    def next_wake(self, now: int) -> int:
        """When to run again even if nothing happens, ns."""
        return min(self.executor.next_wake(), self._watch.next_look)

    def hear(self, ts: int) -> None:
        """The venue has said something of this coin's orders."""
        self.executor.on_news(ts)

    def wind_down(self, ts: int) -> None:
        """The session is over: nothing is sold, the entry is what is counted."""

    # the log of the executor

    def record_intent(self, intent: Intent) -> None:
        """Keep an order."""
        self.intents.append(intent)
        self._watch.sent(intent)

    def record_fill(self, fill: Fill) -> None:
        """Keep a fill."""
        self.fills.append(fill)
        self._watch.filled(fill)

    def record_order(self, update: OrderUpdate) -> None:
        """What became of an order shows in its fills."""

    def _ignore(self, outcome: Outcome, signal: Signal) -> None:
        """There is no round trip."""

    # the entry

    def _look(self, ts: int) -> None:
        if self.parent is None:
            if self._earliest <= ts <= self._latest:
                self._begin(ts)
        elif ts <= self.parent.end + NANOS:
            self.last_ask = int(self.market.senses["book"]["best_ask"][0]) or self.last_ask

    def _begin(self, ts: int) -> None:
        """Make the entry up as soon as a market maker is surely there."""
        seen = self.market.features(ts)
        average, mid = seen["mm_avg_order_size"], seen["mid"]
        sure = (seen["mm_confidence"] or 0.0) >= self._terms.parameters["mm_min_confidence"]
        if not (sure and average and mid and seen["mm_departed"] == 0.0 and self.market.status == "sound"):
            return
        self.parent = parent = self._made_up(ts, average / mid)
        if parent is None:
            return
        book = self.market.senses["book"][0]
        self.arrival_mid = (int(book["best_bid"]) + int(book["best_ask"])) / 2
        self._half_spread = (int(book["best_ask"]) / self.arrival_mid - 1) * 1e4
        self.last_ask = int(book["best_ask"])
        if self.arm is not Arm.ABSENT:
            self._open(parent, seen, ts)

    def _made_up(self, ts: int, average: float) -> Parent | None:
        """The parent; None where slices of the maker's share are smaller than the venue takes."""
        one, terms = self.market.instrument, self._terms
        ask = int(self.market.senses["book"]["best_ask"][0])
        largest = round(average * UNITS * terms.share) // one.lot * one.lot
        smallest = max(one.lot, one.size_for(one.min_notional * Decimal("1.01"), ask, round_up=True))
        size = round(average * UNITS * terms.ratio) // one.lot * one.lot
        if largest < smallest or size < smallest:
            return None
        cap = round(ask * (1 + CAP_BPS * 1e-4)) // one.tick * one.tick
        return Parent(
            size=size, lot=one.lot, largest=largest, smallest=smallest, start=ts,
            end=ts + round(terms.horizon_s * NANOS), cap=cap, takes=True, spacing_ns=SPACING_NS,
            most_orders=MOST_ORDERS,
        )  # fmt: skip

    def _open(self, parent: Parent, seen: dict[str, float | None], ts: int) -> None:
        signal = self._signal(parent, seen, ts)
        decision = self._decision(signal, parent)
        usd = self.market.instrument.value(parent.size, parent.cap)
        request = EntryRequest(decision.decision_id, signal.symbol, usd, ts)
        if not isinstance(self._ledger.reserve(request, self._terms.parameters), Reservation):
            raise InvariantBroken(f"no room for an entry of {usd} quote")
        minute = seen.get("realised_volatility")
        around = Around(
            volatility_bps=VOLATILITY_BPS if not minute else minute * 1e4 / 60**0.5,
            pov_share=self._terms.parameters["pov_share"],
            risk_aversion=self._terms.parameters["risk_aversion"],
            reactions=self._impact,
        )
        self.executor.begin(decision, signal, self._terms.parameters, self.schedule(parent, around))

    def schedule(self, parent: Parent, around: Around) -> Schedule:
        """What carries ``parent`` out."""
        return AtOnce(parent) if self.arm is Arm.AT_ONCE else made(Algorithm(self.arm.value), parent, around)

    def _signal(self, parent: Parent, seen: dict[str, float | None], ts: int) -> Signal:
        one, run = self.market.instrument, f"run_{self._terms.seed}"
        return Signal(
            signal_id=signal_id(run, one.symbol, "parent", ts, 1),
            run_id=run,
            world="venue",
            symbol=one.symbol,
            venue=one.venue,
            source="parent",
            ts=ts,
            ts_event=self.market.ts_event,
            side=Side.BUY,
            entry_price=parent.cap,
            take_profit=2 * parent.cap,
            stop=one.tick,
            entry_timeout_ns=parent.end - ts + NANOS,
            hold_timeout_ns=NEVER // 2,
            cost_bps=0.0,
            confidence=seen["mm_confidence"] or 0.0,
            features=seen,
            vector=(),
        )

    def _decision(self, signal: Signal, parent: Parent) -> Decision:
        value = self.market.instrument.value(parent.size, parent.cap)
        return Decision(
            decision_id=decision_id(signal.signal_id),
            signal_id=signal.signal_id,
            run_id=signal.run_id,
            world=signal.world,
            symbol=signal.symbol,
            venue=signal.venue,
            ts=signal.ts,
            action=Action.ENTER,
            route=Route.RULE,
            probability=None,
            breakeven=0.0,
            expected_bps=None,
            is_probe=False,
            plan=SizePlan(parent.size, (parent.size,), 0.0, value, "made up"),
            votes=(),
            clamps=(),
            reason="made up",
            parameters_version=0,
            model_version=None,
            recalled=(),
        )

    def carried(self) -> Carried | None:
        """What the entry cost; None where there was none."""
        parent, mid = self.parent, self.arrival_mid
        if parent is None:
            return None
        bought = sum(fill.size for fill in self.fills)
        paid = sum(fill.size * (fill.price / mid - 1) for fill in self.fills)
        rest = (parent.size - bought) * (self.last_ask / mid - 1)
        fees = sum(float(fill.fee_quote) for fill in self.fills)
        value = float(self.market.instrument.value(parent.size, round(mid)))
        return Carried(
            ts=parent.start,
            shortfall_bps=(paid + rest) / parent.size * 1e4,
            fee_bps=fees / value * 1e4,
            filled=bought / parent.size,
            made=sum(fill.size for fill in self.fills if fill.is_maker) / bought if bought else 0.0,
            orders=len(self.intents),
            half_spread_bps=self._half_spread,
            reactions=tuple(self._reactions),
        )
