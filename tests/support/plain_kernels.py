"""The kernels as plain Python: what a changed line does shows at once, without compiling everything anew.

``use_plain_kernels`` must run before any module with kernels is imported. Records are seen through views
whose attributes are their fields, as machine code sees them; numbers are numpy's, so that integers wrap and
a division by zero is not a number, as in machine code.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

import tools.market.kernel

_inside: list[bool] = []


class Fields:
    """A structured record; reading and writing an attribute reads and writes the field."""

    __slots__ = ("_record",)

    def __init__(self, record: Any) -> None:
        object.__setattr__(self, "_record", record)

    def __getattr__(self, name: str) -> Any:
        value = self._record[name]
        return viewed(value) if type(value) in (np.void, np.ndarray) else value

    def __setattr__(self, name: str, value: Any) -> None:
        self._record[name] = value


class Rows:
    """An array of structured records."""

    __slots__ = ("_array", "shape")

    def __init__(self, array: Any) -> None:
        self._array = array
        self.shape = array.shape

    def __getitem__(self, at: Any) -> Any:
        return viewed(self._array[at])

    def __len__(self) -> int:
        return len(self._array)


def viewed(value: Any) -> Any:
    """``value`` as a kernel sees it."""
    if isinstance(value, np.void):
        return Fields(value)
    if isinstance(value, np.ndarray) and value.dtype.names:
        return Rows(value)
    return value


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` on views of what it is given; what it calls in turn has views already."""

    @functools.wraps(function)
    def called(*given: Any) -> Any:
        if _inside:
            return function(*given)
        _inside.append(True)
        try:
            with np.errstate(all="ignore"):
                return function(*map(viewed, given))
        finally:
            _inside.clear()

    return called


def use_plain_kernels() -> None:
    """From now on nothing is compiled."""
    tools.market.kernel.kernel = plain
