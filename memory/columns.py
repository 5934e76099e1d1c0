"""Columns and references that the tables have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, MetaData
from sqlmodel import Field, SQLModel

METADATA: MetaData = SQLModel.metadata


def nanos(**options: Any) -> Any:
    """A 64-bit integer column: nanoseconds or units of 1e-8."""
    return Field(sa_type=BigInteger, **options)


def refers(column: str, table: str, target: str | None = None) -> ForeignKeyConstraint:
    """``column`` must name a row of ``table`` when the transaction commits."""
    there = f"{table}.{target or column}"
    return ForeignKeyConstraint([column], [there], deferrable=True, initially="DEFERRED")
