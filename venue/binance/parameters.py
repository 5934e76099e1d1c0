"""The parameters of a request, taken one by one and refused in the venue's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from venue.binance import errors
from venue.engine.codes import OrderKind, SelfTrade, Side, TimeInForce
from venue.engine.rules import MarketRules, Misaligned

AMOUNT = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
CLIENT_ID = r"^[a-zA-Z0-9-_.:/]{1,36}$"
INTEGER = r"^[0-9]{1,20}$"
LEGAL_AMOUNT = re.compile(AMOUNT)
LEGAL_CLIENT = re.compile(r"^[a-zA-Z0-9_.:/-]{1,36}$")
LEGAL_INTEGER = re.compile(INTEGER)
DIGITS = 8

WORDS_WRONG = {
    "side": (-1117, "Invalid side."),
    "type": (-1116, "Invalid orderType."),
    "timeInForce": (-1115, "Invalid timeInForce."),
    "selfTradePreventionMode": (-1100, "Invalid selfTradePreventionMode."),
    "cancelReplaceMode": (-1100, "Invalid cancelReplaceMode."),
}

Word = TypeVar("Word", bound=Enum)


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

    def integer(self, name: str, otherwise: int | None = None) -> int | None:
        """A whole number."""
        value = self.text(name)
        if not value:
            return otherwise
        if not LEGAL_INTEGER.match(value):
            raise errors.illegal(name, INTEGER)
        return int(value)

    def limit(self, otherwise: int, most: int) -> int:
        """How many rows: never more than ``most``."""
        asked = self.integer("limit", otherwise) or otherwise
        return min(asked, most)

    def amount(self, name: str) -> Decimal | None:
        """A positive decimal; None where it is absent."""
        value = self.text(name)
        if not value:
            return None
        if not LEGAL_AMOUNT.match(value):
            raise errors.illegal(name, AMOUNT)
        amount = Decimal(value)
        exponent = amount.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > DIGITS:
            raise errors.too_precise(name)
        return amount

    def ticks(self, name: str, rules: MarketRules) -> int:
        """A price that must be there, in ticks."""
        price = self.amount(name)
        if price is None:
            raise errors.missing(name)
        try:
            return rules.ticks(price)
        except Misaligned as wrong:
            raise errors.rejection(wrong.reason) from wrong

    def lots(self, name: str, rules: MarketRules) -> int:
        """A size that must be there, in lots."""
        size = self.amount(name)
        if size is None:
            raise errors.missing(name)
        try:
            return rules.lots(size)
        except Misaligned as wrong:
            raise errors.rejection(wrong.reason) from wrong

    def word(self, name: str, words: type[Word], otherwise: Word | None = None) -> Word:
        """A word of a list."""
        value = self.text(name)
        if not value and otherwise is not None:
            return otherwise
        if not value:
            raise errors.missing(name)
        if value not in words.__members__:
            raise errors.Refusal(400, *WORDS_WRONG[name])
        return words[value]

    def side(self) -> Side:
        """BUY or SELL."""
        return self.word("side", Side)

    def kind(self) -> OrderKind:
        """The type of an order."""
        return self.word("type", OrderKind)

    def tif(self, otherwise: TimeInForce | None = None) -> TimeInForce:
        """The time in force."""
        return self.word("timeInForce", TimeInForce, otherwise)

    def stp(self) -> SelfTrade:
        """The self-trade prevention mode."""
        return self.word("selfTradePreventionMode", SelfTrade, SelfTrade.EXPIRE_MAKER)

    def client(self, name: str) -> str:
        """A client order id; "" where it is absent."""
        value = self.text(name)
        if value and not LEGAL_CLIENT.match(value):
            raise errors.illegal(name, CLIENT_ID)
        return value
