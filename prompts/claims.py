"""What a reason claims, checked against what was supplied: no number and no id from nowhere.

A number is supplied if the evidence holds one that rounds to it at the digits it is given
with, as it is or in per cent; its sign may be left to the words. Names that were supplied
may hold digits of their own and are not claims.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

_ID = re.compile(r"\b[a-z]{1,4}_[0-9a-f]{4,}\b")
_NUMBER = re.compile(r"(?<![\w.])[+\-−]?\d[\d,]*(?:\.\d+)?(?:[eE][+\-]?\d+)?")
LEAST_NAME = 2  # characters; a shorter name would blot out too much


@dataclass(frozen=True, slots=True)
class Supplied:
    """Everything a model was shown that it may repeat.

    Attributes:
        numbers: Numbers of the evidence, counts of its lists included.
        ids: Ids it may cite.
        names: Words of the evidence that may hold digits: features, components, symbols.
    """

    numbers: tuple[float, ...]
    ids: frozenset[str]
    names: frozenset[str]


def supplied_by(evidence: Mapping[str, object], ids: Collection[str]) -> Supplied:
    """What the evidence of a prompt supplies."""
    numbers: list[float] = []
    names: set[str] = set()
    _gather(evidence, numbers, names)
    return Supplied(tuple(numbers), frozenset(ids), frozenset(names))


def false_claims(reason: str, supplied: Supplied, own: Iterable[float] = ()) -> list[str]:
    """The numbers and ids in ``reason`` that were never supplied, as written.

    Args:
        reason: What the model gave as its reason.
        supplied: What it was shown.
        own: Numbers it may say because it decides them, such as its size.
    """
    foreign = [found for found in _ID.findall(reason) if found not in supplied.ids]
    text = _without(reason, supplied.ids | supplied.names)
    numbers = (*supplied.numbers, *own)
    foreign += [found for found in _NUMBER.findall(text) if not _is_supplied(found, numbers)]
    return foreign


def _is_supplied(written: str, numbers: Iterable[float]) -> bool:
    plain = written.replace(",", "").replace("−", "-")
    value = abs(float(plain))
    if not math.isfinite(value):
        return False
    mantissa, _, exponent = plain.lower().partition("e")
    digits = len(mantissa.partition(".")[2]) - int(exponent or 0)
    half = 0.5 * 10.0**-digits * (1 + 1e-9)
    return any(abs(abs(number) * scale - value) <= half for number in numbers for scale in (1, 100))


def _without(text: str, names: Collection[str]) -> str:
    """``text`` with every supplied name left out, the longest first."""
    for name in sorted((name for name in names if len(name) >= LEAST_NAME), key=len, reverse=True):
        if any(sign.isdigit() for sign in name) and not _NUMBER.fullmatch(name):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    return text


def _gather(value: object, numbers: list[float], names: set[str]) -> None:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        numbers.append(float(value))
    elif isinstance(value, str):
        names.update(value.split())
        numbers.extend(float(found.replace(",", "").replace("−", "-")) for found in _NUMBER.findall(value))
    elif isinstance(value, Mapping):
        names.update(str(name) for name in value)
        for inner in value.values():
            _gather(inner, numbers, names)
    elif isinstance(value, list | tuple):
        numbers.append(float(len(value)))
        for inner in value:
            _gather(inner, numbers, names)
