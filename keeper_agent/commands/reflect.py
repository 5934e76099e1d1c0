"""``keeper reflect``: statistics of a day, lessons with their evidence, a report to read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from graphs.day import figures_as_data
from graphs.evidence import day_to_reflect
from graphs.reflection import DAILY, WEEKLY, Reflection, reflect
from graphs.report import change_as_data, lesson_as_data
from keeper_agent.console import OUT, print_json
from keeper_agent.reflecting import ReflectionTasks, reflection_context, run_row
from keeper_agent.settings import Settings, load_settings
from keeper_agent.views.reflection import show_reflection
from memory.account import present
from memory.connection import require_memory
from memory.episodes import EpisodeLog
from memory.lock import HomeLock
from memory.parameters import ParameterStore
from memory.rows import Row
from memory.store import Store
from tools.domain.clock import SystemClock
from tools.domain.trading import World


def reflect_on(*, date: str | None, home: Path | None, as_json: bool, weekly: bool = False) -> None:
    """Reflect on ``date``, or on the last day with decisions; weekly over all history up to it."""
    settings = load_settings(keeper_home=home)
    require_memory(settings.keeper_home)
    with HomeLock.acquire(settings.keeper_home, "keeper reflect"), Store.open(settings.keeper_home) as store:
        ts = present(store, SystemClock().now())
        kind = WEEKLY if weekly else DAILY
        found = reflect_in_own_run(store, settings, day=date, ts=ts, kind=kind)
    if as_json:
        print_json(reflection_as_data(found))
    else:
        show_reflection(OUT, found)


def reflect_when_due(*, home: Path | None, as_json: bool) -> None:
    """Do the daily and weekly reflections that are due and were not done."""
    settings, clock = load_settings(keeper_home=home), SystemClock()
    require_memory(settings.keeper_home)
    done = []
    with HomeLock.acquire(settings.keeper_home, "keeper reflect"), Store.open(settings.keeper_home) as store:
        parameters = ParameterStore(store, settings.parameter_overrides())
        for world in World:
            done += ReflectionTasks(store, settings, parameters, world.value, clock).jobs().run_due()
    if as_json:
        print_json({"done": [{"kind": one.kind, "world": one.world, "date": one.date} for one in done]})
    else:
        for one in done:
            OUT.print(f"{one.kind} reflection on {one.date}, world {one.world}: done")
        if not done:
            OUT.print("no reflection is due")


def reflect_day(
    store: Store,
    settings: Settings,
    *,
    run_id: str,
    ts: int,
    parameters: ParameterStore,
    day: str | None = None,
    kind: str = DAILY,
) -> Reflection:
    """Reflect on ``day`` as part of the run ``run_id``, which must be in memory.

    Args:
        store: The open writer of ``settings.keeper_home``.
        settings: Home and seed.
        run_id: The run that reflects.
        ts: What was known by then counts; lessons are known from then on.
        parameters: What the reflection may move.
        day: UTC date; None for the last day with decisions.
        kind: ``daily``, or ``weekly`` over all history.

    Raises:
        BadUsage: ``day`` is no date.
        NotInRecord: Nothing was decided on it.
    """
    return reflect(reflection_context(store, settings, parameters, run_id=run_id, ts=ts, kind=kind), day)


def reflect_in_own_run(
    store: Store, settings: Settings, *, day: str | None, ts: int, kind: str = DAILY
) -> Reflection:
    """Reflect as a run of its own."""
    day, world = day_to_reflect(store, day, ts)
    row = run_row(settings, world, day, kind, ts)
    store.write([Row("run", row)])
    parameters = ParameterStore(store, settings.parameter_overrides())
    found = reflect_day(
        store, settings, run_id=row["run_id"], ts=ts, parameters=parameters, day=day, kind=kind
    )
    EpisodeLog(store).end_run(row["run_id"], ts)
    return found


def reflection_as_data(found: Reflection) -> dict[str, Any]:
    """A reflection as plain data."""
    return {
        "day": found.day,
        "report": str(found.report_path),
        "page": str(found.report_path.with_suffix(".html")),
        "plot": str(found.plot_path),
        "comparisons": found.comparisons,
        "lessons": [lesson_as_data(one) for one in found.lessons],
        "refuted": [one.lesson_id for one in found.refuted],
        "trials": [asdict(one) for one in found.improvement.trials],
        "effects": [asdict(one) for one in found.improvement.effects],
        "changes": [change_as_data(one) for one in found.changes],
        "statistics": figures_as_data(found.figures),
    }
