"""The tables of a new database, made by the real migrations once a process and laid out again from there.

Alembic takes a tenth of a second for an empty database, and thousands of tests begin with one. What it
made is kept as SQL text; an old database still goes through the real migrations, and so does every
test of the migrations themselves.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import cast

from sqlalchemy import Connection, create_engine, inspect

from memory.migrations import upgrade


def lay_out(connection: Connection) -> None:
    """Do what ``memory.migrations.upgrade`` does; quickly where there is nothing yet."""
    if inspect(connection).get_table_names():
        upgrade(connection)
        return
    for statement in _made():
        connection.exec_driver_sql(statement)


@cache
def _made() -> tuple[str, ...]:
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            upgrade(connection)
            driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
            return tuple(line for line in driver.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;"))
    finally:
        engine.dispose()
