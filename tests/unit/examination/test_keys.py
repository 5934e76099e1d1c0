"""Keys worked out again by one statement of SQL each, without any of the code that made them."""

# ruff: noqa: S608 (the statements are put together from constants of this file)

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.examination.facts import Amount, Count, First, FirstHour, Share, Span
from tests.examination.record import DATABASE, Record
from tests.examination.sitting import questions

DAY = "date(d.ts / 1000000000, 'unixepoch')"
HOUR = "CAST(strftime('%H', d.ts / 1000000000, 'unixepoch') AS INTEGER)"
TAKEN = "FROM decision d JOIN outcome o ON o.decision_id = d.decision_id AND o.kind = 'taken'"
MONEY = "SUM(CAST(o.net_quote AS REAL))"
REFUSED = """FROM decision d, json_each(d.votes) v WHERE d.action = 'skip' AND
    json_extract(v.value, '$.component') = 'rule.spoofing' AND json_extract(v.value, '$.stance') = 'skip'"""

AMOUNTS = {
    "How much did you make or lose after fees over the last 7 days?": (
        f"SELECT {MONEY} {TAKEN} WHERE {DAY} BETWEEN '2031-03-17' AND '2031-03-23'"
    ),
    "How much did you pay in fees on ALGO in total?": (
        "SELECT SUM(CAST(fee_quote AS REAL)) FROM fill WHERE symbol = 'ALGOUSDT'"
    ),
    "How much have you spent on language models so far?": (
        "SELECT SUM(CAST(amount_usd AS REAL)) FROM spend WHERE stage = 'settled'"
    ),
    "And the day after?": f"SELECT {MONEY} {TAKEN} WHERE {DAY} = '2031-03-15'",
    "What was the average market-maker confidence over the LINK signals of yesterday?": (
        f"SELECT AVG(json_extract(features, '$.mm_confidence')) FROM signal d "
        f"WHERE symbol = 'LINKUSDT' AND {DAY} = '2031-03-22'"
    ),
    "thang nay lai lo bao nhieu sau phi?": f"SELECT {MONEY} {TAKEN}",
    "Trung bình mỗi lệnh VET lời lỗ mấy bps sau phí?": (
        f"SELECT AVG(o.net_bps) {TAKEN} WHERE d.symbol = 'VETUSDT'"
    ),
    "Cỡ lệnh trung bình của nhà tạo lập trên LINK hôm nay là bao nhiêu?": (
        f"SELECT AVG(json_extract(features, '$.mm_avg_order_size')) FROM signal d "
        f"WHERE symbol = 'LINKUSDT' AND {DAY} = '2031-03-23'"
    ),
    "thế còn tuần trước?": (
        f"SELECT SUM(CAST(o.fees_quote AS REAL)) {TAKEN} WHERE {DAY} BETWEEN '2031-03-10' AND '2031-03-16'"
    ),
}
COUNTS = {
    "How many probes have you taken in all?": "SELECT COUNT(*) FROM decision WHERE is_probe",
    "How many of your trades in the last 7 days ended in an abort?": (
        f"SELECT COUNT(*) {TAKEN} WHERE o.result = 'abort' AND {DAY} >= '2031-03-17'"
    ),
    "How many of the signals you skipped did the spoofing rule object to?": f"SELECT COUNT(*) {REFUSED}",
    "In how many of those did the spoofing rule object?": (
        f"SELECT COUNT(*) {REFUSED} AND {DAY} >= '2031-03-17'"
    ),
    "Of the signals you skipped on 18 March, how many would have made money on paper after costs?": (
        "SELECT COUNT(*) FROM decision d JOIN outcome o ON o.decision_id = d.decision_id "
        f"WHERE o.kind = 'shadow' AND d.action = 'skip' AND o.net_bps > 0 AND {DAY} = '2031-03-18'"
    ),
    "Hôm nay vào lệnh bao nhiêu lần rồi bot?": (
        f"SELECT COUNT(*) FROM decision d WHERE action = 'enter' AND {DAY} = '2031-03-23'"
    ),
    "Từ trước tới giờ, trong khung 8h đến 10h UTC đã vào lệnh tổng cộng bao nhiêu lần?": (
        f"SELECT COUNT(*) FROM decision d WHERE action = 'enter' AND {HOUR} IN (8, 9)"
    ),
    "ngay 20/3 bot hoi AI may lan?": f"SELECT COUNT(*) FROM consultation d WHERE {DAY} = '2031-03-20'",
    "trong do co bao nhieu cai tren LINK?": (
        f"SELECT COUNT(*) FROM decision d WHERE action = 'skip' AND {DAY} = '2031-03-19' "
        "AND symbol = 'LINKUSDT'"
    ),
    "Hiện có mấy chiến lược tự học đang còn hiệu lực?": (
        "SELECT COUNT(*) FROM strategy WHERE ts_retired IS NULL AND standing = 'active'"
    ),
}


def by_sql(home: Path, query: str) -> Any:
    with sqlite3.connect(home / DATABASE) as connection:
        (value,) = connection.execute(query).fetchone()
    return value


def key(record: Record, text: str) -> object:
    return next(one.facts[0] for one in questions(record) if one.text == text)


@pytest.mark.parametrize(("text", "query"), AMOUNTS.items())
def test_an_amount_is_the_one_that_sql_finds(
    examined_home: Path, examined: Record, text: str, query: str
) -> None:
    fact = key(examined, text)
    assert isinstance(fact, Amount)
    assert fact.value == pytest.approx(by_sql(examined_home, query), rel=1e-9)


@pytest.mark.parametrize(("text", "query"), COUNTS.items())
def test_a_count_is_the_one_that_sql_finds(
    examined_home: Path, examined: Record, text: str, query: str
) -> None:
    assert key(examined, text) == Count(int(by_sql(examined_home, query)))


def test_shares_spans_and_extremes_are_those_that_sql_finds(examined_home: Path, examined: Record) -> None:
    rate = by_sql(examined_home, f"SELECT AVG(o.net_bps > 0) {TAKEN} WHERE d.symbol = 'NEARUSDT'")
    share = key(examined, "Tỷ lệ thắng của NEAR là bao nhiêu?")
    assert isinstance(share, Share)
    assert share.value == pytest.approx(rate)
    held = f"SELECT AVG((o.ts_exit - o.ts_entry) / 1e9) {TAKEN} WHERE {DAY} = '2031-03-20'"
    span = key(examined, "On average, how long did you hold your positions on 20 March?")
    assert isinstance(span, Span)
    assert span.seconds == pytest.approx(by_sql(examined_home, held))
    hour = by_sql(examined_home, f"SELECT {HOUR} {TAKEN} GROUP BY 1 ORDER BY {MONEY} LIMIT 1")
    asked = "At which hour of the day (UTC) have you lost the most money in total?"
    assert key(examined, asked) == FirstHour(int(hour))
    ranked = f"SELECT d.decision_id {TAKEN} ORDER BY CAST(o.net_quote AS REAL) DESC LIMIT 1"
    first = key(examined, "Which single trade earned the most USDT after fees?")
    assert isinstance(first, First)
    assert first.name == by_sql(examined_home, ranked)
