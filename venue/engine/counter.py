"""Accounts and their money, at the venue's own counter."""

from __future__ import annotations

from typing import Any

from venue.engine.codes import CommandKind, EventKind, Reason
from venue.engine.journal import append, note_refusal
from venue.engine.layout import ACCOUNTS, LARGEST
from venue.kernel import kernel

MILLION = 1_000_000


@kernel
def check_counter(ledger: Any, command: Any) -> int:
    """Whether an account or transfer command makes sense."""
    kind = command.kind
    is_new = kind == CommandKind.OPEN_ACCOUNT.value
    if is_new and ledger.accounts == ACCOUNTS:
        return Reason.ACCOUNTS_FULL.value
    if not is_new and not 0 <= command.account < ledger.accounts:
        return Reason.UNKNOWN_ACCOUNT.value
    if is_new or kind == CommandKind.SET_FEES.value:
        sound = 0 <= command.price <= MILLION and 0 <= command.size <= MILLION
        return 0 if sound else Reason.ILLEGAL_PARAMETER.value
    if not 0 <= command.order < ledger.assets:
        return Reason.UNKNOWN_ASSET.value
    if command.size <= 0:
        return Reason.AMOUNT.value
    if kind == CommandKind.DEPOSIT.value:
        return Reason.AMOUNT.value if command.size > LARGEST - ledger.supply[command.order] else 0
    enough = ledger.free[command.account, command.order] >= command.size
    return 0 if enough else Reason.INSUFFICIENT_BALANCE.value


@kernel
def book_transfer(ledger: Any, log: Any, command: Any) -> None:
    """Bring money in or out."""
    amount = command.size if command.kind == CommandKind.DEPOSIT.value else -command.size
    ledger.free[command.account, command.order] += amount
    ledger.supply[command.order] += amount
    row = log.rows[append(log, EventKind.TRANSFERRED.value, 0)]
    row.account = command.account
    row.size = amount
    row.number = command.order


@kernel
def at_counter(ledger: Any, log: Any, command: Any) -> None:
    """Open an account, set its fees, book a transfer."""
    reason = check_counter(ledger, command)
    if reason != 0:
        note_refusal(log, reason, command.account, 0, 0, 0)
        return
    if command.kind in (CommandKind.DEPOSIT.value, CommandKind.WITHDRAW.value):
        book_transfer(ledger, log, command)
        return
    account = command.account
    event = EventKind.FEES_SET.value
    if command.kind == CommandKind.OPEN_ACCOUNT.value:
        account = ledger.accounts
        ledger.accounts += 1
        event = EventKind.ACCOUNT_OPENED.value
    ledger.maker_ppm[account] = command.price
    ledger.taker_ppm[account] = command.size
    row = log.rows[append(log, event, 0)]
    row.account = account
    row.fee = command.size
    row.other_fee = command.price
