"""``keeper run``: the agent, in paper mode over recorded tapes, through the live loop."""

from __future__ import annotations

import signal as signals
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.markup import escape

from keeper_agent.app import Keeper, current_model
from keeper_agent.brains import open_brain, require_brain, told_of_brain
from keeper_agent.commands.layers import layers_as_data
from keeper_agent.commands.reflect import reflect_day
from keeper_agent.console import COMPILING, ERR, OUT, own_words, print_json, telling_why
from keeper_agent.dashboard.wanted import serving_if_wanted
from keeper_agent.latency import Meter
from keeper_agent.logs import open_log
from keeper_agent.reflecting import timetable_of
from keeper_agent.reporting import Reporter
from keeper_agent.settings import Settings
from keeper_agent.views.live import LiveView
from keeper_agent.views.summary import summary_table
from memory.account import plays_of, present
from memory.lock import HomeLock
from memory.patterns import PatternLibrary
from memory.store import Store
from scheduler.live import Stop, place_in_time, play
from scheduler.run import RunIdentity, Tally
from scheduler.summary import results, silence_of
from scheduler.timetable import Timetable
from tools.domain.clock import Clock, SystemClock, SystemStopwatch, iso
from tools.domain.identity import fresh_run_id
from tools.domain.market import NANOS, Instrument
from tools.domain.trading import World
from tools.execution.warmup import warm_kernels
from tools.market.instruments import instrument_for
from tools.market.tapes import TapeFiles, find_tapes
from tools.market.tardis import Recording, read_recording

