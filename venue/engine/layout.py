"""The engine's memory: structured records, so that a kernel is handed pointers.

One MARKET a symbol, one LEDGER for all accounts, one LOG of events. The numbers in them are
integers: prices in ticks, sizes in lots, balances in units of their asset (see rules.py).
Large parts are never touched until they are needed and cost no memory before.
"""

from __future__ import annotations

import numpy as np

ORDERS = 1 << 18  # open orders a market
LEVELS = 1 << 18  # ticks in the band of prices
INDEX_SLOTS = 1 << 19
INDEX_MOST = INDEX_SLOTS // 4 * 3  # entries in an index, so that probes stay short
ACCOUNTS = 8_192
ASSETS = 64
LOG_ROWS = 1 << 21
LOG_FULL = 1 << 16  # from here on a batch pauses, so that the log is fetched
EVENTS_AN_ORDER = 6  # at most, in one command
EVENTS_A_COMMAND = 16
LARGEST = 1 << 62  # no amount, notional or supply may be greater

BIDS, ASKS, FALLING, RISING = 0, 1, 2, 3  # the last two hold stops that wait for the price to fall or rise

FREE, TAKING, RESTING, WAITING = 0, 1, 2, 3  # state of an order slot

TREE_OFFSETS = (
    0,
    LEVELS >> 5,
    (LEVELS >> 5) + (LEVELS >> 10),
    (LEVELS >> 5) + (LEVELS >> 10) + (LEVELS >> 15),
)
TREE_WORDS = TREE_OFFSETS[3] + 1

LEVEL = np.dtype(
    [
        ("head", np.int32),  # slot + 1 of the first order; 0 is none
        ("tail", np.int32),
        ("size", np.int64),  # lots
        ("touched", np.int64),  # the last command that changed it
    ],
    align=True,
)

LADDER = np.dtype(
    [
        ("best", np.int64),  # greatest key in use; -1 is none
        ("tree", np.int64, (TREE_WORDS,)),  # which keys are in use, 32 a word
        ("levels", LEVEL, (LEVELS,)),
    ],
    align=True,
)

ORDER = np.dtype(
    [
        ("id", np.int64),
        ("client", np.int64),  # 0 is none
        ("price", np.int64),  # 0: market
        ("stop", np.int64),
        ("size", np.int64),
        ("left", np.int64),
        ("locked", np.int64),  # units of the asset it pays with
        ("spent", np.int64),  # quote units traded so far
        ("ts", np.int64),
        ("list_id", np.int64),  # 0 is none
        ("sibling", np.int32),  # slot + 1 of the other leg; 0 is none
        ("account", np.int32),
        ("next", np.int32),
        ("previous", np.int32),
        ("side", np.int32),
        ("kind", np.int32),
        ("tif", np.int32),
        ("stp", np.int32),
        ("state", np.int32),
        ("is_stop", np.int32),  # it has not been triggered yet
    ],
    align=True,
)

ENTRY = np.dtype([("group", np.int64), ("key", np.int64), ("value", np.int64)], align=True)
INDEX = np.dtype([("count", np.int64), ("slots", ENTRY, (INDEX_SLOTS,))], align=True)  # value 0 is empty

RULES = np.dtype(
    [
        ("origin", np.int64),  # price of level 0, ticks
        ("min_price", np.int64),
        ("max_price", np.int64),
        ("min_size", np.int64),
        ("max_size", np.int64),
        ("min_market_size", np.int64),
        ("max_market_size", np.int64),
        ("market_size_step", np.int64),
        ("min_notional", np.int64),  # quote units
        ("max_notional", np.int64),  # 0 is none
        ("bid_down", np.int64),  # PERCENT_PRICE_BY_SIDE, millionths of the last price; 0 is none
        ("bid_up", np.int64),
        ("ask_down", np.int64),
        ("ask_up", np.int64),
        ("max_orders", np.int64),  # an account
        ("lot_units", np.int64),  # base units a lot
        ("cost_units", np.int64),  # quote units a lot at a price of one tick
        ("base", np.int64),
        ("quote", np.int64),
    ],
    align=True,
)

