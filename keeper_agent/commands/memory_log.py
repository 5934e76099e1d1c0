"""``keeper memory log``: what Keeper remembers, one line an event, and what it adds meanwhile."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import orjson

from keeper_agent.settings import load_settings
from memory.account import last_known
from memory.diary import Place, place_before, read_on
from memory.diary_lines import DiaryLine
from memory.store import Store
from tools.domain.clock import sleep
from tools.domain.errors import BadUsage
from tools.domain.market import NANOS

UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
AGO = re.compile(r"(\d{1,6})([smhdw])")
EVERY_S = 1.0


def show_log(*, home: Path | None, since: str | None, is_following: bool, as_json: bool) -> None:
    """Print the lines from ``since`` on, reading beside a running agent.

    Raises:
        BadUsage: ``since`` is no time.
        NotInRecord: Nothing is remembered yet.
    """
    settings = load_settings(keeper_home=home)
    with Store.open(settings.keeper_home, read_only=True) as store:
        start = 0 if since is None else since_ts(since, last_known(store))
        place = place_before(store, start) if start else Place()
        while True:
            lines, there = read_on(store, place)
            _print((line for line in lines if line.ts >= start), as_json)
            if there == place and not is_following:
                return
            if there == place:
                sleep(EVERY_S)
            place = there


def since_ts(text: str, now: int) -> int:
    """The time that ``text`` means, ns: so long before ``now``, a day, or a time of day in UTC.

    Raises:
        BadUsage: It is none of these.
    """
    ago = AGO.fullmatch(text.strip())
    if ago:
        return max(0, now - int(ago[1]) * UNITS_S[ago[2]] * NANOS)
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadUsage(
            f"--since expects 30m, 2h, 3d, a date or a time such as 2026-01-31T12:00, was {text[:40]!r}"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return max(0, round(moment.timestamp()) * NANOS)


def _print(lines: Iterable[DiaryLine], as_json: bool) -> None:
    for line in lines:
        if as_json:
            told = {"ts": line.ts, "kind": line.kind, "id": line.name, "text": line.text}
            sys.stdout.write(orjson.dumps(told).decode() + "\n")
        else:
            sys.stdout.write(line.text + "\n")
    sys.stdout.flush()
