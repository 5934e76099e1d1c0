"""Prints that a recording holds twice: the venue's id tells them from equal ones that both happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tools.domain.errors import BadInput
from tools.market.cells import Ints, is_text, plain
from tools.market.events import Events
from tools.market.tables import place

Bools: TypeAlias = npt.NDArray[np.bool_]
CONTENT = ("price", "size", "side")


def repeats(path: Path, ids: Ints | pa.ChunkedArray, prints: Events) -> Bools:
    """Where a print was there before, shape (n_prints,).

    Args:
        path: The file, for messages.
        ids: Of the prints; an empty one tells nothing.
        prints: As they stand in the file.

    Raises:
        BadInput: Two prints that differ have the same id.
    """
    numbers = ids if isinstance(ids, np.ndarray) else _numbers(ids)
    if (np.diff(numbers) > 0).all() or (numbers < 0).all():
        return np.zeros(len(prints), bool)
    _, firsts, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    first = firsts[inverse]
    is_repeat: Bools = (first != np.arange(len(prints))) & (numbers >= 0)
    differs: Bools = np.zeros(len(prints), bool)
    for name in CONTENT:
        differs |= prints[name] != prints[name][first]
    _refuse_two_of_one_id(path, is_repeat & differs, first, ids)
    return is_repeat


def _numbers(ids: pa.ChunkedArray) -> Ints:
    """A number for each different id, by first appearance; -1 for none."""
    column = plain(ids.combine_chunks())
    if is_text(column.type):
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
    found: Ints = column.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return found.astype(np.int64)


def _refuse_two_of_one_id(path: Path, is_bad: Bools, first: Ints, ids: Any) -> None:
    if is_bad.any():
        row = int(np.argmax(is_bad))
        before = place(path, int(first[row])).removeprefix(f"{path} ")
        raise BadInput(
            f"{place(path, row)}: id {str(ids[row])[:40]} was another print in {before}; "
            f"expected the same price, amount and side, or another id"
        )