FLUSH_S = 5.0  # wall seconds between two writes of what is queued


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording ready to be played."""

    files: TapeFiles
    instrument: Instrument
    recording: Recording

    @property
    def span_ns(self) -> int:
        """From the first to the last event."""
        stamps = self.recording.events["ts_init"]
        return int(stamps[-1] - stamps[0])


def run_agent(settings: Settings, *, as_json: bool) -> None:
    """Play every tape of the folder, decide, trade on paper, remember, reflect, and sum up."""
    require_brain(settings)
    console = ERR if as_json else OUT
    console.print(f"[bold]Keeper[/] paper mode, home {escape(str(settings.keeper_home))}", soft_wrap=True)
    tapes = load_tapes(settings)
    with telling_why(COMPILING):
        warm_kernels()
    with (
        HomeLock.acquire(settings.keeper_home, "keeper run") as lock,
        Store.open(settings.keeper_home) as store,
        ExitStack() as resources,
    ):
        session = Session(settings, store, lock, tapes, SystemClock(), console, resources)
        summary = session.play_all()
    if as_json:
        print_json(summary)
    else:
        show_end(summary)


def load_tapes(settings: Settings) -> list[Tape]:
    """Read every recording of the tape folder."""
    loaded = []
    for files in find_tapes(settings.keeper_tapes):
        instrument = instrument_for(files.venue, files.symbol, quote_usd=settings.quote_usd)
        loaded.append(Tape(files, instrument, read_recording(files.trades, files.book, instrument)))
    return loaded


class Session:
    """One run of the agent over ``tapes``, played one after the other."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        lock: HomeLock,
        tapes: Sequence[Tape],
        clock: Clock,
        console: Any,
        resources: ExitStack,
    ) -> None:
        self._settings = settings
        self._store = store
        self._lock = lock
        self._tapes = tapes
        self._clock = clock
        self._console = console
        self._log = open_log(settings.keeper_home, settings.keeper_log_level)
        self._stop = Stop()
        self._start = present(store, clock.now())
        identity = RunIdentity(fresh_run_id(self._start), World.RECORDED, settings.keeper_seed)
        model = current_model(settings)
        instruments = {tape.instrument.symbol: tape.instrument for tape in tapes}
        tally = Tally()
        self._view = LiveView(console, tally, model.version if model else None)
        brain = resources.enter_context(open_brain(settings, store, identity, clock, SystemStopwatch()))
        meter = Meter(SystemStopwatch())
        self._keeper = Keeper(
            settings,
            store,
            identity,
            instruments,
            self._view,
            model,
            self._start,
            tally,
            brain=brain,
            meter=meter,
            is_moved=True,
        )
        self._reporter = Reporter(settings, self._keeper, clock, "tapes on paper")
        self._flushed = clock.now()
        self._silences: list[str] = []

    def play_all(self) -> dict[str, Any]:
        """Play, then reflect; returns the summary."""
        keeper, view = self._keeper, self._view
        hashes = " ".join(t.recording.book_sha256 for t in self._tapes)
        before = plays_of(self._store, hashes)
        self._greet(before)
        began = self._clock.now()
        keeper.begin("run", {"speed": self._settings.keeper_speed}, hashes, self._start)
        self._log.info("run began", run_id=keeper.identity.run_id, tapes=len(self._tapes))
        ts = self._start
        with (
            stopping(self._stop),
            serving_if_wanted(self._settings, self._console) as new_link,
            view,
            self._timetable(),
            self._reporter.serving(new_link),
        ):
            for tape in self._tapes:
                if self._stop.requested:
                    break
                ts = self._play(tape, ts) + NANOS
        keeper.end(ts)
        wall = (self._clock.now() - began) / NANOS
        self._log.info("run ended", run_id=keeper.identity.run_id, decisions=keeper.tally.decisions)
        with PatternLibrary(self._lock, self._store) as library:
            library.sync()
        summary = self._summary(ts, wall, before)
        self._reporter.finish()
        return summary

    def _timetable(self) -> Timetable:
        """The daily and weekly reflections, done while the tapes play."""
        return timetable_of(
            self._store,
            self._settings,
            self._keeper.parameters,
            self._keeper.identity.world.value,
            self._clock,
            lambda text: self._console.print(text, style="yellow", markup=False),
        )

    def _greet(self, plays: int) -> None:
        known = len(self._keeper.recall)
        if known:
            self._console.print(f"I remember {known} followed signals from earlier runs.")
        else:
            self._console.print("My memory is empty: probes will give me something to learn from.")
        most = Decimal(str(self._settings.max_order_size_usd))
        for item in sorted({t.instrument.symbol: t.instrument for t in self._tapes}.values(), key=str):
            least = item.min_notional * (item.quote_usd or 0)
            if least > most:
                self._console.print(
                    f"[yellow]note:[/] {item.symbol} takes no order below {least} USD and "
                    f"MAX_ORDER_SIZE_USD is {most}: nothing can be entered there.",
                    soft_wrap=True,
                )
        if plays:
            self._console.print(
                f"[yellow]These very tapes were played {plays} time(s) before: what I remember of them makes "
                "this run's result no evidence of skill.[/]",
                soft_wrap=True,
            )

    def _play(self, tape: Tape, start: int) -> int:
        cycle = self._keeper.cycle(tape.instrument)
        events = place_in_time(tape.recording.events, start)
        view, speed = self._view, self._settings.keeper_speed
        recorded = iso(tape.files.start)[:16]
        minutes = tape.span_ns / NANOS / 60
        title = f"{tape.files.venue} {tape.files.symbol} of {recorded}, {minutes:.0f} min at {speed:g}x"
        view.begin_tape(title, tape.instrument.quote)

        def each_frame(share: float) -> None:
            ts = cycle.market.ts
            view.frame(ts, share, cycle.market.status, cycle.market.features(ts))
            self._reporter.publish(ts, {tape.instrument.symbol: cycle})
            self._flush_sometimes()

        ended = play(cycle, events, speed=speed, clock=self._clock, stop=self._stop, each_frame=each_frame)
        silence = silence_of(cycle.market, self._keeper.tally.decisions)
        if silence:
            self._silences.append(f"{tape.files.symbol}: {silence}")
            self._console.print(f"[yellow]note:[/] {escape(self._silences[-1])}", soft_wrap=True)
        return ended

    def _flush_sometimes(self) -> None:
        now = self._clock.now()
        if now - self._flushed > FLUSH_S * NANOS:
            self._store.flush()
            self._flushed = now

    def _summary(self, ts: int, wall: float, before: int) -> dict[str, Any]:
        keeper = self._keeper
        return {
            "run_id": keeper.identity.run_id,
            "home": str(self._settings.keeper_home),
            "tapes": [f"{t.files.venue} {t.files.symbol}" for t in self._tapes],
            "quote": "/".join(sorted({t.instrument.quote for t in self._tapes})),
            "played_before": before,
            "stopped_early": self._stop.requested,
            "session_s": wall,
            **results(keeper.tally, keeper.identity.seed),
            "silences": self._silences,
            "patterns_remembered": len(keeper.recall),
            "brain": told_of_brain(self._settings, self._store, keeper.identity.run_id),
            "report": self._reflect(ts),
            "layers": layers_as_data(keeper.layers(ts)),
            "questions": suggested_questions(self._view.worth_asking, self._tapes),
        }

    def _reflect(self, ts: int) -> str | None:
        """The path of the report on the run's last day; None where nothing was decided."""
        keeper = self._keeper
        if keeper.tally.decisions == 0:
            return None
        found = reflect_day(
            self._store,
            self._settings,
            run_id=keeper.identity.run_id,
            ts=ts,
            parameters=keeper.parameters,
        )
        self._store.flush()
        return str(found.report_path)


@contextmanager
def stopping(stop: Stop) -> Iterator[None]:
    """Within, Ctrl-C and SIGTERM ask for an orderly stop; a second one interrupts."""

    def request(number: int, frame: object) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.requested = True

    kept = {number: signals.signal(number, request) for number in (signals.SIGINT, signals.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signals.signal(number, handler)


def suggested_questions(decision: str | None, tapes: Sequence[Tape]) -> list[str]:
    """Two questions that the record of this run can answer."""
    if decision is None:
        return ["how many decisions did you make today?", "what did you learn?"]
    return [
        f"why did you decide {decision}?",
        f"how many {tapes[-1].files.symbol} signals did you skip today?",
    ]


def show_end(summary: dict[str, Any]) -> None:
    """The summary, the report and what to ask next."""
    OUT.print()
    OUT.print(summary_table(f"Run {summary['run_id']} ({summary.get('world', 'paper')})", summary))
    if summary["report"]:
        OUT.print(f"report   {escape(summary['report'])}", soft_wrap=True)
    OUT.print("[dim]ask me, for example:[/]")
    for question in summary["questions"]:
        command = own_words(f'ask "{question}"', Path(summary["home"]))
        OUT.print(f"  {escape(command)}", soft_wrap=True)
    OUT.print("[dim]look at it in a browser:[/]")
    OUT.print(f"  {escape(own_words('serve', Path(summary['home'])))}", soft_wrap=True)
