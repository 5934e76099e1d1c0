"""Commands in a row, in one call: the loop that a simulation and a benchmark run in."""

from __future__ import annotations

from typing import Any

from venue.engine.changing import amend, cancel, replace
from venue.engine.codes import CommandKind, EventKind, Reason
from venue.engine.counter import at_counter
from venue.engine.journal import append, note_levels, note_refusal
from venue.engine.layout import EVENTS_A_COMMAND, EVENTS_AN_ORDER, LOG_FULL, LOG_ROWS
from venue.engine.matching import trigger_stops
from venue.engine.placing import place, place_oco
from venue.kernel import kernel


@kernel
def set_halt(market: Any, log: Any, kind: int) -> None:
    """Stop or start accepting orders; cancels are always taken."""
    halts = kind == CommandKind.HALT.value
    market.is_halted = 1 if halts else 0
    append(log, EventKind.HALTED.value if halts else EventKind.RESUMED.value, 0)


@kernel
def at_market(market: Any, ledger: Any, log: Any, command: Any) -> None:
    """One command to one market, with all that follows from it."""
    kind = command.kind
    if kind == CommandKind.HALT.value or kind == CommandKind.RESUME.value:
        set_halt(market, log, kind)
        return
    if not 0 <= command.account < ledger.accounts:
        note_refusal(
            log, Reason.UNKNOWN_ACCOUNT.value, command.account, command.side, command.order, command.client
        )
        return
    if kind == CommandKind.PLACE.value:
        place(market, ledger, log, command, 0)
    elif kind == CommandKind.CANCEL.value:
        cancel(market, ledger, log, command, Reason.REQUESTED.value)
    elif kind == CommandKind.REPLACE.value:
        replace(market, ledger, log, command)
    elif kind == CommandKind.AMEND.value:
        amend(market, ledger, log, command)
    else:
        place_oco(market, ledger, log, command)
    trigger_stops(market, ledger, log)
    note_levels(market, log)


@kernel
def perform(markets: Any, ledger: Any, log: Any, command: Any) -> None:
    """One command."""
    log.command += 1
    log.command_kind = command.kind
    log.ts = command.ts
    log.market = -1
    if CommandKind.OPEN_ACCOUNT.value <= command.kind <= CommandKind.WITHDRAW.value:
        at_counter(ledger, log, command)
    elif not 0 <= command.kind < CommandKind.OPEN_ACCOUNT.value:
        note_refusal(log, Reason.ILLEGAL_PARAMETER.value, command.account, 0, 0, 0)
    elif 0 <= command.market < len(markets):
        log.market = command.market
        at_market(markets[command.market], ledger, log, command)
    else:
        note_refusal(log, Reason.UNKNOWN_MARKET.value, command.account, command.side, 0, command.client)


@kernel
def has_space(markets: Any, log: Any, command: Any) -> bool:
    """Whether the log surely holds all that one more command can cause."""
    if log.count >= LOG_FULL:
        return False
    most = EVENTS_A_COMMAND
    if 0 <= command.market < len(markets):
        most += EVENTS_AN_ORDER * markets[command.market].open
    return bool(log.count + most <= LOG_ROWS)


@kernel
def perform_all(markets: Any, ledgers: Any, logs: Any, commands: Any, start: int) -> int:
    """Commands from ``start`` on until all are done or the log is to be fetched; returns the next one."""
    ledger = ledgers[0]
    log = logs[0]
    i = start
    while i < len(commands) and has_space(markets, log, commands[i]):
        perform(markets, ledger, log, commands[i])
        i += 1
    return i
