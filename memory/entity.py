"""What a thing of the record is for questions: a constant piece of SQL with columns over it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

FEATURE = "feature"  # a column of this kind is read from what was sensed, which may be archived


@dataclass(frozen=True, slots=True)
class Column:
    """One value of an entity.

    Attributes:
        sql: A constant expression over the entity's source; for a feature its name.
        kind: ``text``, ``flag``, ``time`` (ns), ``span`` (ns, told in s), ``units`` (of 1e-8), ``money``
            (decimal text), ``real``, ``whole``, ``names`` (a JSON array of text), ``added`` (a JSON array
            of decimal text), ``rules`` (votes, of which those of rules that refused count), ``objecting`` and
            ``favouring`` (votes to skip and to enter), ``limits`` (clamps), ``cuts`` (by how much
            clamps cut, of the limits that are asked for),
            ``conditions`` (of a strategy) or ``feature``.
        unit: What it is told in: quote, bps, s, usd, share; empty for plain numbers and text.
        label: What it is called.
    """

    sql: str
    kind: str
    label: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One sort of thing.

    Attributes:
        source: The table after FROM, with its alias.
        base: What must hold of every row.
        columns: Values by name; ``ts`` is when it was, ``id`` its name.
        one: What one is called.
        many: What several are called.
        joins: What else a column may need, by alias, each after those it needs itself. None of them makes
            a row of the table more or fewer, so one that nothing needs is left out.
    """

    source: str
    base: str
    columns: Mapping[str, Column]
    one: str
    many: str
    joins: Mapping[str, str] = field(default_factory=dict)

    def needing(self, used: Iterable[str]) -> str:
        """Table and joins after FROM, of which ``used`` and ``base`` need the columns."""
        needed = [self.base, *used]
        kept: list[str] = []
        for alias, join in reversed(list(self.joins.items())):
            if any(re.search(rf"\b{alias}\.", sql) for sql in needed):
                needed.append(join)
                kept.insert(0, join)
        return " ".join((self.source, *kept))
