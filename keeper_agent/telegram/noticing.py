"""What happens, found by looking: new rows of the record, the switches, the heartbeat, the venue's alarms.

It reads beside the agent what the agent writes anyway, so nothing is asked of the loop. What was there at the
first look is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, func, literal_column, select

from keeper_agent.broken import count_broken
from keeper_agent.controlling import Refused, tell
from keeper_agent.exports import pnl
from keeper_agent.heart import BEATING, read_heartbeat
from keeper_agent.settings import Settings
from keeper_agent.telegram.message import Message
from keeper_agent.telegram.words import Words
from memory.connection import DATABASE
from memory.jobs import DONE
from memory.schema import METADATA
from memory.store import Store
from scheduler.jobs import DAILY
from tools.domain.clock import NS, Clock
from tools.domain.errors import KeeperError, NotRunning
from tools.domain.market import Side, plain, to_decimal
from tools.execution.kill import KillSwitch, PauseSwitch

SIGNALS, RESULTS, SWITCH, ALERTS, REPORTS = "signals", "results", "switch", "alerts", "reports"
MOST_ROWS = 10  # of a kind told at a look, the newest
SILENT_S = 60.0
SILENT = "silent"
LEVELS = (("entry", "entry_price"), ("target", "take_profit"), ("stop", "stop"))
_T = METADATA.tables
_D, _S, _O = _T["decision"].c, _T["signal"].c, _T["outcome"].c


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be told, and of which kind."""

    kind: str
    message: Message


