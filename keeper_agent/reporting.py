"""The agent's side of the control socket: what it says of itself, and what it can be told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from keeper_agent.app import Keeper
from keeper_agent.beating import beating
from keeper_agent.depth import depth_of
from keeper_agent.figures import figures
from keeper_agent.last_status import keep_last
from keeper_agent.pulse import Pulse
from keeper_agent.settings import Settings
from keeper_agent.sizing_words import suggest_size
from keeper_agent.standing import standing, why_not
from memory.diary_file import DiaryFile
from memory.store import Store
from scheduler.control import ControlServer
from scheduler.cycle import DecisionCycle
from tools.domain.clock import NS, Clock, SystemStopwatch, iso
from tools.domain.errors import BadUsage, KeeperError, NotRunning
from tools.domain.market import Instrument
from tools.execution.kill import KillSwitch, PauseSwitch
from tools.execution.reconcile import Reconciler
from tools.execution.sizing import SizingMode

FRESH_S = 5.0  # figures out of memory are read again after so long
LOOKED_AT_S = 5.0  # a book is published for so long after somebody asked for it
MOST_LOOKED_AT = 8  # books at a time
LONGEST_REASON = 200


class Reporter:
    """Takes what the loop publishes; answers in the control server's thread.

    Args:
        settings: Home and caps.
        keeper: The run's parts.
        clock: The machine's.
        place: Where it trades, in words.
    """

    def __init__(self, settings: Settings, keeper: Keeper, clock: Clock, place: str) -> None:
        self._settings, self._keeper, self._clock, self._place = settings, keeper, clock, place
        self._switches = (KillSwitch(settings.keeper_home), PauseSwitch(settings.keeper_home))
        self._began: int | None = None
        self._last: Mapping[str, Any] = {}
        self._instruments: Mapping[str, Instrument] = {}
        self._figures: Mapping[str, Any] = {}
        self._figured_at = 0
        self._reader: Store | None = None
        self._diary = DiaryFile(settings.keeper_home)
        self.pulse = Pulse(clock, SystemStopwatch())
        self._looked_at: dict[str, int] = {}  # until when, by symbol; replaced whole, never changed
        self._depths: Mapping[str, Any] = {}
        self._reconciler: Reconciler | None = None
        self._reconciled: dict[str, Any] | None = None

    def publish(
        self, ts: int, cycles: Mapping[str, DecisionCycle], venue: Mapping[str, Any] | None = None
    ) -> None:
        """Called by the loop: how it stands at ``ts``; ``venue`` is what it knows of the venue's side."""
        if self._began is None:
            self._began = ts
        self._instruments = {symbol: cycle.market.instrument for symbol, cycle in cycles.items()}
        self._last = {
            **standing(self._keeper, cycles, ts=ts, began=self._began, place=self._place),
            "venue": venue,
            "rows_waiting": self._keeper.store.n_waiting,
            "pulse": self.pulse.beat(),
        }
        until = self._looked_at
        self._depths = {
            symbol: depth_of(cycle.market) for symbol, cycle in cycles.items() if until.get(symbol, 0) > ts
        }
        self._note_comparison(ts)

    def watch(self, reconciler: Reconciler) -> None:
        """Tell from now on what it found when memory was held against the venue."""
        self._reconciler = reconciler

    def _note_comparison(self, ts: int) -> None:
        if self._reconciler is None or self._reconciler.last is None:
            return
        n, found = self._reconciler.compared, self._reconciler.last
        if self._reconciled is None or self._reconciled["n"] != n:
            self._reconciled = {"n": n, "is_equal": found.is_equal, "text": str(found), "time": iso(ts)}

    @contextmanager
    def serving(self, new_link: Callable[[], str] | None = None) -> Iterator[None]:
        """Answer meanwhile; ``new_link`` makes a link for a browser where the dashboard is served."""
        handlers = {
            "ping": lambda request: {"pid": os.getpid()},
            "status": lambda request: self.status(),
            "kill": lambda request: self._set(self._switches[0], request),
            "pause": lambda request: self._set(self._switches[1], request),
            "resume": lambda request: self._resume(),
            "size": self._size,
            "depth": self._depth,
            "link": lambda request: {"link": _link(new_link)},
        }
        server = ControlServer(self._settings.keeper_home, handlers, self.keep, FRESH_S)
        settings = self._settings
        url = settings.keeper_heartbeat_url.get_secret_value()
        heart = beating(settings.keeper_home, self._clock, self.pulse, url)
        server.start()
        try:
            with heart:
                yield
        finally:
            server.close()
            with suppress(KeeperError, OSError):  # an end in order matters more than its report
                self.keep()

    def status(self) -> dict[str, Any]:
        """What was published last, with the figures out of memory."""
        last = dict(self._last)
        if not last:
            return {"is_starting": True, "pid": os.getpid()}
        now = self._clock.now()
        if now - self._figured_at > FRESH_S * NS:
            self._figures, self._figured_at = self._try_to_read(last, now), now
        return {
            **last,
            "why": why_not(self._switches),
            "metrics": dict(self._figures),
            "reconciliation": self._reconciled,
        }

    def keep(self) -> None:
        """Leave what is known in the home, for when nobody runs there, and what was remembered as text."""
        if self._last:
            keep_last(self._settings.keeper_home, self.status())
            self._diary.bring_up_to_date(self._memory())

    def finish(self) -> None:
        """At the end of the run: let the diary say all that memory holds, and ``status`` how it ended.

        Raises:
            StoreUnusable: It cannot be written.
        """
        try:
            while self._diary.bring_up_to_date(self._memory()):
                pass
            self._keep_end()
        finally:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def _keep_end(self) -> None:
        if self._last:
            self._figured_at = 0  # the last trips came after the figures that are known
            ended = {**self.status(), "ended": iso(self._clock.now())}
            with suppress(OSError):  # an end in order matters more than its report
                keep_last(self._settings.keeper_home, ended)

    def _try_to_read(self, last: Mapping[str, Any], now: int) -> dict[str, Any]:
        """The figures, or why there are none: how the agent stands is told all the same."""
        try:
            return self._read(last, now)
        except KeeperError as error:
            return {"fault": str(error)}

    def _memory(self) -> Store:
        """A reader of its own: the loop's writer is never waited for, nor held up."""
        if self._reader is None:
            self._reader = Store.open(self._settings.keeper_home, read_only=True)
        return self._reader

    def _read(self, last: Mapping[str, Any], now: int) -> dict[str, Any]:
        return figures(self._memory(), self._settings, last["world"], last["ts"], now)

    def _set(self, switch: KillSwitch, request: Mapping[str, Any]) -> dict[str, Any]:
        reason = request.get("reason", "by hand")
        if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
            raise BadUsage(f"a reason is text of at most {LONGEST_REASON} characters")
        switch.set(reason)
        return {"is_set": switch.is_set, "reason": switch.reason()}

    def _size(self, request: Mapping[str, Any]) -> dict[str, Any]:
        parameters = self._keeper.parameters.snapshot(self._last["ts"]) if self._last else None
        if parameters is None:
            raise NotRunning("the agent is starting")
        mode = SizingMode(self._settings.position_sizing_mode)
        symbol, ts = str(request.get("symbol")), self._last["ts"]
        believed = self._keeper.reactions.told(symbol, ts, parameters) if mode is SizingMode.LEARNED else {}
        rows = self._last["symbols"]
        return suggest_size(request, rows, self._instruments, parameters, mode, believed)

    def _depth(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The book and tape of a symbol as last published; the first answer after a while is empty."""
        symbol, last = request.get("symbol"), self._last
        if not last:
            raise NotRunning("the agent is starting")
        if symbol not in {row["symbol"] for row in last["symbols"]}:
            raise BadUsage("the agent does not watch that symbol")
        ts = last["ts"]
        held = {name: until for name, until in self._looked_at.items() if until > ts and name != symbol}
        newest = list(held.items())[-(MOST_LOOKED_AT - 1) :]
        self._looked_at = {**dict(newest), str(symbol): ts + round(LOOKED_AT_S * NS)}
        return dict(self._depths.get(str(symbol), {}))

    def _resume(self) -> dict[str, Any]:
        was = [switch.NAME for switch in self._switches if switch.clear()]
        return {"cleared": was}


def _link(new_link: Callable[[], str] | None) -> str:
    if new_link is None:
        raise BadUsage("it serves no dashboard: KEEPER_API is off")
    return new_link()
