"""The reflection graph: gather → measure → learn → check → better → mine → value → write.

Over one UTC day of one world, or over all history for the weekly one. Nothing is written
before the last node, and that writes everything in one transaction: a reflection that was killed
has either happened or not. Reflecting again on a day adds a version of the report beside the older
ones, retires lessons that no longer follow, and repeats none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypedDict

from graphs.checking import Inspection, inspect
from graphs.cost import CostFigures, measure_cost
from graphs.day import DayFigures, measure_day
from graphs.evidence import day_to_reflect, runs_counted_once
from graphs.improvement import Improvement, Occasion, improve, keep
from graphs.learning import Learned, learn_from
from graphs.ledger import ledger
from graphs.profiling import profiles_of
from graphs.publishing import Draw, Render, draw_beside, plot_path, publish
from graphs.report import Findings, report_data, report_name
from graphs.strategies import Schooling, school
from graphs.trying import Trying, keep_trying, try_live
from memory.episodes import EpisodeLog
from memory.experiments import ExperimentBook
from memory.layers import retire_beyond
from memory.lesson_checks import CheckBook
from memory.lessons import Lesson, LessonBook
from memory.lookup import DecisionFilter
from memory.parameters import ParameterChange, ParameterStore
from memory.paths import path_facts
from memory.profiles import ProfileBook
from memory.spending import SpendCaps
from memory.statistics import DecisionFact, TradeFact, decision_facts, input_hashes, trade_facts
from memory.store import Store
from memory.strategies import StrategyBook, examples
from memory.trials import TrialBook
from memory.worth import WorthBook, WorthRecord
from tools.domain.clock import day_bounds
from tools.domain.paths import FollowedPath
from tools.domain.sources import is_from_candles
from tools.domain.strategies import Example

DAILY, WEEKLY = "daily", "weekly"
WINDOW_NS = 30 * 86_400 * 1_000_000_000  # how far back a daily reflection looks for evidence


def _nothing() -> None:
    """Nothing more is to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionContext:
    """What the nodes read from and write to.

    Attributes:
        home: Its folder ``reports`` gets the report and its plot.
        run_id: The run that reflects; it must be in memory.
        ts: What is known by then counts, and what is written is known from then on.
        seed: Seed of every interval.
        draw: Draws the plot of the day's figures into a file.
        render: Makes the page of the report.
        kind: ``daily``, or ``weekly`` over all history.
        settle: Written in the same transaction, for whoever must know that it happened.
        caps: What may be spent on brains, to tell what is left of it.
    """

    store: Store
    log: EpisodeLog
    parameters: ParameterStore
    home: Path
    run_id: str
    ts: int
    seed: int
    draw: Draw
    render: Render
    kind: str = DAILY
    settle: Callable[[], None] = _nothing
    caps: SpendCaps | None = None


class ReflectionState(TypedDict, total=False):
    """State of one reflection; each node adds its own keys."""

    day: str
    world: str
    decisions: tuple[DecisionFact, ...]
    trades: tuple[TradeFact, ...]
    evidence: tuple[TradeFact, ...]
    history: tuple[TradeFact, ...]
    paths: tuple[FollowedPath, ...]
    examples: tuple[Example, ...]
    schooling: Schooling
    ledger: tuple[WorthRecord, ...]
    repeated: int
    figures: DayFigures
    cost: CostFigures
    learned: Learned
    inspection: Inspection
    improvement: Improvement
    trying: Trying
    changes: tuple[ParameterChange, ...]
    report_path: Path
    plot_path: Path


@dataclass(frozen=True, slots=True)
class Reflection:
    """What came of reflecting on a day."""

    day: str
    report_path: Path
    plot_path: Path
    lessons: tuple[Lesson, ...]
    comparisons: int
    refuted: tuple[Lesson, ...]
    figures: DayFigures
    improvement: Improvement
    changes: tuple[ParameterChange, ...]


