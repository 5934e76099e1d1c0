"""The truth of a long run: rows go to files as they happen and are forgotten here.

While the world runs the tables are lines of JSON, so that a killed venue leaves all but the
last second. An orderly end makes of the large ones the same Parquet files as a short run's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from venue.sim import Simulation
from venue.truth import TABLES, as_table

LARGE = ("orders", "ends", "trades")


class TruthLedger:
    """Moves the rows of ``sim``'s truth, and of what its pits have shown, out of memory.

    Args:
        folder: Where the files go; None forgets the rows.
    """

    def __init__(self, sim: Simulation, folder: Path | None) -> None:
        self._sim = sim
        self._folder = folder
        self._files: dict[str, Any] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._files = {name: (folder / f"{name}.jsonl").open("w", encoding="utf-8") for name in TABLES}
        self.flush()

    def flush(self) -> None:
        """Write and forget what has happened since the last time."""
        for name, columns in TABLES.items():
            rows = getattr(self._sim.truth, name)
            if self._files:
                lines = (json.dumps(dict(zip(columns, row, strict=True))) for row in rows)
                self._files[name].write("".join(f"{line}\n" for line in lines))
                self._files[name].flush()
            rows.clear()
        for pit in self._sim.pits:
            pit.levels.clear()
            pit.prints.clear()

    def close(self) -> None:
        """Write the rest, and the large tables as Parquet."""
        self.flush()
        for file in self._files.values():
            file.close()
        if self._folder is None:
            return
        for name in LARGE:
            path = self._folder / f"{name}.jsonl"
            records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            rows = [tuple(record[column] for column in TABLES[name]) for record in records]
            pq.write_table(as_table(rows, TABLES[name]), self._folder / f"{name}.parquet")
            path.unlink()
