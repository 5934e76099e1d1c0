"""The one seam for identity and randomness: ids are functions of what they name.

An id made from content is the same in replay as live, which is what lets a recorded
decision be found and compared byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

DIGITS = 24  # hexadecimal digits of an id
OLD_DIGITS = 10
ORDER_DIGITS = 22  # with its letters 24 of the 32 characters that the strictest venue takes


def _digest(*parts: object) -> str:
    joined = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()


def _named_after(name: str, *parts: object) -> str:
    """A digest as wide as the one in the id ``name``, such as ``s_0123456789``."""
    is_old = len(name.partition("_")[2]) == OLD_DIGITS
    return _digest(*parts)[: OLD_DIGITS if is_old else DIGITS]


def formerly(name: str) -> str:
    """The id that the same content had when ids had 40 bits: it was cut sooner."""
    kind, _, digest = name.partition("_")
    return f"{kind}_{digest[:OLD_DIGITS]}"


def fresh_run_id(ts: int) -> str:
    """A run id nobody else has; used where two runs at one instant must differ."""
    return "run_" + _digest(ts, secrets.token_hex(16))[:DIGITS]


def fresh_secret() -> str:
    """A secret that nobody can guess, 64 hexadecimal digits."""
    return secrets.token_hex(32)


def derived_run_id(*parts: object) -> str:
    """A run id that is a function of the run's inputs, for replays."""
    return "run_" + _digest("run", *parts)[:DIGITS]


def signal_id(run_id: str, symbol: str, source: str, ts: int, sequence: int) -> str:
    """Id of a signal: what, where, when, and which of the run."""
    return "s_" + _digest(run_id, symbol, source, ts, sequence)[:DIGITS]


def decision_id(signal: str) -> str:
    """Id of the decision on a signal; one signal has exactly one decision."""
    return "d_" + _named_after(signal, "decision", signal)


def outcome_id(signal: str, kind: str) -> str:
    """Id of a signal's outcome, taken or followed on paper."""
    return "o_" + _named_after(signal, "outcome", kind, signal)


def client_order_id(decision: str, leg: str, attempt: int) -> str:
    """Client order id = f(decision, leg, attempt): a retry can be recognised by the venue."""
    return "kp" + _digest("order", decision, leg, attempt)[:ORDER_DIGITS]


def lesson_id(statement_key: str, day: str) -> str:
    """Id of a lesson: one claim, one day of evidence."""
    return "l_" + _digest("lesson", statement_key, day)[:DIGITS]


def consultation_id(decision: str, attempt: int) -> str:
    """Id of one attempt to ask a brain about a decision."""
    return "c_" + _named_after(decision, "consultation", decision, attempt)


def question_id(question: str, ts: int) -> str:
    """Id of a question put to a brain: its words and when it was asked."""
    return "q_" + _digest("question", question, ts)[:10]


def strategy_id(*parts: object) -> str:
    """Id of a learned strategy: whose record it is from, and its rules."""
    return "y_" + _digest("strategy", *parts)[:DIGITS]


def experiment_id(*parts: object) -> str:
    """Id of a live experiment: where, what, on which day, which of the quarter."""
    return "x_" + _digest("experiment", *parts)[:10]


def unit_draw(seed: int, *parts: object) -> float:
    """A number in [0, 1) fixed by seed and parts: a coin that falls the same way in replay."""
    return int(_digest(seed, *parts)[:13], 16) / 16**13


def content_hash(data: bytes) -> str:
    """SHA-256 of ``data`` as hex."""
    return hashlib.sha256(data).hexdigest()


def numbers_hash(numbers: Mapping[str, Any]) -> str:
    """SHA-256 of frozen numbers as hex, whatever the layout of their file."""
    return content_hash(json.dumps(numbers, sort_keys=True, separators=(",", ":")).encode())
