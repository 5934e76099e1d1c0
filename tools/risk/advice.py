"""What a brain may say of a signal, and why nothing usable was said."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class AdviceAction(StrEnum):
    """What a brain may say; NONE stands for a fault."""

    TAKE = "take"
    REDUCE = "reduce"
    SKIP = "skip"
    NONE = "none"


class Cause(StrEnum):
    """Why there is no usable answer; each asks for another look."""

    # nothing was sent
    OVER_BUDGET = "over_budget"
    NOT_PRICED = "not_priced"
    CIRCUIT_OPEN = "circuit_open"
    NOT_RECORDED = "not_recorded"
    # the way to the provider and back
    UNREACHABLE = "unreachable"
    CUT_OFF = "cut_off"
    LATE = "late"
    # the provider said no
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    KEY_REFUSED = "key_refused"
    BAD_REQUEST = "bad_request"
    # there was an answer
    MALFORMED_BODY = "malformed_body"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    ODD_STOP = "odd_stop"
    ODD_USAGE = "odd_usage"
    INVALID = "invalid"
    FALSE_CLAIM = "false_claim"
    NO_ANSWER = "no_answer"
    # anything else that a brain threw
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Advice:
    """A brain's checked answer on one ambiguous signal, or why there is none.

    Attributes:
        cause: Why there is none; None for an answer.
    """

    action: AdviceAction
    fraction: Decimal
    reason: str
    cited: tuple[str, ...] = ()
    cause: Cause | None = None
