"""What sets one venue's order path apart from another's, as a value.

Codes are sorted by what they mean for an order: only what a venue certainly said refuses one.
MEXC's tables come from its documents and from ccxt's; where they are silent its dialect takes
nothing for granted, so that a code nobody knows leaves an order UNKNOWN and it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tools.market.localize import localize_binance, localize_mexc

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TradeWords:
    """Under which names a venue tells price, size and fee of an execution."""

    price: str
    size: str
    fee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One venue's order path.

    Attributes:
        localize: Points a client at an address of this machine, and at nothing else.
        late: Codes for a time stamp outside the window; the order took no effect.
        limited: Codes for too many requests; the order took no effect.
        unsure: Codes after which nobody knows.
        bad_key: Codes for a key that may not do this.
        not_found: Codes for an order the venue does not know, each with words that must stand
            beside it where the code has other meanings.
        duplicate: Words of a refusal because the client order id is there already.
        has_typed_refusals: Whether a code of no known class still is a refusal.
        has_full_replies: Whether the answer to a new order says what became of it.
        has_brackets: Whether a target and a protective stop can be kept at the venue as one.
        has_pages_by_time: Whether older executions of an order are asked for by time.
        trades: Most executions in one answer.
        stream: Names in an execution on the user stream.
        options: What the client is told beyond what holds everywhere.
        lacks: What the client shall not ask for although it could.
    """

    venue: str
    localize: Callable[[Any, str], None]
    late: frozenset[int]
    limited: frozenset[int]
    unsure: frozenset[int]
    bad_key: frozenset[int]
    not_found: Mapping[int, str]
    duplicate: str
    has_typed_refusals: bool
    has_full_replies: bool
    has_brackets: bool
    has_pages_by_time: bool
    trades: int
    stream: TradeWords
    options: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    lacks: tuple[str, ...] = ()


REST_TRADES = TradeWords("price", "qty", "commission")  # both venues name them so

BINANCE = Dialect(
    venue="binance",
    localize=localize_binance,
    late=frozenset({-1021}),
    limited=frozenset({-1003, -1015}),
    unsure=frozenset({-1000, -1001, -1006, -1007, -1008}),
    bad_key=frozenset({-2014, -2015}),
    not_found=MappingProxyType({-2011: "", -2013: ""}),
    duplicate="Duplicate order sent",
    has_typed_refusals=True,
    has_full_replies=True,
    has_brackets=True,
    has_pages_by_time=False,
    trades=1_000,
    stream=TradeWords("L", "l", "n"),
    options=MappingProxyType(
        {"fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False, "fetchMargins": False}
    ),
)

MEXC = Dialect(
    venue="mexc",
    localize=localize_mexc,
    late=frozenset({700003, 10073}),
    limited=frozenset({429, 510}),
    unsure=frozenset({500, 501, 503, 504, 513, 20002, 730000, -1000, -1001, -1006, -1007, -1008}),
    bad_key=frozenset({401, 402, 403, 406, 10072, 700001, 700002, 700006, 700007}),
    not_found=MappingProxyType({-2011: "Unknown order", -2013: ""}),
    duplicate="Repeated request",
    has_typed_refusals=False,
    has_full_replies=False,
    has_brackets=False,
    has_pages_by_time=True,
    trades=100,
    stream=TradeWords("price", "quantity", "feeAmount"),
    lacks=("fetchCurrencies",),
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType({one.venue: one for one in (BINANCE, MEXC)})
