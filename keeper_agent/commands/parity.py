"""``keeper parity``: a day at a venue played again, and why what differs does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from graphs.publishing import reports_folder
from keeper_agent.console import OUT, print_json, progress
from keeper_agent.parity.day import WORLDS, parity_of_day
from keeper_agent.parity.nightly import report_path
from keeper_agent.parity.telling import parity_as_data
from keeper_agent.settings import load_settings
from keeper_agent.views.fitting import Fitted
from keeper_agent.views.parity import causes_table, differences_table, notes, title_of
from keeper_agent.views.parity_page import parity_page
from memory.connection import require_memory
from memory.days import last_decision_of
from memory.store import Store
from tools.domain.clock import day_of
from tools.domain.errors import NotInRecord, StoreUnusable
from tools.execution.warmup import warm_kernels


def compare_day(*, date: str | None, home: Path | None, as_json: bool) -> None:
    """Play ``date`` again, or the last day with decisions at a venue; leaves JSON and a page in the home."""
    settings = load_settings(keeper_home=home)
    require_memory(settings.keeper_home)
    with Store.open(settings.keeper_home, read_only=True) as store:
        day = _last_day(store) if date is None else date
        warm_kernels()
        with progress(f"playing {day} again", 0) as bar:
            task = bar.task_ids[0]
            found = parity_of_day(
                store,
                settings,
                day,
                lambda total: bar.update(task, total=total),
                lambda: bar.advance(task),
            )
    told = parity_as_data(found)
    page = _publish(settings.keeper_home, told)
    if as_json:
        print_json({**told, "page": str(page)})
        return
    OUT.print(f"[bold]{title_of(told)}[/]", soft_wrap=True)
    OUT.print(causes_table(told))
    if told["differences"]:
        OUT.print()
        OUT.print(Fitted(differences_table(told), kept=2))
    for line in notes(told):
        OUT.print(line, soft_wrap=True)
    OUT.print(f"page   {page}", markup=False, soft_wrap=True)


def _last_day(store: Store) -> str:
    ts = last_decision_of(store, WORLDS)
    if ts is None:
        raise NotInRecord("nothing was ever decided at a venue or live; keeper run --world venue does")
    return day_of(ts)


def _publish(home: Path, told: dict[str, Any]) -> Path:
    """Leave JSON and page, the page first: that the JSON is there tells that the day was served."""
    reports_folder(home)
    data = report_path(home, told["date"])
    page = data.with_suffix(".html")
    try:
        for path, text in (
            (page, parity_page(told)),
            (data, orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()),
        ):
            fresh = path.with_suffix(path.suffix + ".new")
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(path)
    except OSError as error:
        raise StoreUnusable(f"cannot write {data}: {error.strerror}") from error
    return page
