"""What may forbid an order in the last function before the wire."""

from __future__ import annotations

from collections.abc import Callable

from tools.domain.trading import Intent
from tools.execution.kill import KillSwitch


def unless_killed(switch: KillSwitch) -> Callable[[Intent], str]:
    """Nothing that increases exposure while the kill switch is set; reduce-only always passes."""

    def guard(intent: Intent) -> str:
        if intent.is_reduce_only or not switch.is_set:
            return ""
        return f"the kill switch is set: {switch.reason()}"

    return guard


def while_owned(is_owned: Callable[[], bool]) -> Callable[[Intent], str]:
    """Nothing at all once another process trades the account."""

    def guard(intent: Intent) -> str:
        del intent
        return "" if is_owned() else "another process trades this account"

    return guard
