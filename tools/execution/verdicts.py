"""What a failed request says of the order: refused, never sent, or nobody knows.

Only the venue's own typed answer refuses an order. Everything else that may have reached it
(a timeout, a reset, a gateway's error page, a reply that cannot be read) leaves it UNKNOWN.
Errors are told apart by class name, so that nothing here has to load the client library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from tools.execution.dialect import Dialect

CODE = re.compile(r'"code"\s*:\s*"?(-?\d+)')
DIALLING = frozenset({"ClientConnectorError", "gaierror"})
VAGUE_CLASSES = frozenset({"ExchangeClosedByUser", "UnsubscribeError"})


class Verdict(Enum):
    """What is known of a request after it failed."""

    REJECTED = auto()
    UNSENT = auto()
    LIMITED = auto()
    LATE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the words it rests on."""

    verdict: Verdict
    reason: str


def judge(error: BaseException, dialect: Dialect) -> Judgement:
    """What ``error`` says of the order whose request ended with it.

    UNSENT: no connection came about. LIMITED: refused for its rate. LATE: refused for its
    time stamp. These three never took effect and may be sent again under the same id.
    """
    return Judgement(_verdict(error, dialect), reason_of(error))


def is_not_found(error: BaseException, dialect: Dialect) -> bool:
    """Whether the venue itself said that it knows no such open order; an outage never says so."""
    names = _names(error)
    if "OperationFailed" in names:
        return False
    code = venue_code(error)
    words = dialect.not_found.get(code) if code is not None else None
    return "OrderNotFound" in names or (words is not None and words in str(error))


def venue_code(error: BaseException) -> int | None:
    """The venue's error code in ``error``; None where the venue did not speak."""
    found = CODE.search(str(error))
    return int(found.group(1)) if found else None


def reason_of(error: BaseException) -> str:
    """``error`` in one short line."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}"[:200] if words else type(error).__name__


def _verdict(error: BaseException, dialect: Dialect) -> Verdict:
    names, code = _names(error), venue_code(error)
    if dialect.duplicate in str(error):
        return Verdict.UNKNOWN
    if any(_names(cause) & DIALLING for cause in _causes(error)):
        return Verdict.UNSENT
    if code in dialect.bad_key:
        return Verdict.REJECTED
    if code in dialect.limited or names & {"DDoSProtection", "RateLimitExceeded"}:
        return Verdict.LIMITED
    if code in dialect.late:
        return Verdict.LATE
    if "OperationFailed" in names or code in dialect.unsure:
        return Verdict.UNKNOWN
    if "ExchangeError" not in names or names & VAGUE_CLASSES:
        return Verdict.UNKNOWN
    is_typed = type(error).__name__ != "ExchangeError"
    is_code_enough = dialect.has_typed_refusals and code is not None
    return Verdict.REJECTED if is_typed or is_code_enough else Verdict.UNKNOWN


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
