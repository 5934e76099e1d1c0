"""The diary: memory's events in the order in which they were written down, link by link of its chain.

The order of a link's rows is time, then kind, so the same database gives the same lines whether
they are read as it grows or all at once afterwards.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson
from sqlalchemy import func, select

from memory.diary_lines import SOURCES, DiaryLine, Source
from memory.schema import METADATA
from memory.store import Store

LINKS_AT_ONCE = 200
_LINKS = METADATA.tables["link"]


@dataclass(frozen=True, slots=True)
class Place:
    """How far the diary was read.

    Attributes:
        link: The last link of the chain that is in it.
        digest: That link's, so that another database is noticed.
        upto: By table, the last row that is in it.
    """

    link: int = 0
    digest: str = ""
    upto: Mapping[str, int] = field(default_factory=dict)


def read_on(store: Store, place: Place, most_links: int = LINKS_AT_ONCE) -> tuple[list[DiaryLine], Place]:
    """The lines of the next links after ``place``, and the place after them; none at the end."""
    query = select(_LINKS).where(_LINKS.c.number > place.link).order_by(_LINKS.c.number).limit(most_links)
    links = store.read(query)
    if not links:
        return [], place
    ends: dict[str, list[int]] = {source.table: [] for source in SOURCES}
    upto = dict(place.upto)
    for link in links:
        upto |= {name: int(part[0]) for name, part in orjson.loads(link["sealed"]).items()}
        for name, rows in ends.items():
            rows.append(upto.get(name, 0))
    found = [
        (bisect_left(ends[source.table], at), line.ts, order, at, line)
        for order, source in enumerate(SOURCES)
        for at, line in _lines(store, source, place.upto.get(source.table, 0), ends[source.table][-1])
    ]
    found.sort(key=lambda one: one[:4])
    return [one[-1] for one in found], Place(int(links[-1]["number"]), str(links[-1]["digest"]), upto)


def read_all(store: Store, place: Place | None = None) -> Iterator[DiaryLine]:
    """Every line after ``place``, or from the beginning."""
    here = place or Place()
    while True:
        lines, there = read_on(store, here)
        if there == here:
            return
        yield from lines
        here = there


def place_before(store: Store, ts: int) -> Place:
    """A place before which nothing became known from ``ts`` on."""
    first: dict[str, int] = {}
    for source in SOURCES:
        rows = source.rows.with_only_columns(func.min(source.rows.selected_columns.at).label("at"))
        table = METADATA.tables[source.table]
        found = store.read(rows.where(table.c.ts_known >= ts))[0]["at"]
        if found is not None:
            first[source.table] = int(found)
    here = Place()
    for link in store.read(select(_LINKS).order_by(_LINKS.c.number)):
        upto = {**here.upto, **{name: int(part[0]) for name, part in orjson.loads(link["sealed"]).items()}}
        if any(upto.get(name, 0) >= at for name, at in first.items()):
            return here
        here = Place(int(link["number"]), str(link["digest"]), upto)
    return here


def is_of(store: Store, place: Place) -> bool:
    """Whether ``place`` is one in this very database."""
    if place.link == 0:
        return True
    kept = store.read(select(_LINKS.c.digest).where(_LINKS.c.number == place.link))
    return bool(kept) and kept[0]["digest"] == place.digest


def _lines(store: Store, source: Source, after: int, upto: int) -> Iterator[tuple[int, DiaryLine]]:
    if upto <= after:
        return
    at = source.rows.selected_columns.at
    for row in store.read(source.rows.where(at > after, at <= upto).order_by(at)):
        line = source.line(row)
        if line is not None:
            yield int(row["at"]), line
