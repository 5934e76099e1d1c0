"""Frames of both venues become exact event rows; anything else one typed fault, never an exception."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.wires import (
    binance_depth,
    binance_trade,
    book_body,
    combined,
    levels_of,
    mexc_deals,
    mexc_depth,
)
from tools.market.events import BOOK, EVENT, LAST, PRINT, RESET, SNAPSHOT
from tools.market.wire.binance import BinanceWire
from tools.market.wire.messages import Ack, Depth, Fault, Message, Other, Pong, Prints, Refusal, Snapshot
from tools.market.wire.mexc import MexcWire

MS = 1_700_000_000_123
AMOUNTS = st.integers(1, 10**16)
LEVELS = st.lists(st.tuples(st.sampled_from([1, -1]), AMOUNTS, st.integers(0, 10**16)), max_size=8)
ODD = ["1e5", "-1", "+1", " 1", "1_0", "\u0661", ".", "1.2.3", "0.000000010", "0.000000011"]
DECIMALS = st.from_regex(r"[0-9.]{0,22}", fullmatch=True) | st.sampled_from(ODD)
BINANCE, MEXC = BinanceWire(), MexcWire()


def depth(message: Message) -> Depth:
    assert isinstance(message, Depth)
    return message


def prints(message: Message) -> Prints:
    assert isinstance(message, Prints)
    return message


@given(LEVELS, st.integers(1, 10**12), st.integers(0, 50))
def test_both_venues_tell_the_same_levels(levels: list[tuple[int, int, int]], first: int, more: int) -> None:
    spot = depth(BINANCE.parse(binance_depth("AUSDT", first, first + more, levels, ms=MS)))
    pushed = depth(MEXC.parse(mexc_depth("AUSDT", first, first + more, levels, ms=MS)))
    for found in (spot, pushed):
        assert (found.symbol, found.after, found.last) == ("AUSDT", first - 1, first + more)
        assert sorted(levels_of(found.rows)) == sorted(levels)
        assert (found.rows["kind"] == BOOK).all()
        assert (found.rows["ts_event"] == MS * 1_000_000).all()
        assert (found.rows["ts_init"] == 0).all()
        assert found.rows["flags"].tolist() == [0] * (len(levels) - 1) + [LAST] * (len(levels) > 0)


@given(
    st.from_regex(r"[0-9.]{0,22}", fullmatch=True)
    | st.sampled_from(["1e5", "-1", "+1", " 1", "1_0", "\u0661"])
)
def test_trade_and_depth_read_a_decimal_alike(text: str) -> None:
    body = {"e": "trade", "E": MS, "s": "AUSDT", "t": 7, "p": text, "q": "1", "m": False}
    traded = BINANCE.parse(msgspec.json.encode(body))
    told = {"e": "depthUpdate", "E": MS, "s": "AUSDT", "U": 1, "u": 1, "b": [[text, "1"]], "a": []}
    changed = BINANCE.parse(msgspec.json.encode(told))
    if isinstance(changed, Fault):
        assert isinstance(traded, Fault)
    else:
        assert prints(traded).rows["price"].tolist() == depth(changed).rows["price"].tolist()


def test_every_field_of_a_trade_is_where_it_belongs() -> None:
    row = prints(BINANCE.parse(binance_trade("AUSDT", 7, 123, 456, sold=True, ms=MS))).rows[0]
    assert row.dtype == EVENT
    assert row.tolist() == (MS * 1_000_000, 0, 123, 456, PRINT, -1, LAST)


def test_rows_can_be_written_and_are_nobody_elses() -> None:
    first, second = (depth(BINANCE.parse(binance_depth("A", 1, 1, [(1, n, 5)]))).rows for n in (7, 8))
    first["ts_init"] = 3
    assert (first["price"].tolist(), second["price"].tolist(), second["ts_init"].tolist()) == ([7], [8], [0])


def test_futures_delta_names_its_predecessor() -> None:
    frame = binance_depth("AUSDT", 10, 12, [(1, 5, 5)], before=3)
    assert depth(BINANCE.parse(frame)).after == 3


def test_combined_stream_is_unwrapped_and_text_is_as_good_as_bytes() -> None:
    frame = binance_depth("AUSDT", 10, 12, [(1, 5, 5)])
    for form in (combined("ausdt@depth@100ms", frame), combined("x", frame).decode()):
        assert depth(BINANCE.parse(form)).last == 12


@pytest.mark.parametrize(("sold", "side"), [(True, -1), (False, 1)])
def test_buyer_who_is_maker_means_that_the_aggressor_sold(sold: bool, side: int) -> None:
    found = prints(BINANCE.parse(binance_trade("AUSDT", 7, 123, 456, sold=sold, ms=MS)))
    assert found.ids == (7,)
    assert found.rows.tolist() == [(MS * 1_000_000, 0, 123, 456, PRINT, side, LAST)]


def test_deals_keep_their_order_and_their_side() -> None:
    found = prints(MEXC.parse(mexc_deals("AUSDT", [(1, 10, 3), (-1, 9, 4)], ms=MS)))
    assert found.ids == ()
    assert levels_of(found.rows) == [(1, 10, 3), (-1, 9, 4)]
    assert (found.rows["kind"] == PRINT).all()
    assert (found.rows["flags"] == LAST).all()
    assert (found.rows["ts_event"] == MS * 1_000_000).all()


def test_book_is_one_reset_run() -> None:
    found = BINANCE.parse_snapshot(book_body(9, {(1, 10): 1, (1, 9): 2, (-1, 11): 3}))
    assert isinstance(found, Snapshot)
    assert found.last == 9
    assert found.rows["flags"].tolist() == [SNAPSHOT | RESET, SNAPSHOT, SNAPSHOT | LAST]


@pytest.mark.parametrize(
    ("wire", "frame", "expected"),
    [
        (BINANCE, b'{"result":null,"id":3}', Ack(3)),
        (BINANCE, b'{"error":{"code":2,"msg":"no"},"id":1}', Refusal('{"code":2,"msg":"no"}')),
        (BINANCE, b'{"e":"kline","E":1,"s":"A","k":{}}', Other("kline")),
        (BINANCE, b'{"u":1,"s":"A","b":"1","B":"1","a":"2","A":"1"}', Other("bookTicker")),
        (MEXC, '{"id":0,"code":0,"msg":"PONG"}', Pong()),
        (MEXC, b'{"id":0,"code":0,"msg":"spot@public.aggre"}', Ack(0)),
        (
            MEXC,
            b'{"id":0,"code":0,"msg":"Not Subscribed successfully! x"}',
            Refusal("0 Not Subscribed successfully! x"),
        ),
        (MEXC, b'{"id":0,"code":5,"msg":"no"}', Refusal("5 no")),
    ],
)
def test_answers(wire: BinanceWire | MexcWire, frame: bytes | str, expected: Message) -> None:
    assert wire.parse(frame) == expected


GOOD = binance_depth("AUSDT", 10, 12, [(1, 5, 5), (-1, 6, 6)])


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'"text"',
        b"{}",
        b'{"id":1}',
        GOOD[:-3],
        GOOD.replace(b'"U":10', b'"U":13'),
        GOOD.replace(b'"U":10', b'"U":-1'),
        GOOD.replace(b'"U":10', b'"U":10.5'),
        GOOD.replace(b'"U":10', b'"U":"10"'),
        GOOD.replace(b'"E":1', b'"E":99999999999999999'),
        GOOD.replace(b'"s":"AUSDT"', b'"x":1'),
        GOOD.replace(b'"0.00000005"', b"0.00000005"),
        GOOD.replace(b'"0.00000005"', b'"0.000000005"'),
        GOOD.replace(b'"0.00000005"', b'"-5"'),
        GOOD.replace(b'["0.00000005"', b'["0"'),
        GOOD.replace(b'"b":', b'"c":'),
        GOOD.replace(b'"b":[[', b'"b":[[],['),
        b"[" * 5000,
        binance_trade("AUSDT", 1, 5, 5).replace(b'"m":false', b'"n":false'),
        binance_trade("AUSDT", 1, 5, 5).replace(b'"q":"0.00000005"', b'"q":"0"'),
        binance_trade("AUSDT", 1, 5, 5).replace(b'"t":1', b'"t":-1'),
    ],
)
def test_malformed_frame_is_a_fault(frame: bytes) -> None:
    found = BINANCE.parse(frame)
    assert isinstance(found, Fault), found
    assert found.what


PUSH = mexc_depth("AUSDT", 10, 12, [(1, 5, 5), (-1, 6, 6)])


@given(st.binary(max_size=80))
def test_no_bytes_make_a_parser_raise(noise: bytes) -> None:
    for wire in (BINANCE, MEXC):
        wire.parse(noise)
        wire.parse_snapshot(noise)


@given(st.sampled_from([PUSH, mexc_deals("AUSDT", [(1, 10, 3)]), GOOD]), st.data())
def test_damaged_frame_never_raises_and_never_tells_an_impossible_level(
    frame: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(frame) - 1))
    damaged = frame[:at] + data.draw(st.binary(max_size=2)) + frame[at + data.draw(st.integers(0, 3)) :]
    for wire in (BINANCE, MEXC):
        found = wire.parse(damaged)
        if isinstance(found, Depth | Prints):
            assert (found.rows["price"] > 0).all()
            assert (found.rows["size"] >= 0).all()


@given(st.integers(0, len(PUSH) - 1))
def test_cut_push_is_no_whole_one(at: int) -> None:
    found = MEXC.parse(PUSH[:at])
    assert not isinstance(found, Depth) or found.rows.tolist() != depth(MEXC.parse(PUSH)).rows.tolist()


def test_unknown_fields_of_a_push_are_skipped() -> None:
    varint, fixed64, fixed32 = (
        b"\x98\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x99\x06" + b"\0" * 8,
        b"\x9d\x06\0\0\0\0",
    )
    assert depth(MEXC.parse(PUSH + varint + fixed64 + fixed32)).last == 12


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"code":-1121,"msg":"Invalid symbol."}',
        book_body(5, {}),
        book_body(5, {(1, 5): 0}),
        book_body(-5, {(1, 5): 5}),
        book_body(5, {(1, 5): 5})[:-1],
    ],
)
def test_what_is_no_book_is_a_fault(body: bytes) -> None:
    for wire in (BINANCE, MEXC):
        assert isinstance(wire.parse_snapshot(body), Fault)


def test_large_book_is_read_whole() -> None:
    levels = {(side, price): price for side in (1, -1) for price in range(1, 5001)}
    found = BINANCE.parse_snapshot(book_body(5, levels))
    assert isinstance(found, Snapshot)
    assert len(found.rows) == 10_000
    assert np.unique(found.rows["price"]).tolist() == list(range(1, 5001))


@pytest.mark.parametrize("wire", [BINANCE, MEXC])
def test_subscription_names_every_channel(wire: BinanceWire | MexcWire) -> None:
    channels = list(wire.channels("AUSDT"))
    sent = msgspec.json.decode(wire.subscribe(channels, 4))
    assert sent["params"] == channels
    assert len(channels) == 2
