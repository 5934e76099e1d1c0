"""Memories as earlier Keepers wrote them: SQL text made by the code of that time, see ``write``."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from memory.connection import DATABASE, prepare_file, prepare_home
from memory.migrations import FOLDER as MIGRATIONS

FOLDER = Path(__file__).parent
OLD = tuple(sorted(path.stem for path in FOLDER.glob("*.sql")))


def make_old_home(home: Path, revision: str) -> Path:
    """A home as the last Keeper with tables of ``revision`` left it.

    One without a memory of its own was never in use by itself: the memory of the one before is brought there.
    """
    prepare_home(home)
    prepare_file(home / DATABASE)
    nearest = max(one for one in OLD if one <= revision)
    with closing(sqlite3.connect(home / DATABASE)) as writer:
        writer.executescript((FOLDER / f"{nearest}.sql").read_text("utf-8"))
        writer.execute("PRAGMA journal_mode=WAL")
    if nearest != revision:
        _upgrade(home / DATABASE, revision)
    return home


def _upgrade(path: Path, revision: str) -> None:
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def content(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order it was written, without the columns that hold nothing."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
        reader.row_factory = sqlite3.Row
        names = [name for (name,) in reader.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        query = 'SELECT rowid AS "rowid of it", * FROM "{}" ORDER BY rowid'
        return {
            name: [
                {column: row[column] for column in row.keys() if row[column] is not None}  # noqa: SIM118
                for row in reader.execute(query.format(name))
            ]
            for name in names
        }
