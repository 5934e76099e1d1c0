"""A symbol's recordings, read through once: are they sound, on which grid, from when to when.

A recording names neither tick nor lot; the greatest common step of all its prices and of all
its amounts is what is told of them, and every figure in it is a whole number of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import gcd

from venue.engine.rules import MarketRules
from venue.tape.files import TapePair
from venue.tape.rows import PLACES, BadTape, BookRow, PrintRow, book_rows, print_rows

QUOTES = ("FDUSD", "USDT", "USDC", "BUSD", "TUSD", "DAI", "USD", "BTC", "ETH", "BNB", "EUR", "TRY")
UNTOLD_QUOTE = "USD"  # of venues that name the base alone
ROOM = 10  # times the highest price seen


@dataclass(slots=True)
class Recording:
    """What is known of a symbol's files; units of 1e-8, times in microseconds.

    Attributes:
        delay: Least difference of the two clocks, receiver's less venue's.
    """

    pairs: list[TapePair]
    tick: int = 0
    lot: int = 0
    highest: int = 0
    opening: int = 0  # price of the first print
    first: int = 0
    last: int = 0
    delay: int | None = None
    n_changes: int = 0
    n_prints: int = 0

    @property
    def symbol(self) -> str:
        """As clients spell it."""
        return self.pairs[0].symbol.upper()

    def rules(self) -> MarketRules:
        """The market as exchangeInfo describes it."""
        base, quote = split_symbol(self.symbol)
        tick, lot = (Decimal(step).scaleb(-PLACES) for step in (self.tick, self.lot))
        return MarketRules(
            symbol=self.symbol,
            base=base,
            quote=quote,
            tick=tick,
            lot=lot,
            reference=Decimal(self.opening).scaleb(-PLACES),
            min_price=tick,
            max_price=tick * (ROOM * self.highest // self.tick),
        )


def split_symbol(symbol: str) -> tuple[str, str]:
    """Base and quote.

    >>> split_symbol("ETHBTC")
    ('ETH', 'BTC')
    """
    for quote in QUOTES:
        if symbol.endswith(quote) and symbol != quote:
            return symbol.removesuffix(quote), quote
    return symbol, UNTOLD_QUOTE


def read_through(pairs: list[TapePair]) -> Recording:
    """Check a symbol's files to their ends.

    Raises:
        BadTape: One is damaged, runs backwards, has no opening snapshot, or there are no trades.
    """
    found = Recording(pairs)
    before = 0
    for pair in pairs:
        changes = _read_book(found, pair, before)
        prints = _read_prints(found, pair, before)
        before = max(changes, prints)
    if found.n_prints == 0:
        raise BadTape(f"{pairs[0].trades}: expected trades below the header, there are none")
    found.last = before
    return found


def _read_book(found: Recording, pair: TapePair, before: int) -> int:
    is_first = True
    for row in book_rows(pair.book, pair.venue, pair.symbol):
        if is_first and not row.is_snapshot:
            raise BadTape(f"{pair.book}: line 2: expected a snapshot that opens the book")
        before = _take(found, row, before, f"{pair.book}")
        found.n_changes += 1
        is_first = False
    if is_first:
        raise BadTape(f"{pair.book}: expected rows below the header, there are none")
    return before


def _read_prints(found: Recording, pair: TapePair, before: int) -> int:
    for row in print_rows(pair.trades, pair.venue, pair.symbol):
        before = _take(found, row, before, f"{pair.trades}")
        found.opening = found.opening or row.price
        found.n_prints += 1
    return before


def _take(found: Recording, row: BookRow | PrintRow, before: int, where: str) -> int:
    if row.local < before:
        raise BadTape(f"{where}: local_timestamp must not run backwards, was {row.local} after {before}")
    found.tick = gcd(found.tick, row.price)
    found.lot = gcd(found.lot, row.size)
    found.highest = max(found.highest, row.price)
    found.first = min(found.first or row.local, row.local)
    delay = row.local - row.ts
    found.delay = delay if found.delay is None else min(found.delay, delay)
    return row.local
