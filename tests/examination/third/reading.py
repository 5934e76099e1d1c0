"""Reads the paraphrases beside their canonical questions: the same query, another one, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prompts.queries import Query
from prompts.questions import parse_question
from tools.domain.clock import day_bounds
from tools.domain.errors import BadUsage, NotInRecord

SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
_DAY = 86_400 * 10**9
_START = day_bounds("2031-03-03")[0]
_NOW = _START + 21 * _DAY - 1


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to ask, and what became of it.

    Attributes:
        mark: "right" for the canonical query, "wrong" for another one, "refused".
        why: The refusal, or where the two queries differ.
    """

    canonical: str
    text: str
    mark: str
    why: str = ""


def read_query(text: str) -> Query:
    """The query of ``text`` on a record of three weeks, but for what was misspelt in it.

    Raises:
        NotInRecord: It was not understood, or is not in the record.
        BadUsage: It names what does not exist.
    """
    query = parse_question(text, symbols=SYMBOLS, now=_NOW, newest=_NOW - _DAY // 100, oldest=_START)
    return _plain(query)


def read_groups(name: str) -> Sequence[tuple[str, Sequence[str]]]:
    """Every canonical question of a file beside this one, with its paraphrases."""
    groups: list[tuple[str, list[str]]] = []
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            groups[-1][1].append(line.strip())
        else:
            groups.append((line, []))
    return groups


def read_paraphrases(name: str) -> Sequence[Reading]:
    """What became of every paraphrase of a file beside this one."""
    return [
        _read(canonical, text, read_query(canonical))
        for canonical, texts in read_groups(name)
        for text in texts
    ]


def _read(canonical: str, text: str, meant: Query) -> Reading:
    try:
        query = read_query(text)
    except (NotInRecord, BadUsage) as refusal:
        return Reading(canonical, text, "refused", str(refusal))
    if query == meant:
        return Reading(canonical, text, "right")
    return Reading(canonical, text, "wrong", _difference(query, meant))


def _plain(query: Query) -> Query:
    sides = tuple(replace(side, query=_plain(side.query)) for side in query.sides)
    return replace(query, corrections=(), sides=sides)


def _difference(query: Query, meant: Query) -> str:
    names = [name for name in query.__dataclass_fields__ if getattr(query, name) != getattr(meant, name)]
    return "; ".join(f"{name} is {getattr(query, name)}, not {getattr(meant, name)}" for name in names)
