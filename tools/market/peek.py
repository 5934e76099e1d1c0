"""What a recorded file says of itself in its first row."""

from __future__ import annotations

from pathlib import Path

from tools.domain.errors import BadInput
from tools.market.tables import batches
from tools.market.tardis import TRADE_COLUMNS


def venue_of(trades: Path) -> str:
    """The venue named in the first row of a trades file.

    Raises:
        BadInput: The file is unreadable or holds no row.
    """
    for batch in batches(trades, TRADE_COLUMNS, as_text=True):
        return str(batch.rows.column("exchange")[0].as_py())
    raise BadInput(f"{trades}: the file has a header and no row")
