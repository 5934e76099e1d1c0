"""What the tests begin with is to the letter what the migrations make."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from memory.migrations import upgrade
from tests.support.ready_tables import lay_out


def made_by(how: Any, path: Path) -> list[str]:
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        how(connection)
    engine.dispose()
    with sqlite3.connect(path) as driver:
        return list(driver.iterdump())


def test_the_tables_of_the_tests_are_those_of_the_migrations(tmp_path: Path) -> None:
    plain = made_by(upgrade, tmp_path / "migrated.db")
    assert made_by(lay_out, tmp_path / "ready.db") == plain
    assert sum(line.startswith("CREATE TABLE") for line in plain) > 15
