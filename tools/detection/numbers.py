"""Fitted numbers in a file: verified by a hash of themselves before they are used."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.domain.identity import numbers_hash

Void = npt.NDArray[np.void]


class NumbersFault(ValueError):
    """The file of numbers is not what it was when it was written."""


def numbers_of(text: str, what: str) -> dict[str, Any]:
    """The numbers in a file's text, ``what`` they are for the message.

    Raises:
        NumbersFault: They do not hash to what the file says.
    """
    data = json.loads(text)
    numbers: dict[str, Any] = data["numbers"]
    found = numbers_hash(numbers)
    if found != data["sha256"]:
        raise NumbersFault(f"{what} numbers must hash to {data['sha256'][:12]}, were {found[:12]}")
    return numbers


def fill(record: Void, name: str, values: Any, what: str) -> None:
    """Put ``values`` into the field ``name`` of a record of shape (1,).

    Raises:
        NumbersFault: They are not finite or not of the field's shape.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.shape != record[name].shape[1:] or not np.all(np.isfinite(array)):
        raise NumbersFault(f"{what} {name} must be finite, of shape {record[name].shape[1:]}")
    record[name][0] = array
