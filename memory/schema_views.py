"""Tables that say nothing new: the short way to what would else be searched for in all of history.

Triggers keep them with the rows they are made from, so no writer can forget them and no crash can part
them. They are not sealed; `keeper memory verify` compares them and `rebuild` makes them anew.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from memory.columns import nanos

VIEWS = ("evidence", "open_order", "open_position")


class EvidenceRow(SQLModel, table=True):
    """Which lessons and parameter versions rest on an outcome, decision or lesson."""

    __tablename__ = "evidence"

    name: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    target: str = Field(primary_key=True)


class OpenOrderRow(SQLModel, table=True):
    """An intent whose order has no end in memory."""

    __tablename__ = "open_order"

    client_order_id: str = Field(primary_key=True)


class OpenPositionRow(SQLModel, table=True):
    """A decision whose fills do not cancel out, or that paid a fee in coin and was not yet seen flat."""

    __tablename__ = "open_position"
    __table_args__ = (Index("ix_open_position_world", "world", "venue"),)

    decision_id: str = Field(primary_key=True)
    world: str
    venue: str
    size: int = nanos()
    is_in_coin: bool
