"""Conditions on where signals come from, for statements that read what is learned from."""

from __future__ import annotations

from sqlalchemy import ColumnElement, not_, or_

from memory.schema import METADATA
from tools.domain.sources import CANDLE_MODELS, PART

_SOURCE = METADATA.tables["signal"].c.source


def not_from_candles() -> ColumnElement[bool]:
    """Rows whose signal was not made from candles; the statement joins the table of signals."""
    return not_(or_(*(_SOURCE.startswith(f"{model}{PART}", autoescape=True) for model in CANDLE_MODELS)))
