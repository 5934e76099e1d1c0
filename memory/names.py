"""Names that a record holds, which a question may speak of."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import select

from memory.schema import METADATA
from memory.store import Store

_T = METADATA.tables
# One step in an index a name, as there are few names and many rows.
_PROVIDER = "SELECT MIN(provider) FROM consultation WHERE provider > :last"
_MODEL = "SELECT MIN(model) FROM consultation WHERE model > :last"


@dataclass(frozen=True, slots=True)
class Names:
    """Parameters that were changed, who was asked, and the features that strategies look at."""

    parameters: tuple[str, ...]
    providers: tuple[str, ...]
    models: tuple[str, ...]
    features: tuple[str, ...]


def names_in_record(store: Store) -> Names:
    """Each name once, in order."""
    rules = (orjson.loads(text) for text in _distinct(store, "strategy", "rules"))
    features = {condition["feature"] for rule in rules for condition in rule["conditions"]}
    return Names(
        parameters=_distinct(store, "parameter", "name"),
        providers=_each(store, _PROVIDER),
        models=_each(store, _MODEL),
        features=tuple(sorted(features)),
    )


def _distinct(store: Store, table: str, column: str) -> tuple[str, ...]:
    c = _T[table].c[column]
    return tuple(row[column] for row in store.read(select(c).distinct().order_by(c)))


def _each(store: Store, following: str) -> tuple[str, ...]:
    found: list[str] = []
    while True:
        ((name,),) = store.fetch(following, {"last": found[-1] if found else ""})
        if name is None:
            return tuple(found)
        found.append(name)
