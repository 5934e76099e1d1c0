"""A UTC day at a venue, run by run and symbol by symbol, played again and compared with its record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from graphs.plain import PlainDecisions
from keeper_agent.parity.causes import Difference, What
from keeper_agent.parity.covering import Coverage
from keeper_agent.parity.deciding import compare_decision, compare_follow, only_here, sensed_otherwise
from keeper_agent.parity.entries import Climb, Ladder, compare_entry
from keeper_agent.parity.exchanges import Delays, recorded_delays
from keeper_agent.parity.playing import Stage
from keeper_agent.parity.walking import Walk
from keeper_agent.retaking import retake_sealed, sealed_parameters
from keeper_agent.settings import Settings
from memory.bundles import Bundle, read_bundle
from memory.codec import from_plain
from memory.days import RunOfDay, last_decision, runs_of_day, stories_of
from memory.lookup import DecisionStory
from memory.parameters import ParameterStore
from memory.store import Store
from tools.domain.clock import day_bounds
from tools.domain.errors import NotEnoughData, NotInRecord
from tools.domain.market import Instrument
from tools.domain.trading import Action, World
from tools.execution.entry import BRACKET
from tools.execution.schedules.choosing import Algorithm, Scheduler
from tools.execution.seen import MarketSlice
from tools.market.seen import require_seen, seen_events, seen_folder, wound_down

WORLDS = (World.VENUE.value, World.LIVE.value)
EVER = 1 << 62


@dataclass(slots=True, kw_only=True)
class RunParity:
    """A run of the day.

    Attributes:
        missing: Of symbols that could not be played again, why.
        compared: How many of each kind were compared.
        delay_ns: Of its orders, median, and what the model takes; 0 where it sent none.
    """

    run_id: str
    world: str
    code_version: str
    missing: dict[str, str] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    delay_ns: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class DayParity:
    """A day."""

    date: str
    runs: tuple[RunParity, ...]

    @property
    def differences(self) -> list[Difference]:
        """All of them, in order of time."""
        return sorted((one for run in self.runs for one in run.differences), key=lambda one: one.ts)

    @property
    def compared(self) -> Counter[str]:
        """How many decisions, fills and results were compared."""
        return sum((run.compared for run in self.runs), Counter())


def parity_of_day(
    store: Store,
    settings: Settings,
    date: str,
    begin: Callable[[int], None] = lambda total: None,
    each: Callable[[], None] = lambda: None,
) -> DayParity:
    """Play the venue and live runs of ``date`` (``YYYY-MM-DD``, UTC) again.

    Args:
        store: The memory, read only.
        date: The day.
        settings: Whose home keeps the market data; and the execution algorithm.
        begin: Told how many decisions there are.
        each: Called after each of them.

    Raises:
        NotInRecord: Nothing was decided at a venue on that day.
        NotEnoughData: Of none of its runs market data is kept.
        BadInput: Market data is damaged.
    """
    start, end = day_bounds(date)
    runs = runs_of_day(store, start, end, WORLDS)
    if not runs:
        raise NotInRecord(f"nothing was decided at a venue or live on {date}")
    told = {run.run_id: stories_of(store, run.run_id, start, end) for run in runs}
    begin(sum(map(len, told.values())))
    played = tuple(_DayOfRun(store, settings, run, told[run.run_id], (start, end)).play(each) for run in runs)
    if not any(run.compared for run in played):
        why = next(iter(played[0].missing.values()))
        raise NotEnoughData(f"{date} cannot be played again: {why}; KEEPER_MARKET_GB above 0 keeps it")
    return DayParity(date, played)


class _DayOfRun:
    """What one run did on a day."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        run: RunOfDay,
        stories: Sequence[DecisionStory],
        day: tuple[int, int],
    ) -> None:
        self._store, self._settings, self._stories = store, settings, tuple(stories)
        self._folder = seen_folder(settings.keeper_home, run.run_id)
        self._day = day
        overrides = run.config.get("parameters", settings.parameter_overrides())
        self._parameters = ParameterStore(store, overrides)
        self._closes = wound_down(self._folder) or run.ts_ended
        self._decides_until = self._closes or last_decision(store, run.run_id)
        placed = any(one.leg == BRACKET for story in self._stories for one in story.intents)
        self._has_brackets = bool(run.config.get("has_brackets", placed))
        self._scheduler = Scheduler(Algorithm(settings.execution_algorithm))
        self._unsure: set[str] = set()  # decisions at which the senses were not as recorded
        self.found = RunParity(run_id=run.run_id, world=run.world, code_version=run.code_version)

    def play(self, each: Callable[[], None]) -> RunParity:
        """Play every symbol of it."""
        modelled = int(self._parameters.snapshot(self._day[0])["order_latency_ms"] * 1e6)
        delays = recorded_delays(self._stories, modelled)
        if delays.of:
            self.found.delay_ns = (round(median(delays.of.values())), modelled)
        for symbol in sorted({one.decision.symbol for one in self._stories}):
            mine = [one for one in self._stories if one.decision.symbol == symbol]
            try:
                require_seen(self._folder, symbol)  # before its seals are read: a run of old may have none
                self._play_symbol(mine, delays, each)
            except NotEnoughData as error:
                self.found.missing[symbol] = str(error)
                for _ in mine:
                    each()
        return self.found

    def _play_symbol(
        self, stories: Sequence[DecisionStory], delays: Delays, each: Callable[[], None]
    ) -> None:
        bundles = {one.decision.decision_id: self._bundle(one) for one in stories}
        first = bundles[stories[0].decision.decision_id]
        instrument = from_plain(Instrument, first.policy["instrument"])
        walk = Walk(instrument, seen_events(self._folder, instrument), self._parameters.snapshot)
        coverage = Coverage()
        entered = [one for one in stories if one.decision.action is Action.ENTER]
        moments = [(one.signal.ts, 0, one) for one in stories]
        moments += [(one.decision.ts, 1, one) for one in entered]
        climbs = []
        for _, kind, story in sorted(moments, key=lambda one: (one[0], one[1], one[2].decision.decision_id)):
            bundle = bundles[story.decision.decision_id]
            if kind == 0:
                self._decide(walk, story, bundle, coverage)
                each()
            else:
                climbs.append(self._climb(walk, story, bundle, delays))
        walk.to(EVER)
        for climb in climbs:
            self._compare_entry(climb, coverage)
        self._compare_follows(walk, stories, coverage)
        self._only_here(walk, stories, coverage)

    def _bundle(self, story: DecisionStory) -> Bundle:
        return read_bundle(self._store, story.decision.decision_id)

    def _decide(self, walk: Walk, story: DecisionStory, bundle: Bundle, coverage: Coverage) -> None:
        ts = story.signal.ts
        walk.to(ts)
        seen = MarketSlice(bundle.market_events, bundle.market_hash)
        is_exact = coverage.look(ts, seen, walk.market.slice)
        walk.follow(story.signal, story.decision, waited=bundle.heard is not None)
        again = retake_sealed(
            self._store, self._settings, story.decision, story.signal, bundle, decider=PlainDecisions
        )
        self.found.compared[What.DECISION.value] += 1
        found = walk.candidates.get(ts)
        if sensed_otherwise(story, found):
            self._unsure.add(story.decision.decision_id)
        made = compare_decision(story, found, again, is_exact=is_exact)
        if made is not None:
            self.found.differences.append(made)

    def _climb(self, walk: Walk, story: DecisionStory, bundle: Bundle, delays: Delays) -> Climb:
        walk.to(story.decision.ts)
        stage = Stage(
            story=story,
            instrument=from_plain(Instrument, bundle.policy["instrument"]),
            parameters=sealed_parameters(bundle, story.decision.parameters_version),
            events=walk.events,
            index=walk.index,
            closes=self._closes,
            has_brackets=self._has_brackets,
            scheduler=self._scheduler,
        )
        return Ladder(stage, walk.market, delays).climb()

    def _compare_entry(self, climb: Climb, coverage: Coverage) -> None:
        story = climb.stage.story
        known = [one.ts_known for one in story.outcomes if one.kind == "taken"]
        until = max([story.decision.ts, *known, *(one.ts for one in story.fills)])
        self.found.compared[What.FILL.value] += 2
        self.found.compared[What.RESULT.value] += 1
        is_intact = self._is_intact(story, until, coverage)
        self.found.differences += compare_entry(climb, is_intact=is_intact)

    def _is_intact(self, story: DecisionStory, until: int, coverage: Coverage) -> bool:
        """Whether the replay saw what the agent saw, from a decision on until ``until``, ns."""
        is_sure = story.decision.decision_id not in self._unsure or coverage.is_exact(story.signal.ts)
        return is_sure and coverage.is_intact(story.signal.ts, until)

    def _compare_follows(self, walk: Walk, stories: Sequence[DecisionStory], coverage: Coverage) -> None:
        for story in stories:
            made = walk.outcomes.get(story.signal.signal_id)
            known = [one.ts_known for one in (made, *story.outcomes) if one and one.kind == "shadow"]
            if not known:
                continue
            ends = max(known)
            difference = compare_follow(
                story,
                made,
                is_intact=self._is_intact(story, ends, coverage),
                is_due=ends <= self._decides_until,
            )
            self.found.compared[What.RESULT.value] += 1
            if difference is not None:
                self.found.differences.append(difference)

    def _only_here(self, walk: Walk, stories: Sequence[DecisionStory], coverage: Coverage) -> None:
        known = {one.signal.ts for one in stories}
        until = min(self._day[1] - 1, self._decides_until)
        for ts, found in walk.candidates.items():
            if self._day[0] <= ts <= until and ts not in known:
                self.found.compared[What.DECISION.value] += 1
                symbol, is_exact = stories[0].decision.symbol, coverage.is_exact(ts)
                self.found.differences.append(only_here(symbol, ts, found, is_exact=is_exact))
