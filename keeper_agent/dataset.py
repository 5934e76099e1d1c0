"""The dataset of round trips as a Parquet file: written in pages, weighted, hashed, with its schema version.

The hash is SHA-256 over the rows as canonical JSON lines in the order of the file, so the same memory as of
the same time gives the same hash, whatever version of a library wrote the file.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from keeper_agent.series_file import replacing
from memory.codec import canonical
from memory.round_trips import TripFilter, TripKey, round_trips, trip_keys
from memory.store import Store
from tools.domain.errors import BadUsage, NotEnoughData
from tools.domain.round_trips import RoundTrip
from tools.models.round_trips import COLUMNS, SCHEMA_VERSION, WEIGHT, Value, row_of
from tools.models.uniqueness import average_uniqueness

SUFFIX = ".parquet"
MARK = b"keeper.dataset"
NAME = "round_trips"


@dataclass(frozen=True, slots=True)
class Written:
    """What went into a file.

    Attributes:
        rows: Round trips by kind.
        effective: Sum of the weights by kind: how many independent ones they are worth.
        repeated: Left out because the same market was played again later.
        sha256: Hash of the rows.
    """

    rows: Mapping[str, int]
    effective: Mapping[str, float]
    repeated: int
    sha256: str


def require_dataset_path(out: Path) -> None:
    """Refuse an ``out`` that is no Parquet file, or is one that Keeper did not write.

    Raises:
        BadUsage: It must not be written to.
        BadInput: It cannot be.
    """
    if out.suffix != SUFFIX:
        raise BadUsage(f"--out expects a file ending in {SUFFIX}, was {str(out)!r}")
    if out.exists() and MARK not in _metadata(out):
        raise BadUsage(f"--out expects a new file or a dataset of keeper, {str(out)!r} is neither")
    with replacing(out) as fresh:
        fresh.touch()
        fresh.unlink()


def write_dataset(
    store: Store,
    wanted: TripFilter,
    out: Path,
    rate: Callable[[str, str], Decimal | None],
    each: Callable[[int, int], None],
) -> Written:
    """Write every round trip that ``wanted`` holds to ``out``.

    Args:
        store: Memory; read only.
        wanted: Which round trips.
        out: The file; it is there whole or not at all.
        rate: US dollars a quote unit of a venue's symbol, None where it is not known.
        each: Told how many rows are done, of how many.

    Raises:
        NotEnoughData: There is none.
        BadInput: The file cannot be written.
    """
    weights, repeated = _weights(trip_keys(store, wanted))
    if not weights:
        raise NotEnoughData("there is no round trip yet that the dataset could hold; run keeper first")
    digest, rows = hashlib.sha256(), Counter[str]()
    effective: dict[str, float] = defaultdict(float)
    with replacing(out) as fresh, _writing(fresh) as write:
        for page in round_trips(store, wanted):
            kept = [trip for trip in page if trip.outcome.outcome_id in weights]
            table = [_weighted(row_of(_rated(trip, rate)), weights) for trip in kept]
            for row in table:
                digest.update(canonical(row).encode() + b"\n")
                rows[str(row["kind"])] += 1
                effective[str(row["kind"])] += float(row[WEIGHT[0]] or 0)
            write(table, {})
            each(sum(rows.values()), len(weights))
        found = Written(dict(rows), dict(effective), repeated, digest.hexdigest())
        write([], {"as_of": str(wanted.as_of), "sha256": found.sha256, "rows": str(sum(rows.values()))})
    return found


def _weights(keys: Iterator[TripKey]) -> tuple[dict[str, float], int]:
    """The weight of every round trip that counts, and how many are repeats of one that is kept."""
    latest: dict[tuple[bytes, str], TripKey] = {}
    n = 0
    for key in keys:
        n += 1
        held = latest.get((key.market, key.kind))
        if held is None or (key.ts, key.outcome_id) >= (held.ts, held.outcome_id):
            latest[key.market, key.kind] = key
    kept = list(latest.values())
    spans = np.array([(key.ts, key.ts_known) for key in kept], np.int64).reshape(-1, 2)
    found = average_uniqueness(spans, [f"{key.kind} {key.symbol}" for key in kept])
    return {key.outcome_id: float(weight) for key, weight in zip(kept, found, strict=True)}, n - len(kept)


def _rated(trip: RoundTrip, rate: Callable[[str, str], Decimal | None]) -> RoundTrip:
    return replace(trip, quote_usd=rate(trip.outcome.venue, trip.outcome.symbol))


def _weighted(row: dict[str, Value], weights: Mapping[str, float]) -> dict[str, Value]:
    return {**row, WEIGHT[0]: weights[str(row["outcome_id"])]}


@contextmanager
def _writing(path: Path) -> Iterator[Callable[[list[dict[str, Value]], Mapping[str, str]], None]]:
    """Gives what writes rows, and what is said of the file at its end."""
    # pyarrow is a heavy import; only the commands that read or write files pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = [(column.name, column.type) for column in COLUMNS] + [(WEIGHT[0], WEIGHT[1])]
    marks = {MARK: NAME.encode(), b"keeper.schema_version": str(SCHEMA_VERSION).encode()}
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in types]).with_metadata(marks)
    with pq.ParquetWriter(path, schema) as file:

        def write(rows: list[dict[str, Value]], said: Mapping[str, str]) -> None:
            if rows:
                file.write_table(pa.Table.from_pylist(rows, schema))
            if said:
                file.add_key_value_metadata({f"keeper.{name}": value for name, value in said.items()})

        yield write


def _metadata(path: Path) -> Mapping[bytes, bytes]:
    # pyarrow is a heavy import; only the commands that read or write files pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return dict(pq.read_schema(path).metadata or {})
    except (pa.ArrowException, OSError):
        return {}
