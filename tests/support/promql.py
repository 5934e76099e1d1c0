"""A reader of PromQL: refuses what Prometheus would, and says which metrics and labels a query names.

The grammar is the part of Prometheus's that our files use: selectors with matchers and ranges, functions,
aggregations, unary minus, arithmetic, comparison and set operators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![a-z\w]))|(?P<name>[a-zA-Z_:][\w:]*)|(?P<text>\"[^\"]*\")"
    r"|(?P<range>\[\d+[smhdw]\])|(?P<operator>==|!=|>=|<=|=~|!~|[-+*/%^<>=(){},]))"
)
AGGREGATIONS = frozenset(("sum", "max", "min", "avg", "count", "stddev", "topk", "bottomk", "quantile"))
# Functions with what they take: v an instant vector, r a range, s a number.
FUNCTIONS = {
    "rate": "r",
    "increase": "r",
    "irate": "r",
    "histogram_quantile": "sv",
    "absent": "v",
    "abs": "v",
}
FUNCTIONS |= {"time": "", "vector": "s", "clamp_min": "vs", "max_over_time": "r", "changes": "r"}
PRECEDENCE = {"or": 1, "and": 2, "unless": 2, "==": 3, "!=": 3, ">": 3, "<": 3, ">=": 3, "<=": 3}
PRECEDENCE |= {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "^": 6}


class BadQuery(ValueError):
    """Prometheus would refuse it."""


@dataclass(slots=True)
class Query:
    """What a query names: metrics with the labels they are matched by, and labels grouped by."""

    metrics: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    grouped: set[str] = field(default_factory=set)


def read_query(text: str) -> Query:
    """The query in ``text``.

    Raises:
        BadQuery: It is none; the message says where.
    """
    reader = _Reader(list(_tokens(text)))
    kind = reader.expression(0)
    if reader.next != ("end", ""):
        raise BadQuery(f"expected the end, was {reader.next[1]!r} in {text}")
    if kind == "r":
        raise BadQuery(f"a range is no result: {text}")
    return reader.found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, text = 0, text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise BadQuery(f"not understood from {text[at : at + 20]!r}")
        yield str(match.lastgroup), match.group(str(match.lastgroup))
        at = match.end()


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = [*tokens, ("end", "")]
        self.found = Query()

    @property
    def next(self) -> tuple[str, str]:
        return self._tokens[0]

    def _take(self, *wanted: str) -> str:
        kind, word = self._tokens.pop(0)
        if wanted and kind not in wanted and word not in wanted:
            raise BadQuery(f"expected {' or '.join(wanted)}, was {word or kind!r}")
        return word

    def _is(self, *words: str) -> bool:
        return self.next[1] in words and self.next[0] != "text"

    def expression(self, least: int) -> str:
        """The kind of what was read: v, r or s."""
        kind = self._operand()
        while PRECEDENCE.get(self.next[1], 0) > least and self.next[0] != "text":
            operator = self._take()
            right = self.expression(PRECEDENCE[operator])
            if "r" in (kind, right):
                raise BadQuery(f"{operator} takes no range")
            if operator in ("and", "or", "unless") and "s" in (kind, right):
                raise BadQuery(f"{operator} takes no number")
            kind = "v" if "v" in (kind, right) else "s"
        return kind

    def _operand(self) -> str:
        if self._is("-", "+"):
            self._take()
            return self._operand()
        if self._is("("):
            self._take()
            kind = self.expression(0)
            self._take(")")
            return kind
        if self.next[0] == "number":
            self._take()
            return "s"
        name = self._take("name")
        if name in AGGREGATIONS:
            return self._aggregation()
        return self._call(name) if self._is("(") else self._selector(name)

    def _aggregation(self) -> str:
        grouped = self._grouping()
        self._take("(")
        if self.expression(0) != "v":
            raise BadQuery("an aggregation takes an instant vector")
        self._take(")")
        if not grouped:
            self._grouping()
        return "v"

    def _grouping(self) -> bool:
        if not self._is("by", "without"):
            return False
        self._take()
        self._take("(")
        while not self._is(")"):
            self.found.grouped.add(self._take("name"))
            if not self._is(")"):
                self._take(",")
        self._take(")")
        return True

    def _call(self, name: str) -> str:
        if name not in FUNCTIONS:
            raise BadQuery(f"no function {name}")
        self._take("(")
        kinds = ""
        while not self._is(")"):
            kinds += self.expression(0)
            if not self._is(")"):
                self._take(",")
        self._take(")")
        if kinds != FUNCTIONS[name]:
            raise BadQuery(f"{name} takes {FUNCTIONS[name]!r}, was given {kinds!r}")
        return "s" if name == "time" else "v"

    def _selector(self, name: str) -> str:
        labels = set()
        if self._is("{"):
            self._take()
            while not self._is("}"):
                labels.add(self._take("name"))
                self._take("=", "!=", "=~", "!~")
                self._take("text")
                if not self._is("}"):
                    self._take(",")
            self._take()
        self.found.metrics.append((name, frozenset(labels)))
        if self.next[0] == "range":
            self._take()
            return "r"
        return "v"