MARKET = np.dtype(
    [
        ("number", np.int64),
        ("is_halted", np.int64),
        ("last", np.int64),  # last traded price; the reference price before the first trade
        ("high", np.int64),  # traded since stops were last looked at
        ("low", np.int64),
        ("last_order", np.int64),
        ("last_trade", np.int64),
        ("update", np.int64),  # of the book
        ("open", np.int64),
        ("used", np.int64),  # slots ever taken
        ("freed", np.int64),
        ("n_touched", np.int64),
        ("rules", RULES),
        ("counts", np.int32, (ACCOUNTS,)),
        ("free", np.int32, (ORDERS,)),
        ("orders", ORDER, (ORDERS,)),
        ("ids", INDEX),
        ("touched", np.int32, (2 * LEVELS,)),
        ("ladders", LADDER, (4,)),
    ],
    align=True,
)

LEDGER = np.dtype(
    [
        ("accounts", np.int64),
        ("assets", np.int64),
        ("maker_ppm", np.int64, (ACCOUNTS,)),
        ("taker_ppm", np.int64, (ACCOUNTS,)),
        ("supply", np.int64, (ASSETS,)),
        ("fees", np.int64, (ASSETS,)),  # what the venue has taken
        ("free", np.int64, (ACCOUNTS, ASSETS)),
        ("locked", np.int64, (ACCOUNTS, ASSETS)),
        ("clients", INDEX),
    ],
    align=True,
)

COMMAND = np.dtype(
    [
        ("kind", np.int32),
        ("market", np.int32),
        ("account", np.int32),
        ("side", np.int32),
        ("order_kind", np.int32),
        ("tif", np.int32),
        ("stp", np.int32),
        ("mode", np.int32),  # ReplaceMode
        ("ts", np.int64),
        ("price", np.int64),  # ticks; OPEN_ACCOUNT and SET_FEES: maker fee in millionths
        ("size", np.int64),  # lots; DEPOSIT and WITHDRAW: units; fees: taker fee in millionths
        ("cost", np.int64),  # quote units a market order may spend or must bring
        ("stop", np.int64),
        ("stop_limit", np.int64),  # OCO: price of the stop leg
        ("client", np.int64),
        ("stop_client", np.int64),  # OCO: client order id of the stop leg
        ("order", np.int64),  # CANCEL, REPLACE, AMEND: which; 0: by client id. DEPOSIT, WITHDRAW: asset
        ("target_client", np.int64),
    ],
    align=True,
)

EVENT = np.dtype(
    [
        ("kind", np.int32),
        ("reason", np.int32),
        ("market", np.int32),  # -1: none
        ("side", np.int32),  # a trade's: the taker's
        ("order_kind", np.int32),
        ("command_kind", np.int32),
        ("ts", np.int64),
        ("command", np.int64),  # number of the command since the start
        ("account", np.int64),  # a trade's: the taker
        ("order", np.int64),
        ("client", np.int64),
        ("price", np.int64),
        ("size", np.int64),
        ("left", np.int64),
        ("fee", np.int64),  # in the received asset
        ("other_account", np.int64),  # the maker
        ("other_order", np.int64),  # the maker's; REPLACED: the order that went
        ("other_client", np.int64),
        ("other_left", np.int64),
        ("other_fee", np.int64),
        ("number", np.int64),  # trade id, book update id or order list id
    ],
    align=True,
)

LOG = np.dtype(
    [
        ("count", np.int64),
        ("command", np.int64),
        ("command_kind", np.int64),
        ("market", np.int64),
        ("ts", np.int64),
        ("rows", EVENT, (LOG_ROWS,)),
    ],
    align=True,
)
