"""The words of the engine as numbers: what is asked of it, and what it answers."""

from __future__ import annotations

from enum import IntEnum


class Side(IntEnum):
    """Which side of the trade an order is on."""

    BUY = 0
    SELL = 1


class OrderKind(IntEnum):
    """What an order does when it arrives."""

    LIMIT = 0
    MARKET = 1
    LIMIT_MAKER = 2  # refused where it would take
    STOP_LOSS_LIMIT = 3
    TAKE_PROFIT_LIMIT = 4


class TimeInForce(IntEnum):
    """What becomes of the part that does not trade at once."""

    GTC = 0  # it rests
    IOC = 1  # it expires
    FOK = 2  # all of it trades, or nothing


class SelfTrade(IntEnum):
    """What happens where an order would meet one of its own account; the taker's mode counts."""

    NONE = 0  # they trade
    EXPIRE_TAKER = 1
    EXPIRE_MAKER = 2
    EXPIRE_BOTH = 3


class ReplaceMode(IntEnum):
    """Whether a new order is placed when the old one cannot be cancelled."""

    STOP_ON_FAILURE = 0
    ALLOW_FAILURE = 1


class CommandKind(IntEnum):
    """What may be asked of the engine."""

    PLACE = 0
    PLACE_OCO = 1
    CANCEL = 2
    REPLACE = 3
    AMEND = 4  # less quantity, same place in the queue
    HALT = 5
    RESUME = 6
    OPEN_ACCOUNT = 7
    SET_FEES = 8
    DEPOSIT = 9
    WITHDRAW = 10


class EventKind(IntEnum):
    """What the engine answers."""

    ACCEPTED = 1
    REJECTED = 2
    REPLACED = 3
    TRADE = 4
    TRIGGERED = 5
    CANCELLED = 6
    EXPIRED = 7
    AMENDED = 8
    LEVEL = 9
    HALTED = 10
    RESUMED = 11
    ACCOUNT_OPENED = 12
    FEES_SET = 13
    TRANSFERRED = 14


class Reason(IntEnum):
    """Why a command was refused or an order ended."""

    NONE = 0
    UNKNOWN_MARKET = 1
    UNKNOWN_ACCOUNT = 2
    UNKNOWN_ASSET = 3
    UNKNOWN_ORDER = 4
    ILLEGAL_PARAMETER = 5
    MARKET_HALTED = 6
    PRICE_FILTER = 7
    PRICE_BAND = 8  # outside the ticks the book has room for
    PERCENT_PRICE = 9
    LOT_SIZE = 10
    MARKET_LOT_SIZE = 11
    NOTIONAL = 12
    MAX_NUM_ORDERS = 13
    STOP_WOULD_TRIGGER = 14
    OCO_PRICES = 15
    DUPLICATE_CLIENT_ID = 16
    WOULD_TAKE = 17
    INSUFFICIENT_BALANCE = 18
    NO_LIQUIDITY = 19
    AMEND_SIZE = 20
    AMEND_LISTED = 21  # a leg of an OCO keeps its size
    POOL_FULL = 22
    ACCOUNTS_FULL = 23
    AMOUNT = 24
    REQUESTED = 30  # cancelled because its owner asked
    REPLACED = 31
    OTHER_LEG = 32  # the other order of the OCO traded, triggered or ended
    IMMEDIATE_OR_CANCEL = 33
    FILL_OR_KILL = 34
    SELF_TRADE = 35
