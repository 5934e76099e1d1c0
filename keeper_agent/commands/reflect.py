"""``keeper reflect``: statistics of a day, lessons with their evidence, a report to read."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from graphs.day import figures_as_data
from graphs.evidence import day_to_reflect
from graphs.reflection import Reflection, ReflectionContext, reflect
from graphs.report import change_as_data, lesson_as_data
from keeper_agent.console import OUT, print_json
from keeper_agent.settings import Settings, load_settings
from keeper_agent.views.plots import draw_day
from keeper_agent.views.reflection import show_reflection
from memory.account import present
from memory.connection import require_memory
from memory.episodes import EpisodeLog
from memory.lock import HomeLock
from memory.parameters import ParameterStore
from memory.store import Store
from tools.domain.clock import SystemClock
from tools.domain.identity import derived_run_id


def reflect_on(*, date: str | None, home: Path | None, as_json: bool) -> None:
    """Reflect on ``date``, or on the last day with decisions."""
    settings = load_settings(keeper_home=home)
    require_memory(settings.keeper_home)
    with HomeLock.acquire(settings.keeper_home, "keeper reflect"), Store.open(settings.keeper_home) as store:
        found = reflect_in_own_run(store, settings, day=date, ts=present(store, SystemClock().now()))
    if as_json:
        print_json(reflection_as_data(found))
    else:
        show_reflection(OUT, found)


def reflect_day(
    store: Store,
    log: EpisodeLog,
    settings: Settings,
    *,
    run_id: str,
    ts: int,
    parameters: ParameterStore,
    day: str | None = None,
) -> Reflection:
    """Reflect on ``day`` as part of the run ``run_id``, which must be in memory.

    Args:
        store: The open writer of ``settings.keeper_home``.
        log: The run's log.
        settings: Home and seed.
        run_id: The run that reflects.
        ts: What was known by then counts; lessons are known from then on.
        parameters: What the reflection may move.
        day: UTC date; None for the last day with decisions.

    Raises:
        BadUsage: ``day`` is no date.
        NotInRecord: Nothing was decided on it.
    """
    context = ReflectionContext(
        store=store,
        log=log,
        parameters=parameters,
        home=settings.keeper_home,
        run_id=run_id,
        ts=ts,
        seed=settings.keeper_seed,
        draw=draw_day,
    )
    return reflect(context, day)


def reflect_in_own_run(store: Store, settings: Settings, *, day: str | None, ts: int) -> Reflection:
    """Reflect as a run of its own."""
    day, world = day_to_reflect(store, day, ts)
    log = EpisodeLog(store)
    run_id = derived_run_id("reflect", day, ts)
    log.begin_run(
        run_id=run_id,
        world=world,
        command="reflect",
        config={"day": day},
        code_version=version("keeper-agent"),
        input_hash="",
        seed=settings.keeper_seed,
        ts=ts,
    )
    parameters = ParameterStore(store, settings.parameter_overrides())
    found = reflect_day(store, log, settings, run_id=run_id, ts=ts, parameters=parameters, day=day)
    log.end_run(run_id, ts)
    return found


def reflection_as_data(found: Reflection) -> dict[str, Any]:
    """A reflection as plain data."""
    return {
        "day": found.day,
        "report": str(found.report_path),
        "plot": str(found.plot_path),
        "comparisons": found.comparisons,
        "lessons": [lesson_as_data(one) for one in found.lessons],
        "refuted": [one.lesson_id for one in found.refuted],
        "trials": [asdict(one) for one in found.improvement.trials],
        "effects": [asdict(one) for one in found.improvement.effects],
        "changes": [change_as_data(one) for one in found.changes],
        "statistics": figures_as_data(found.figures),
    }
