"""The few shapes that a limit has: a cap on USD, a cap on a count, a state that lets nothing in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from tools.domain.parameter import ParameterSet
from tools.risk.exposure import ZERO, LedgerSnapshot
from tools.risk.wishes import EntryRequest, Room, amount, money

Check: TypeAlias = Callable[[EntryRequest, LedgerSnapshot, ParameterSet], Room | None]


def cap(parameter: str, held: Callable[[EntryRequest, LedgerSnapshot], Decimal], text: str) -> Check:
    """Room up to ``parameter``, USD, over what is held; ``text`` may name held, limit and symbol."""

    def room(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room:
        limit, taken = amount(parameters, parameter), held(request, ledger)
        said = text.format(held=money(taken), limit=money(limit), symbol=request.symbol)
        return Room(limit - taken, said)

    return room


def count(
    parameter: str,
    done: Callable[[EntryRequest, LedgerSnapshot], int],
    text: str,
    *,
    off_at: int | None = None,
    applies: Callable[[EntryRequest], bool] = lambda request: True,
) -> Check:
    """No room once ``done`` has come to ``parameter``; ``off_at`` is the value that switches it off."""

    def room(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
        most = parameters.whole(parameter)
        if most == off_at or not applies(request):
            return None
        so_far = done(request, ledger)
        said = text.format(done=so_far, most=most, symbol=request.symbol)
        return Room(ZERO, said) if so_far >= most else None

    return room


def forbid(why: Callable[[EntryRequest, LedgerSnapshot, ParameterSet], str | None]) -> Check:
    """No room while ``why`` has a reason."""

    def room(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
        reason = why(request, ledger, parameters)
        return None if reason is None else Room(ZERO, reason)

    return room