class Watch:
    """Looks at one home, again and again, from one thread at a time."""

    def __init__(self, settings: Settings, words: Words, clock: Clock) -> None:
        self._settings, self._home, self._words, self._clock = settings, settings.keeper_home, words, clock
        self._rows: dict[str, int] | None = None
        self._reports: set[tuple[str, str]] = set()
        self._states: dict[str, Any] = {}

    def look(self) -> list[Notice]:
        """What has happened since the last look."""
        found: list[Notice] = []
        try:
            found += list(self._of_the_record())
            self._states["unreadable"] = None
        except KeeperError as error:
            if self._changes("unreadable", str(error), initial=None):
                found.append(Notice(ALERTS, Message(self._words("tell.unreadable", reason=error))))
        return [
            *found,
            *self._of_the_switches(),
            *self._of_the_heart(),
            *self._of_the_venue(),
            *self._broken(),
        ]

    def _changes(self, name: str, value: Any, *, initial: Any = ...) -> bool:
        """Whether ``value`` is another than at the last look, or at the first than ``initial``."""
        known = self._states.get(name, value if initial is ... else initial)
        self._states[name] = value
        return bool(known != value)

    def _of_the_record(self) -> Iterator[Notice]:
        if not (self._home / DATABASE).exists():
            self._rows = {"decision": 0, "outcome": 0}  # all that comes is new
            return
        with Store.open(self._home, read_only=True) as store:
            newest = {name: _newest(store, name) for name in ("decision", "outcome")}
            reports = self._daily_reports(store)
            if self._rows is None:
                self._rows, self._reports = newest, reports
                return
            after = {
                name: min(self._rows[name], newest[name]) for name in newest
            }  # a restored backup is shorter
            yield from self._entered(store, after["decision"], newest["decision"])
            yield from self._ended(store, after["outcome"], newest["outcome"])
            for date, world in sorted(reports - self._reports):
                yield Notice(REPORTS, self._report(store, date, world))
            self._rows, self._reports = newest, reports

    def _entered(self, store: Store, after: int, until: int) -> Iterator[Notice]:
        joined = _T["decision"].join(_T["signal"], _D.signal_id == _S.signal_id)
        columns = (_D.decision_id, _D.symbol, _D.world, _D.reason, _D.is_probe)
        levels = (_S.side, _S.entry_price, _S.take_profit, _S.stop)
        query = select(*columns, *levels).select_from(joined).where(_D.action == "enter")
        rows, more = _between(store, query, "decision", after, until)
        for row in rows:
            prices = {name: plain(to_decimal(row[column])) for name, column in LEVELS}
            probe = self._words("probe") if row["is_probe"] else ""
            head = {"symbol": row["symbol"], "side": Side(row["side"]).label, "world": row["world"]}
            lines = [
                self._words("tell.levels", **prices),
                self._words("tell.why", reason=row["reason"], id=row["decision_id"]),
            ]
            yield Notice(SIGNALS, Message(self._words("tell.signal", probe=probe, **head), lines))
        yield from self._more(SIGNALS, more)

    def _ended(self, store: Store, after: int, until: int) -> Iterator[Notice]:
        columns = (_O.decision_id, _O.symbol, _O.world, _O.result, _O.net_bps, _O.net_quote, _O.fees_quote)
        query = select(*columns).where(_O.kind == "taken", _O.net_bps.is_not(None))
        rows, more = _between(store, query, "outcome", after, until)
        for row in rows:
            result = self._words(f"result.{row['result']}")
            head = {"symbol": row["symbol"], "world": row["world"], "bps": f"{row['net_bps']:+.2f}"}
            no = self._words("unavailable")
            money = {
                name: no if row[column] is None else plain(Decimal(row[column]))
                for name, column in (("net", "net_quote"), ("fees", "fees_quote"))
            }
            lines = [self._words("tell.money", id=row["decision_id"], **money)]
            yield Notice(RESULTS, Message(self._words("tell.result", result=result, **head), lines))
        yield from self._more(RESULTS, more)

    def _more(self, kind: str, more: int) -> Iterator[Notice]:
        if more:
            yield Notice(kind, Message(self._words("tell.more", n=more)))

    def _daily_reports(self, store: Store) -> set[tuple[str, str]]:
        """Date and world of every daily reflection that is done."""
        job = _T["job"].c
        query = select(job.date, job.world).where(job.kind == DAILY, job.state == DONE)
        return {(row["date"], row["world"]) for row in store.read(query)}

    def _report(self, store: Store, date: str, world: str) -> Message:
        say = self._words
        lines = [
            f"{line['net_after_brains']} {line['quote']}, "
            + say("profit.n", n=line["round_trips"], wins=line["wins"])
            for line in pnl(store)
            if (line["day"], line["world"]) == (date, world)
        ]
        return Message(say("tell.report", date=date, world=world), lines or [say("profit.none")])

    def _of_the_switches(self) -> Iterator[Notice]:
        for switch, on, off in (
            (KillSwitch(self._home), "tell.killed", "tell.unkilled"),
            (PauseSwitch(self._home), "tell.paused", "tell.unpaused"),
        ):
            is_set = switch.is_set
            if self._changes(on, is_set):
                text = self._words(on, reason=switch.reason()) if is_set else self._words(off)
                yield Notice(SWITCH, Message(text))

    def _of_the_heart(self) -> Iterator[Notice]:
        found = read_heartbeat(self._home)
        if found is None:
            return
        age = max(0, self._clock.now() - found.ts) / NS
        state = found.state if found.state != BEATING else SILENT if age > SILENT_S else BEATING
        if self._changes("heart", state, initial=BEATING if state == SILENT else state):
            text = {
                BEATING: self._words("tell.alive"),
                SILENT: self._words("tell.silent", s=f"{age:.0f}"),
            }.get(state, self._words("tell.ended"))
            yield Notice(ALERTS, Message(text))

    def _of_the_venue(self) -> Iterator[Notice]:
        try:
            venue = tell(self._home, "status").get("venue") or {}
        except (NotRunning, Refused):
            return
        halted = venue.get("halted") or ""
        if self._changes("halted", halted, initial=""):
            text = self._words("tell.halted", reason=halted) if halted else self._words("tell.unhalted")
            yield Notice(ALERTS, Message(text))

    def _broken(self) -> Iterator[Notice]:
        n = count_broken(self._home)
        before = self._states.get("broken", n)
        if self._changes("broken", n) and n > before:
            yield Notice(ALERTS, Message(self._words("tell.broken", n=n - before)))


def _newest(store: Store, table: str) -> int:
    """The number of the newest row; 0 where there is none."""
    found = store.read(select(func.max(_number(table)).label("n")).select_from(_T[table]))[0]["n"]
    return 0 if found is None else int(found)


def _between(
    store: Store, query: Select[Any], table: str, after: int, until: int
) -> tuple[list[Mapping[str, Any]], int]:
    """The newest few rows of ``query`` that were written in between, oldest first, and how many more."""
    number = _number(table)
    found = store.read(query.where(number > after, number <= until).order_by(number))
    return list(found[-MOST_ROWS:]), max(0, len(found) - MOST_ROWS)


def _number(table: str) -> ColumnElement[int]:
    return literal_column(f'"{table}".rowid', Integer)