class _BoundNode(Protocol):
    def __call__(self, state: ReflectionState) -> ReflectionState: ...


Node: TypeAlias = Callable[[ReflectionState, ReflectionContext], ReflectionState]


def gather(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Read the day's decisions, what is known of their outcomes, and the evidence before them."""
    start, end = day_bounds(state["day"])
    first = 0 if context.kind == WEEKLY else start
    since = 0 if context.kind == WEEKLY else end - WINDOW_NS
    reach = DecisionFilter(world=state["world"], ts_from=min(first, since), ts_to=end, as_of=context.ts)
    own = DecisionFilter(world=state["world"], ts_from=first, ts_to=end, as_of=context.ts)
    history = tuple(trade_facts(context.store, reach))
    paths = path_facts(context.store, state["world"], ts_from=since, as_of=context.ts)
    matches = examples(context.store, state["world"], as_of=context.ts, ts_from=since)
    hashes = input_hashes(context.store)
    trades = tuple(trade for trade in history if trade.decision.ts >= first)
    counted = runs_counted_once((trade.decision.run_id for trade in trades), hashes)
    once = runs_counted_once((trade.decision.run_id for trade in history), hashes)
    ours = [trade for trade in history if not is_from_candles(trade.source)]
    walked = runs_counted_once((path.run_id for path in paths), hashes)
    return {
        "decisions": tuple(decision_facts(context.store, own)),
        "trades": trades,
        "evidence": tuple(
            trade for trade in ours if trade.decision.ts >= first and trade.decision.run_id in counted
        ),
        "history": tuple(trade for trade in ours if trade.decision.run_id in once),
        "paths": tuple(path for path in paths if path.run_id in walked),
        "examples": tuple(one for one in matches if one.run_id in walked),
        "repeated": len({trade.decision.run_id for trade in trades}) - len(counted),
    }


def measure(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Compute the day's figures and what asking cost."""
    figures = measure_day(
        state["day"],
        state["world"],
        state["decisions"],
        state["trades"],
        repeated=state["repeated"],
        seed=context.seed,
    )
    cost = measure_cost(context.store, state["day"], context.caps, as_of=context.ts)
    return {"figures": figures, "cost": cost}


def learn(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Find what survives the number of comparisons."""
    return {"learned": learn_from(state["evidence"], _occasion(state, context), context.seed)}


def check(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Hold every older lesson against the trades since, and against what was learned now."""
    held = LessonBook(context.store).known(context.ts)
    inspection = inspect(
        [one for one in held if one.world == state["world"]],
        state["learned"].lessons,
        state["history"],
        _occasion(state, context),
        context.seed,
    )
    return {"inspection": inspection}


def better(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Measure the changes in force, test the next steps, and judge what is tried live."""
    book, occasion = TrialBook(context.store), _occasion(state, context)
    improvement = improve(state["paths"], occasion, context.parameters, book)
    if context.kind != DAILY:  # the daily reflection of the same date has seen to it
        return {"improvement": improvement, "trying": Trying()}
    live = ExperimentBook(context.store)
    return {
        "improvement": improvement,
        "trying": try_live(state["history"], occasion, context.parameters, live),
    }


def mine_strategies(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Measure the strategies held on their later matches, and look for new ones."""
    held = StrategyBook(context.store).known(context.ts, state["world"])
    now = context.parameters.snapshot(context.ts)
    occasion = _occasion(state, context)
    return {"schooling": school(state["examples"], held, occasion, now, context.seed)}


def value(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Say what each lesson, strategy and rule was worth so far."""
    ended = set(state["inspection"].ended)
    held = LessonBook(context.store).known(context.ts)
    mine = [one for one in held if one.world == state["world"] and one.lesson_id not in ended]
    found = ledger(
        state["history"],
        state["examples"],
        mine,
        state["schooling"].versions,
        context.parameters.snapshot(context.ts),
        _occasion(state, context),
    )
    return {"ledger": found}


def write(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Keep everything in memory at once, then the report with its plot in the home."""
    store, occasion, inspection = context.store, _occasion(state, context), state["inspection"]
    lessons, strategies = LessonBook(store), StrategyBook(store)
    profiles = profiles_of(state["history"], state["examples"], occasion, context.seed)
    name = report_name(state["day"], context.kind)
    draw_beside(context.home, name, state["figures"], context.draw)
    with store.together():
        for profile in profiles:
            ProfileBook(store).record(profile)
        for lesson_id in inspection.ended:
            lessons.retire(lesson_id, context.ts)
        for lesson in state["learned"].lessons:
            lessons.record(lesson)
        retire_beyond(store, context.ts, context.parameters.snapshot(context.ts))
        CheckBook(store).record(inspection.checks)
        WorthBook(store).record(state["ledger"])
        for version in state["schooling"].versions:
            strategies.record(version)
        detached, trials = context.parameters.detached(), TrialBook(store)
        kept = keep(state["improvement"], occasion, detached, trials)
        changes = (*kept, *keep_trying(state["trying"], occasion, detached, trials, ExperimentBook(store)))
        data = report_data(_findings(state, changes), context.kind, context.ts)
        context.log.record_report(
            run_id=context.run_id,
            world=state["world"],
            day=state["day"],
            kind=context.kind,
            markdown=data.markdown,
            statistics=data.values,
            ts=context.ts,
        )
        context.settle()
    context.parameters.refresh()
    return {
        "report_path": publish(context.home, data, context.render),
        "plot_path": plot_path(context.home, name),
        "changes": changes,
    }


NODES: tuple[Node, ...] = (gather, measure, learn, check, better, mine_strategies, value, write)


def reflect(context: ReflectionContext, day: str | None = None, world: str | None = None) -> Reflection:
    """Reflect on ``day`` (``YYYY-MM-DD``, UTC); without one, on the last day with decisions.

    A day with decisions of several worlds is reflected on in the world of the newest one, unless a
    world is named.

    Raises:
        BadUsage: ``day`` is no date.
        NotInRecord: Nothing was decided on it.
    """
    day, world = day_to_reflect(context.store, day, context.ts, world)
    final = _run(context, {"day": day, "world": world})
    learned = final["learned"]
    return Reflection(
        day=day,
        report_path=final["report_path"],
        plot_path=final["plot_path"],
        lessons=learned.lessons,
        comparisons=learned.comparisons,
        refuted=final["inspection"].refuted,
        figures=final["figures"],
        improvement=final["improvement"],
        changes=final["changes"],
    )


def _occasion(state: ReflectionState, context: ReflectionContext) -> Occasion:
    return Occasion(state["day"], context.run_id, state["world"], context.ts)


def _findings(state: ReflectionState, changes: tuple[ParameterChange, ...]) -> Findings:
    return Findings(
        figures=state["figures"],
        learned=state["learned"],
        inspection=state["inspection"],
        improvement=state["improvement"],
        trying=state["trying"],
        changes=changes,
        schooling=state["schooling"],
        ledger=state["ledger"],
        cost=state["cost"],
    )


def _run(context: ReflectionContext, start: ReflectionState) -> ReflectionState:
    # LangGraph takes about a second to import; only a program that reflects pays for it.
    from langgraph.graph import END, START, StateGraph
    from langsmith import tracing_context

    builder: Any = StateGraph(ReflectionState)
    names = [node.__name__ for node in NODES]
    for node in NODES:
        builder.add_node(node.__name__, _bound(node, context))
    for before, after in zip([START, *names], [*names, END], strict=True):
        builder.add_edge(before, after)
    with tracing_context(enabled=False):  # the record never leaves the machine through a tracing variable
        final: ReflectionState = builder.compile().invoke(start)
    return final


def _bound(node: Node, context: ReflectionContext) -> _BoundNode:
    def run(state: ReflectionState) -> ReflectionState:
        return node(state, context)

    return run
