"""Domain records as plain JSON-able dictionaries and back, the same bytes every time.

The converters of a record are derived once from its annotations. Decimals and amounts in
units of 1e-8 become decimal text, enums their value, floats the shortest text that reads
back equal; fields keep their declared order, mappings are sorted by key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from tools.domain.errors import InvariantBroken
from tools.domain.market import plain, to_decimal, to_units

Record = TypeVar("Record")
Convert = Callable[[Any], Any]

UNIT_FIELDS = frozenset(
    {"entry_price", "exit_price", "take_profit", "stop", "price", "size", "slices", "filled"}
)


class Converter(NamedTuple):
    """How one type is written and read."""

    write: Convert
    read: Convert


_DERIVED: dict[type, dict[str, Converter]] = {}


def canonical(value: object) -> str:
    """``value`` as JSON text with sorted keys: equal values give equal text."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def to_plain(record: object) -> dict[str, Any]:
    """``record``, a frozen dataclass of the domain, as a JSON-able dictionary.

    Raises:
        InvariantBroken: A number is not finite, so it has no JSON form.
    """
    return {name: part.write(getattr(record, name)) for name, part in converters(type(record)).items()}


def from_plain(kind: type[Record], data: Mapping[str, Any]) -> Record:
    """The record of class ``kind`` that ``to_plain`` wrote as ``data``.

    What was written before a field existed has its default; a field without one must be there.
    """
    late = {field.name for field in fields(kind) if _has_default(field)} - data.keys()  # type: ignore[arg-type]
    parts = converters(kind).items()
    return kind(**{name: part.read(data[name]) for name, part in parts if name not in late})


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def json_line(record: object) -> bytes:
    """``record`` as one line of JSON, newline included."""
    return orjson.dumps(to_plain(record), option=orjson.OPT_APPEND_NEWLINE)


def finite(value: float) -> float:
    """``value`` as a plain float; NaN and infinity have no place in the record."""
    number = float(value)
    if not math.isfinite(number):
        raise InvariantBroken(f"expected a finite number to remember, was {number}")
    return number


def amount_text(value: Decimal) -> str:
    """A booked amount as text; NaN and infinity are no amounts."""
    if not value.is_finite():
        raise InvariantBroken(f"expected a finite amount to remember, was {value}")
    return plain(value)


def converters(kind: type) -> dict[str, Converter]:
    """Field name to converter, in declared order."""
    if kind not in _DERIVED:
        hints = get_type_hints(kind)
        _DERIVED[kind] = {field.name: converter(hints[field.name], field.name) for field in fields(kind)}
    return _DERIVED[kind]


def converter(hint: Any, name: str) -> Converter:
    """The converter of a field called ``name`` and annotated ``hint``."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _optional(converter(_without_none(hint), name))
    if origin is tuple:
        return _sequence(converter(get_args(hint)[0], name))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(converter(get_args(hint)[1], name))
    if is_dataclass(hint) and isinstance(hint, type):
        return Converter(to_plain, lambda data: from_plain(hint, data))
    return _scalar(hint, name)


def _scalar(hint: type, name: str) -> Converter:
    if issubclass(hint, Enum):
        return Converter(lambda value: hint(value).value, hint)
    if hint is Decimal:
        return Converter(amount_text, Decimal)
    if hint is float:
        return Converter(finite, float)
    if hint is int and name in UNIT_FIELDS:
        return Converter(lambda units: plain(to_decimal(units)), lambda text: to_units(Decimal(text)))
    if hint in (int, str, bool):
        return Converter(hint, hint)
    raise TypeError(f"expected a field of a known type, {name} is {hint}")


def _without_none(hint: Any) -> Any:
    (only,) = (part for part in get_args(hint) if part is not NoneType)
    return only


def _optional(inner: Converter) -> Converter:
    return Converter(
        lambda value: None if value is None else inner.write(value),
        lambda value: None if value is None else inner.read(value),
    )


def _sequence(inner: Converter) -> Converter:
    return Converter(
        lambda values: [inner.write(value) for value in values],
        lambda values: tuple(inner.read(value) for value in values),
    )


def _mapping(inner: Converter) -> Converter:
    return Converter(
        lambda values: {key: inner.write(values[key]) for key in sorted(values)},
        lambda values: {key: inner.read(value) for key, value in values.items()},
    )
