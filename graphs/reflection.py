"""The reflection graph: gather → measure → learn → write, over one UTC day of one world.

It moves no parameter. Reflecting again on a day adds a version of the report beside the
older ones, retires lessons that no longer follow, and repeats none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypedDict

from graphs.day import DayFigures, figures_as_data, measure_day
from graphs.learning import Learned, Occasion, is_refuted, learn_from
from graphs.report import render_report
from memory.episodes import EpisodeLog
from memory.lessons import Lesson, LessonBook
from memory.lookup import DecisionFilter
from memory.statistics import (
    DecisionFact,
    TradeFact,
    decision_facts,
    input_hashes,
    last_decision_time,
    trade_facts,
)
from memory.store import Store
from tools.domain.clock import day_bounds, day_of
from tools.domain.errors import BadUsage, NotInRecord, StoreUnusable

REPORTS = "reports"
KIND = "daily"
Draw: TypeAlias = Callable[[DayFigures, Path], None]


@dataclass(frozen=True, slots=True)
class ReflectionContext:
    """What the nodes read from and write to.

    Attributes:
        home: Its folder ``reports`` gets the report and its plot.
        run_id: The run that reflects; it must be in memory.
        ts: What is known by then counts, and what is written is known from then on.
        seed: Seed of every interval.
        draw: Draws the plot of the day's figures into a file.
    """

    store: Store
    log: EpisodeLog
    lessons: LessonBook
    home: Path
    run_id: str
    ts: int
    seed: int
    draw: Draw


class ReflectionState(TypedDict, total=False):
    """State of one reflection; each node adds its own keys."""

    day: str
    world: str
    decisions: tuple[DecisionFact, ...]
    trades: tuple[TradeFact, ...]
    evidence: tuple[TradeFact, ...]
    repeated: int
    figures: DayFigures
    learned: Learned
    refuted: tuple[Lesson, ...]
    outdated: tuple[Lesson, ...]
    report_path: Path


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


class _BoundNode(Protocol):
    def __call__(self, state: ReflectionState) -> ReflectionState: ...


Node: TypeAlias = Callable[[ReflectionState, ReflectionContext], ReflectionState]


def gather(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Read the day's decisions and what is known of their outcomes."""
    start, end = day_bounds(state["day"])
    own = DecisionFilter(world=state["world"], ts_from=start, ts_to=end, as_of=context.ts)
    trades = tuple(trade_facts(context.store, own))
    evidence, repeated = _once_each(trades, input_hashes(context.store))
    decisions = tuple(decision_facts(context.store, own))
    return {"decisions": decisions, "trades": trades, "evidence": evidence, "repeated": repeated}


def measure(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Compute the day's figures."""
    figures = measure_day(
        state["day"],
        state["world"],
        state["decisions"],
        state["trades"],
        repeated=state["repeated"],
        seed=context.seed,
    )
    return {"figures": figures}


def learn(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Find what survives the number of comparisons, and which older lessons the day refutes."""
    occasion = Occasion(state["day"], context.run_id, state["world"], context.ts)
    learned = learn_from(state["evidence"], occasion, context.seed)
    held = [one for one in context.lessons.known(context.ts) if one.world == state["world"]]
    found = {one.lesson_id for one in learned.lessons}
    outdated = [one for one in held if one.day == state["day"] and one.lesson_id not in found]
    refuted = [one for one in held if one.day < state["day"] and is_refuted(one, state["evidence"])]
    return {"learned": learned, "refuted": tuple(refuted), "outdated": tuple(outdated)}


def write(state: ReflectionState, context: ReflectionContext) -> ReflectionState:
    """Keep lessons and report in memory, and the report with its plot in the home."""
    figures, learned = state["figures"], state["learned"]
    for lesson in (*state["refuted"], *state["outdated"]):
        context.lessons.retire(lesson.lesson_id, context.ts)
    for lesson in learned.lessons:
        context.lessons.record(lesson)
    name = state["day"]
    markdown = render_report(figures, learned, state["refuted"], plot=f"{name}.png", ts=context.ts)
    context.log.record_report(
        run_id=context.run_id,
        world=state["world"],
        day=state["day"],
        kind=KIND,
        markdown=markdown,
        statistics=figures_as_data(figures) | {"comparisons": learned.comparisons},
        ts=context.ts,
    )
    context.store.flush()
    folder = context.home / REPORTS
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        context.draw(figures, folder / f"{name}.png")
        _replace(folder / f"{name}.md", markdown)
    except OSError as error:
        raise StoreUnusable(f"expected a folder that can be written at {folder}: {error.strerror}") from error
    return {"report_path": folder / f"{name}.md"}


NODES: tuple[Node, ...] = (gather, measure, learn, write)


def reflect(context: ReflectionContext, day: str | None = None) -> Reflection:
    """Reflect on ``day`` (``YYYY-MM-DD``, UTC); without one, on the last day with decisions.

    A day with decisions of several worlds is reflected on in the world of the newest one.

    Raises:
        BadUsage: ``day`` is no date.
        NotInRecord: Nothing was decided on it.
    """
    day, world = day_to_reflect(context.store, day, context.ts)
    final = _run(context, {"day": day, "world": world})
    learned, path = final["learned"], final["report_path"]
    return Reflection(
        day=day,
        report_path=path,
        plot_path=path.with_suffix(".png"),
        lessons=learned.lessons,
        comparisons=learned.comparisons,
        refuted=final["refuted"],
        figures=final["figures"],
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


def day_to_reflect(store: Store, day: str | None, ts: int) -> tuple[str, str]:
    """The day meant and the world to reflect on, as known at ``ts``; see ``reflect``."""
    if day is None:
        newest = last_decision_time(store)
        if newest is None:
            raise NotInRecord(f"{store.path} holds no decision to reflect on; keeper run makes some")
        day = day_of(newest)
    try:
        start, end = day_bounds(day)
    except ValueError:
        raise BadUsage(f"expected a date such as 2024-08-08, was {day!r}") from None
    found = decision_facts(store, DecisionFilter(ts_from=start, ts_to=end, as_of=ts))
    if not found:
        newest = last_decision_time(store)
        last = "memory is empty" if newest is None else f"the last day with decisions is {day_of(newest)}"
        raise NotInRecord(f"no decision on {day} is in the record; {last}")
    return day_of(start), found[-1].world


def _once_each(trades: Sequence[TradeFact], hashes: dict[str, str]) -> tuple[tuple[TradeFact, ...], int]:
    """Trades with each recording counted once, and how many runs are left out for that.

    The same market played twice gives the same trades twice; as evidence they are one. The run
    that saw most of it counts.
    """
    sizes = Counter(trade.decision.run_id for trade in trades)
    chosen: dict[str, str] = {}
    for run_id in sorted(sizes, key=lambda name: (-sizes[name], name)):
        chosen.setdefault(hashes[run_id] or run_id, run_id)
    kept = set(chosen.values())
    evidence = tuple(trade for trade in trades if trade.decision.run_id in kept)
    return evidence, len(sizes) - len(kept)


def _replace(path: Path, text: str) -> None:
    """Write ``path`` in one step: a reader sees the old text or the new one."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
