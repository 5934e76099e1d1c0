"""One session being held: Keeper wired to a world that runs in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from graphs.decision import DecisionGraph
from graphs.plain import PlainDecisions
from keeper_agent.app import Keeper, current_model
from keeper_agent.brains import BrainParts
from keeper_agent.lab.account import LaboratoryAccount
from keeper_agent.lab.asks import AskRecord
from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.exploring import InsideMarket, Venture
from keeper_agent.lab.mids import MidRecord
from keeper_agent.lab.seat import PERIOD_NS, Place, Seat
from keeper_agent.lab.session import Witness, coin_share
from keeper_agent.settings import Settings
from memory.store import Store
from scheduler.run import RunIdentity
from tools.domain.market import Instrument, to_units
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.trading import Decision, Signal
from tools.execution.news import NewsDesk
from tools.execution.routed import RoutedMarket
from tools.market.instruments import instrument_for
from tools.models.scoring import Ranked, SignalScorer, TakeAll
from venue.rolling import RollingView
from venue.sim import Simulation
from venue.symbols import BTC, Symbol

PPM_A_BPS = 100
WIND_DOWN_S = 20.0  # as a session at a venue has it
STEP_S = 1.0
Progress = Callable[[float], None]


def advance(sim: Simulation, seconds: float, each: Progress | None) -> None:
    """Let the world go on; ``each`` hears of every second done."""
    end = sim.now + round(seconds * 1e9)
    done = 0.0
    while sim.now < end:
        sim.run_until(min(end, sim.now + round(STEP_S * 1e9)))
        done += STEP_S
        if each is not None:
            each(min(done, seconds))


def listed(symbol: Symbol, conditions: LabSettings) -> Instrument:
    """What a session at the venue would be told of a market: grid, least order, our fees."""
    rules = symbol.rules()
    return replace(
        instrument_for("binance", symbol.name),
        tick=to_units(symbol.tick),
        lot=to_units(symbol.lot),
        min_notional=rules.min_notional,
        maker_fee_bps=conditions.maker_bps,
        taker_fee_bps=conditions.taker_bps,
    )


def scorer(conditions: LabSettings, settings: Settings) -> SignalScorer | None:
    """What scores signals under ``conditions``; None where nothing was ever promoted.

    Raises:
        ModelUnusable: There is a model and it cannot be trusted.
    """
    if conditions.takes_all:
        return TakeAll(doubt_bps=conditions.doubt_bps)
    model = current_model(settings)
    if model is None or conditions.takes_above_bps is None:
        return model
    return Ranked(
        model, conditions.takes_above_bps, default_parameters(conditions.overrides())["min_edge_bps"]
    )


class Sitting:
    """Keeper in ``sim``, with the memory in ``store``.

    A ``brain`` is asked at once and heard when it answers in the world's time.

    Attributes:
        keeper: The product's parts, wired as always.
        witness: What it did.
        asks: What buying at the touch would have cost meanwhile.
        mids: Where its markets were.
        seated_ns: When it sat down.
    """

    def __init__(
        self,
        sim: Simulation,
        conditions: LabSettings,
        settings: Settings,
        store: Store,
        identity: RunIdentity,
        brain: BrainParts | None = None,
    ) -> None:
        self._sim = sim
        self._venture = conditions.venture
        self.seated_ns = sim.now
        traded = [pit for pit in sim.pits if pit.symbol is not BTC]
        instruments = {pit.symbol.name: listed(pit.symbol, conditions) for pit in traded}
        account = LaboratoryAccount(
            sim,
            self._admit(conditions),
            instruments,
            latency=conditions.latency,
            seed=identity.seed,
            on_news=lambda: self._seat.hear(),
        )
        self._desk = NewsDesk(account)
        self.witness = Witness()
        self.asks = AskRecord(sim, traded)
        self.mids = MidRecord(sim, traded)
        self.keeper = Keeper(
            settings,
            store,
            identity,
            instruments,
            self.witness,
            scorer(conditions, settings),
            sim.now,
            market=self._market,
            decider=PlainDecisions if conditions.is_plain else DecisionGraph,
            brain=brain,
        )
        self.witness.ask(self._coin)
        places = {
            pit.symbol.name: Place(
                RollingView(pit, PERIOD_NS), self.keeper.cycle(instruments[pit.symbol.name])
            )
            for pit in traded
        }
        self._seat = Seat(sim, self._desk, places)

    def hold(self, seconds: float, each: Progress | None) -> tuple[str, ...]:
        """Trade for so long, then wind down; the symbols that stayed open."""
        keeper, sim = self.keeper, self._sim
        keeper.begin("lab", {}, "", sim.now)
        self.asks.begin()
        self.mids.begin()
        self._seat.sit_down(keeper.parameters.snapshot(sim.now).nanos("tape_window_s"))
        advance(sim, seconds, each)
        self._seat.rise()
        patience = sim.now + round(WIND_DOWN_S * 1e9)
        while self._seat.busy and sim.now < patience:
            sim.run(0.1)
        sim.run_until(patience)  # so that every session of a world is as long as every other
        keeper.end(sim.now)
        return self._seat.busy

    def _admit(self, conditions: LabSettings) -> int:
        sim = self._sim
        account = sim.admit(
            "keeper",
            maker_ppm=round(conditions.maker_bps * PPM_A_BPS),
            taker_ppm=round(conditions.taker_bps * PPM_A_BPS),
        )
        units = sim.exchange.assets.units("USDT", conditions.quote)
        sim.wire.tell(sim.exchange.deposit(account, "USDT", units, ts=sim.now))
        return account

    def _coin(self, decision: Decision, signal: Signal) -> float:
        keeper, ts = self.keeper, decision.ts
        parameters = keeper.parameters.snapshot(ts)
        if not parameters["probe_share"]:
            return 0.0
        return coin_share(decision, signal, parameters, keeper.ledger.snapshot(ts))

    def _market(self, instrument: Instrument, parameters: ParameterSet) -> RoutedMarket:
        exchange = self._desk.exchange(instrument.symbol)
        if self._venture is Venture.INSIDE:
            return InsideMarket(instrument, parameters, exchange)
        return RoutedMarket(instrument, parameters, exchange, has_brackets=True)
