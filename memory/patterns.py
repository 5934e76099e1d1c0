"""The pattern library on disk: a Chroma view of the pattern table, for similarity search by anyone.

SQL is the truth. Two processes that open one Chroma folder damage it without an error, so
only the owner of the home's lock may; and a library that is lost or damaged is made anew
from SQL, whenever that is noticed, so its loss never stops anything.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sqlalchemy import select

from memory.lock import HomeLock
from memory.recall import NEVER
from memory.rows import vector_values
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import InvariantBroken, StoreUnusable
from tools.domain.ports import ANYWHERE, Neighbour, Where

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

FOLDER = "patterns"
COLLECTION = "patterns"
DATABASE = "chroma.sqlite3"
BATCH = 2_000
SHOWN = 20  # differences told one by one
VECTOR_TOLERANCE = 1e-6  # Chroma keeps float32
FACTS = ("signal_id", "symbol", "venue", "world", "result", "net_bps", "ts_known", "ts_retired")

Answer = TypeVar("Answer")


def _silent(_done: int, _total: int) -> None:
    """Nobody listens."""


class PatternLibrary:
    """The library in ``home/patterns``, kept equal to the pattern table of ``store``.

    Args:
        lock: The held lock of the home.
        store: The writer of the same home.
        heals: Whether damage is repaired by making the library anew, or raised.

    Raises:
        StoreUnusable: The folder can be neither opened nor made anew.
    """

    def __init__(self, lock: HomeLock, store: Store, *, heals: bool = True) -> None:
        if not lock.is_held:
            raise InvariantBroken(
                f"expected the lock of {lock.home} to be held before its patterns are opened"
            )
        self._folder = lock.home / FOLDER
        self._store = store
        self._heals = heals
        self._client: Client | None = None
        self._collection: Collection
        self._healing(self._open)

    def sync(self) -> int:
        """Add what the table has more, retire what it has retired; returns how many are new."""
        return self._healing(self._catch_up)

    def nearest(
        self, vector: Sequence[float], ts: int, limit: int, *, where: Where = ANYWHERE
    ) -> list[Neighbour]:
        """The states most similar to ``vector`` that were known and not retired at ``ts``, best first.

        Raises:
            ValueError: A source of signals is asked for, which the library does not know.
        """
        if where.source is not None:
            raise ValueError("expected no source: the library knows symbols, venues and worlds")
        conditions: list[dict[str, Any]] = [{"ts_known": {"$lte": ts}}, {"ts_retired": {"$gt": ts}}]
        wanted = {name: getattr(where, name) for name in ("symbol", "venue", "world")}
        conditions += [{name: {"$eq": value}} for name, value in wanted.items() if value is not None]
        return self._healing(lambda: self._query(list(vector), limit, {"$and": conditions}))

    def rebuild(self, told: Callable[[int, int], None] = _silent) -> int:
        """Drop the library and make it anew from SQL; returns how many patterns it holds.

        Args:
            told: Hears how many patterns were added, of how many.

        Raises:
            StoreUnusable: The folder cannot be written.
        """
        self.close()
        try:
            _remove(self._folder)
            self._open()
            return self._catch_up(told)
        except _damages() as error:
            raise StoreUnusable(
                f"cannot rebuild the patterns in {self._folder}: {_first_line(error)}"
            ) from error

    def verify(self) -> list[str]:
        """How the library differs from the table, one line a difference; empty when they are equal."""
        try:
            self._require_folder()
            held = dict(self._held())
        except _damages() as error:
            return [f"the patterns in {self._folder} are damaged: {_first_line(error)}"]
        found: list[str] = []
        for row in self._rows():
            found += _differences(row, held.pop(row["outcome_id"], None))
        found += [f"{name} is in the library but not in memory" for name in sorted(held)]
        rest = len(found) - SHOWN
        return [*found[:SHOWN], f"and {rest} more differences"] if rest > 0 else found

    def close(self) -> None:
        """Let go of the folder."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def __len__(self) -> int:
        return self._healing(lambda: self._collection.count())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        self.close()
        # Chroma takes a second to load, and only the owner of a home needs it.
        from chromadb.api.client import Client
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        # A folder that failed to open stays in this cache, and would fail for ever.
        SharedSystemClient.clear_system_cache()
        place = str(self._folder)
        settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=place)
        self._client = Client(settings=settings)
        self._collection = self._client.get_or_create_collection(
            COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        self._collection.count()

    def _healing(self, work: Callable[[], Answer]) -> Answer:
        """The result of ``work``, if need be after making the library anew once."""
        try:
            self._require_folder()
            return work()
        except _damages() as error:
            if not self._heals:
                raise StoreUnusable(
                    f"the patterns in {self._folder} are damaged: {_first_line(error)}"
                ) from error
            self.rebuild()
            return work()

    def _require_folder(self) -> None:
        # Chroma's open handles outlive a deleted folder, and what is written to them is lost.
        if self._client is not None and not (self._folder / DATABASE).is_file():
            raise FileNotFoundError(f"{self._folder / DATABASE} is gone")

    def _catch_up(self, told: Callable[[int, int], None] = _silent) -> int:
        held = set(self._collection.get(include=[])["ids"])
        # A library from before patterns were retired says nothing of it, and is told.
        gone, here = self._named({"ts_retired": {"$lt": NEVER}}), self._named({"ts_retired": {"$eq": NEVER}})
        rows = self._rows()
        missing = [row for row in rows if row["outcome_id"] not in held]
        left = [row for row in rows if row["outcome_id"] in held - (gone if _is_retired(row) else here)]
        done = 0
        for batch in _batches(missing):
            self._collection.upsert(
                ids=[row["outcome_id"] for row in batch],
                embeddings=_vectors(batch),
                metadatas=[_facts(row) for row in batch],
            )
            done += len(batch)
            told(done, len(missing))
        for batch in _batches(left):
            self._collection.update(
                ids=[row["outcome_id"] for row in batch], metadatas=[_facts(row) for row in batch]
            )
        return len(missing)

    def _named(self, where: dict[str, Any]) -> set[str]:
        return set(self._collection.get(where=where, include=[])["ids"])

    def _query(self, vector: list[float], limit: int, where: dict[str, Any]) -> list[Neighbour]:
        found = self._collection.query(
            query_embeddings=vector, n_results=limit, where=where, include=["metadatas", "distances"]
        )
        facts, distances = (found["metadatas"] or [[]])[0], (found["distances"] or [[]])[0]
        rows = zip(found["ids"][0], facts, distances, strict=True)
        near = [_neighbour(name, fact, 1 - distance) for name, fact, distance in rows]
        return sorted(near, key=lambda one: (-one.similarity, one.signal_id, one.outcome_id))

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        table = METADATA.tables["pattern"]
        return self._store.read(select(table).order_by(table.c.ts_known, table.c.outcome_id))

    def _held(self) -> Iterator[tuple[str, tuple[Sequence[float], Mapping[str, Any]]]]:
        for start in range(0, self._collection.count(), BATCH):
            page = self._collection.get(limit=BATCH, offset=start, include=["embeddings", "metadatas"])
            vectors, facts = page["embeddings"], page["metadatas"]
            if vectors is not None and facts is not None:
                for name, vector, fact in zip(page["ids"], vectors, facts, strict=True):
                    yield name, ([float(value) for value in vector], fact)


def _damages() -> tuple[type[Exception], ...]:
    """What Chroma raises when its folder is damaged, gone or not a folder."""
    # Chroma takes a second to load, and only the owner of a home needs it.
    from chromadb.errors import ChromaError

    return (ChromaError, OSError)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _remove(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)


def _vectors(rows: Sequence[Mapping[str, Any]]) -> list[Sequence[float] | Sequence[int]]:
    return [list(vector_values(row["vector"])) for row in rows]


def _is_retired(row: Mapping[str, Any]) -> bool:
    return row["ts_retired"] is not None


def _batches(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    # Chroma gives some floats back a last digit off; the shortest text of one is exact.
    exact = {"net_bps": repr(float(row["net_bps"]))}
    # Chroma cannot ask for what is empty.
    retired = {"ts_retired": row["ts_retired"] if _is_retired(row) else NEVER}
    return {name: row[name] for name in FACTS} | exact | retired


def _neighbour(name: str, fact: Mapping[str, Any], similarity: float) -> Neighbour:
    known = int(fact["ts_known"])
    return Neighbour(
        str(fact["signal_id"]), name, similarity, float(fact["net_bps"]), str(fact["result"]), known
    )


def _differences(
    row: Mapping[str, Any], held: tuple[Sequence[float], Mapping[str, Any]] | None
) -> Iterator[str]:
    name = row["outcome_id"]
    if held is None:
        yield f"{name} is in memory but not in the library"
        return
    vector, fact = held
    expected = vector_values(row["vector"])
    pairs = zip(vector, expected, strict=False)
    if len(vector) != len(expected) or any(abs(there - here) > VECTOR_TOLERANCE for there, here in pairs):
        yield f"{name} has another vector in the library"
    for column, value in _facts(row).items():
        if fact.get(column) != value:
            yield f"{name} has {column} {fact.get(column)!r} in the library, expected {value!r}"
