"""What was put in force and when, and which version was in force before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from tools.domain.errors import ModelUnusable


@dataclass(frozen=True, slots=True)
class Promotion:
    """That a version was put in force, when (ns UTC) and why; ``is_back``: as the one before another."""

    version: str
    ts: int
    reason: str
    is_back: bool = False


def promotion_of(line: bytes, path: Path) -> Promotion:
    """The promotion noted in ``line`` of ``path``.

    Raises:
        ModelUnusable: It is none.
    """
    try:
        told = orjson.loads(line)
        return Promotion(str(told["version"]), int(told["ts"]), str(told["reason"]), bool(told["is_back"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise ModelUnusable(f"{path}: expected promotions, one JSON line each, was {line[:40]!r}") from None


def version_before(now: str | None, promotions: Sequence[Promotion]) -> str | None:
    """The version that was in force before ``now``, which going back leaves behind; None where none was.

    >>> a, b = Promotion("a", 1, ""), Promotion("b", 2, "")
    >>> version_before("b", [a, b])
    'a'
    >>> version_before("a", [a, b, Promotion("a", 3, "", is_back=True)]) is None
    True
    """
    stack: list[str] = []
    for one in promotions:
        if one.is_back and len(stack) > 1:
            stack.pop()
        elif stack[-1:] != [one.version]:
            stack.append(one.version)
    if stack[-1:] == [now]:
        stack.pop()
    return stack[-1] if stack else None
