"""The parameters of a request, taken one by one and refused in the venue's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from venue.engine.codes import OrderKind, SelfTrade, Side, TimeInForce
from venue.engine.rules import MarketRules, Misaligned
from venue.mexc import errors
from venue.mexc.words import KINDS, SELF_TRADE

FOREVER_MS = 1 << 62
LEGAL_AMOUNT = re.compile(r"^[0-9]{1,20}(\.[0-9]{1,20})?$")
LEGAL_CLIENT = re.compile(r"^[a-zA-Z0-9_-]{1,32}$")
LEGAL_INTEGER = re.compile(r"^[0-9]{1,18}$")


class Params:
    """What a request carries, as text."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """A parameter; "" where it is absent."""
        return self.values.get(name, "")

    def required(self, name: str) -> str:
        """A parameter that must be there."""
        value = self.text(name)
        if not value:
            raise errors.missing(name)
        return value

    def integer(self, name: str) -> int | None:
        """A whole number; None where it is absent."""
        value = self.text(name)
        if not value:
            return None
        if not LEGAL_INTEGER.match(value):
            raise errors.illegal(name)
        return int(value)

    def limit(self, otherwise: int, most: int) -> int:
        """How many rows: never more than ``most``."""
        return min(self.integer("limit") or otherwise, most)

    def span(self) -> tuple[int, int]:
        """From when to when, milliseconds; all of time where nothing is said."""
        end = self.integer("endTime")
        return self.integer("startTime") or 0, FOREVER_MS if end is None else end

    def amount(self, name: str) -> Decimal:
        """A decimal that must be there."""
        value = self.required(name)
        if not LEGAL_AMOUNT.match(value):
            raise errors.illegal(name)
        return Decimal(value)

    def ticks(self, name: str, rules: MarketRules) -> int:
        """A price that must be there, in ticks."""
        try:
            return rules.ticks(self.amount(name))
        except Misaligned as wrong:
            raise errors.too_precise() from wrong

    def lots(self, name: str, rules: MarketRules) -> int:
        """A size that must be there, in lots."""
        try:
            return rules.lots(self.amount(name))
        except Misaligned as wrong:
            raise errors.too_precise() from wrong

    def side(self) -> Side:
        """BUY or SELL."""
        value = self.required("side")
        if value not in Side.__members__:
            raise errors.illegal("side")
        return Side[value]

    def kind(self) -> tuple[OrderKind, TimeInForce]:
        """The type of an order, which holds the time in force."""
        value = self.required("type")
        if value not in KINDS:
            raise errors.unknown_kind()
        return KINDS[value]

    def self_trade(self) -> SelfTrade:
        """The self-trade prevention mode."""
        value = self.text("stpMode")
        if value not in SELF_TRADE:
            raise errors.illegal("stpMode")
        return SELF_TRADE[value]

    def client(self, name: str) -> str:
        """A client order id; "" where it is absent."""
        value = self.text(name)
        if value and not LEGAL_CLIENT.match(value):
            raise errors.illegal(name)
        return value
