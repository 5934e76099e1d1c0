"""What a recording says of itself in its first row."""

from __future__ import annotations

from pathlib import Path

from tools.domain.errors import BadInput
from tools.market.tables import batches
from tools.market.tardis import BOOK_COLUMNS, TRADE_COLUMNS


def venue_of(trades: Path, book: Path) -> str:
    """The venue named in the first row of a recording; its trades may hold none.

    Raises:
        BadInput: A file is unreadable or both hold no row.
    """
    for path, names in ((trades, TRADE_COLUMNS), (book, BOOK_COLUMNS)):
        for batch in batches(path, names, as_text=True):
            return str(batch.rows["exchange"][0].as_py())
    raise BadInput(f"{book}: expected rows below the header, there are none")
