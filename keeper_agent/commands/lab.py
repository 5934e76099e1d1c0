"""``keeper lab``: the agent in a simulated world, in virtual time, and what one change does to it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from keeper_agent.console import OUT, own_words, print_json, progress
from keeper_agent.lab.asked import check_workers
from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.keeping import require_free
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.many import quoting_share
from keeper_agent.lab.pairs import Pairs, absent
from keeper_agent.lab.session import Session
from keeper_agent.settings import load_settings
from keeper_agent.views.summary import summary_table
from tools.domain.errors import BadUsage

TRUTH = "truth"  # folder beside the memory, for scorers alone
QUOTE = "USDT"
CHANCE = (
    "explores: half of the refused signals by coin, inside the spread; results say nothing of the product"
)


def run_laboratory(
    *,
    scenario: str,
    seed: int,
    coins: int,
    minutes: float,
    explore: bool,
    pairs: int,
    change: Sequence[str],
    workers: int,
    memory: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Check the words, hold one session or pairs of them, and show what came of it."""
    _check(seed, minutes, pairs, workers, change)
    if out is not None:
        _check_out(out, pairs)
    keeper = load_settings()
    settings = LabSettings(coins=coins, memory=memory)
    if explore:
        settings = settings.exploring()
    if pairs:
        work = Pairs(
            scenario=scenario,
            seeds=range(seed, seed + pairs),
            base=settings,
            changed=_changed(settings, change),
            minutes=minutes,
            keeper=keeper,
            workers=workers,
        )
        _compare(work, change, as_json=as_json)
    else:
        _hold(Laboratory(scenario, seed, settings, keeper), minutes, out, as_json=as_json)


def _check(seed: int, minutes: float, pairs: int, workers: int, change: Sequence[str]) -> None:
    if not 0 <= seed < 2**62:
        raise BadUsage(f"--seed expects a whole number from 0, was {seed}")
    if not (math.isfinite(minutes) and 0 < minutes <= 24 * 60):
        raise BadUsage(f"--minutes expects a number up to {24 * 60}, was {minutes}")
    if not 0 <= pairs <= 10_000:
        raise BadUsage(f"--pairs expects 1 to 10000 pairs, was {pairs}")
    check_workers(workers)
    if change and not pairs:
        raise BadUsage("--change says what differs between the halves of pairs; give --pairs, too")


def _check_out(out: Path, pairs: int) -> None:
    if pairs:
        raise BadUsage("--out keeps the memory of one session; pairs have many")
    require_free(out)


def _changed(settings: LabSettings, change: Sequence[str]) -> LabSettings:
    """The other half: with the parameters changed, or without Keeper where none is named.

    Raises:
        BadUsage: A change is no name=value, or no value of a parameter.
    """
    if not change:
        return absent(settings)
    parameters = dict(settings.parameters)
    for words in change:
        name, equals, value = words.partition("=")
        try:
            parameters[name.strip()] = float(value)
        except ValueError:
            raise BadUsage(f"--change expects name=value, was {words!r}") from None
        if not equals:
            raise BadUsage(f"--change expects name=value, was {words!r}")
    changed = replace(settings, parameters=parameters)
    changed.overrides()
    return changed


def _hold(laboratory: Laboratory, minutes: float, out: Path | None, *, as_json: bool) -> None:
    began = time.perf_counter()
    label = f"{laboratory.scenario}, seed {laboratory.seed}, virtual seconds"
    with progress(label, math.ceil(minutes * 60)) as bar:
        session = laboratory.run(minutes, lambda done: bar.update(bar.task_ids[0], completed=done), out)
    if out is not None:
        session.truth.write(out / TRUTH)
    summary = _summary(laboratory, session, time.perf_counter() - began)
    if as_json:
        print_json(summary)
        return
    OUT.print(summary_table(f"Laboratory: {session.scenario}, seed {session.seed}", summary))
    speed = f"{session.seconds:,.0f} virtual seconds in {summary['wall_s']:.1f} s"
    OUT.print(f"{speed}; market makers withdrew {summary['truth']['withdrawals']} times")
    if out is not None:
        OUT.print(f"memory and truth in {escape(str(out))}; explain a decision with:", soft_wrap=True)
        words = own_words(f"explain {summary['decision'] or 'ID'}", out)
        OUT.print(f"  {escape(words)}", soft_wrap=True)
    if laboratory.settings.exploration is not None:
        OUT.print(CHANCE, soft_wrap=True)


def _summary(laboratory: Laboratory, session: Session, wall_s: float) -> dict[str, Any]:
    settings = laboratory.settings
    return {
        "run_id": session.run_id,
        "scenario": session.scenario,
        "seed": session.seed,
        "coins": settings.coins,
        "virtual_s": session.seconds,
        "wall_s": wall_s,
        "quote": QUOTE,
        "exploration": settings.exploration,
        "entries_at": settings.venture.value,
        "parameters": settings.overrides(),
        **session.results,
        "left_open": list(session.left_open),
        "digest": session.digest,
        "decision": next((one.decision_id for one in session.intents), None),
        "truth": {"withdrawals": session.withdrawals(), "quoting_share": quoting_share(session)},
    }


def _compare(work: Pairs, change: Sequence[str], *, as_json: bool) -> None:
    with progress("sessions", 2 * len(work.seeds)) as bar:
        found = work.compare(lambda done: bar.update(bar.task_ids[0], completed=done))
    what = ", ".join(change) or "without Keeper"
    differences = found.as_plain()
    if as_json:
        print_json(
            {
                "scenario": work.scenario,
                "change": what,
                "pairs": len(found.seeds),
                "first_seed": found.seeds[0],
                "virtual_s": work.minutes * 60,
                "base": list(found.base),
                "changed": list(found.changed),
                "differences": differences,
            }
        )
    else:
        OUT.print(_table(f"{work.scenario}, {len(found.seeds)} pairs: {what}", differences))


def _table(title: str, differences: Mapping[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("changed less base", "mean", "95 % interval"):
        table.add_column(name, no_wrap=True)
    for name, one in differences.items():
        interval = one["interval"]
        shown = f"{interval[0]:+.4g} to {interval[1]:+.4g}" if interval else f"{one['n']} pairs: too few"
        table.add_row(name, f"{one['mean']:+.4g}", shown)
    return table
