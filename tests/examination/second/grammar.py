"""Questions made by a small grammar: a figure, of some rows, in a time; each with the SQL that answers it.

The grammar shares no word table with what is asked: ways to say things are written down here once
more, in both languages, so that a way the product cannot read shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random


@dataclass(frozen=True, slots=True)
class Part:
    """Ways to say one condition in one language, and the condition in SQL."""

    ways: tuple[str, ...]
    sql: str = "1"


@dataclass(frozen=True, slots=True)
class Figure:
    """Ways to ask for a figure, with {of} and {when} for conditions, and what is selected for it."""

    ways: tuple[str, ...]
    select: str
    rows: str = "t"
    sql: str = "1"


@dataclass(frozen=True, slots=True)
class Made:
    """A question and the SQL of its answer."""

    language: str
    text: str
    query: str


EN_OF = (
    Part(("",)),
    Part((" on ADA", " for ADA", " with ADA"), "symbol = 'ADAUSDT'"),
    Part((" on FILUSDT", " for fil"), "symbol = 'FILUSDT'"),
    Part((" by the pattern route", " decided by pattern"), "route = 'pattern'"),
    Part((" in the volatile regime", " in volatile markets"), "regime = 'volatile'"),
)
EN_WHEN = (
    Part(("",)),
    Part((" yesterday",), "day = '2033-10-07'"),
    Part((" last week", " in the week before this one"), "day BETWEEN '2033-09-26' AND '2033-10-02'"),
    Part((" in September", " during september"), "day < '2033-10-01'"),
    Part(
        (" on Monday, October 3", " on 2033-10-03", " on the 3rd of October", " on the 3rd"),
        "day = '2033-10-03'",
    ),
    Part((" since Tuesday", " from tuesday on"), "day >= '2033-10-04'"),
    Part((" last weekend",), "day IN ('2033-10-01', '2033-10-02')"),
)
EN = (
    Figure(("how many trades did we make{of}{when}?", "number of trades{of}{when}"), "count(*)"),
    Figure(
        ("how many signals were skipped{of}{when}?", "count the skips{of}{when}"),
        "count(*)",
        "d",
        "action = 'skip'",
    ),
    Figure(
        (
            "how many entries did a limit cut{of}{when}?",
            "entries reduced by a risk limit{of}{when}: how many?",
        ),
        "count(*)",
        "cut",
    ),
    Figure(
        ("how many trades{of}{when} hit the stop?", "how often were we stopped out{of}{when}?"),
        "count(*)",
        "t",
        "result = 'stop'",
    ),
    Figure(
        ("how many winners{of}{when}?", "how many trades{of} made money{when}?"), "count(*)", "t", "net > 0"
    ),
    Figure(
        ("what was the pnl{of}{when}?", "how much did we make{of}{when}?", "net profit{of}{when}"), "sum(net)"
    ),
    Figure(
        (
            "what did we pay in fees{of}{when}?",
            "total fees{of}{when}",
            "how much did we spend on fees{of}{when}",
        ),
        "sum(fees)",
    ),
    Figure(
        (
            "win rate{of}{when}?",
            "what percentage of trades{of}{when} won?",
            "how many percent of trades{of} won{when}?",
        ),
        "avg(net > 0)",
    ),
    Figure(
        ("average result in bps{of}{when}", "what did a trade make on average in bps{of}{when}?"), "avg(bps)"
    ),
    Figure(("average holding time{of}{when}", "how long did trades{of}{when} last on average?"), "avg(held)"),
    Figure(
        (
            "average time we sat in a losing trade{of}{when}",
            "how long did we hold losers{of}{when} on average",
        ),
        "avg(held)",
        "t",
        "net <= 0",
    ),
    Figure(
        (
            "average market maker confidence of entries{of}{when}",
            "how confident were we in the market maker on average when we entered{of}{when}?",
        ),
        "avg(confidence)",
        "d",
        "action = 'enter'",
    ),
    Figure(
        ("highest spoofing score{of}{when}?", "what was the highest spoof score{of}{when}"),
        "max(spoofing)",
        "d",
    ),
    Figure(
        (
            "what would the skipped signals{of}{when} have made on average in bps?",
            "average bps of the skips{of}{when} had we taken them",
        ),
        "avg(paper)",
        "d",
        "action = 'skip'",
    ),
    Figure(
        (
            "what share of the trades{of}{when} ended at the stop?",
            "percentage of trades{of}{when} that were stopped out",
        ),
        "avg(result = 'stop')",
    ),
    Figure(
        ("on how many days did we lose money{of}{when}?", "how many losing days{of}{when}"),
        "count(*)",
        "(SELECT day, sum(net) AS total FROM t WHERE {where} GROUP BY day) WHERE total <= 0 --",
    ),
    Figure(
        ("which coin made the most{of}{when}?", "which symbol was the most profitable{of}{when}"),
        "symbol",
        "t",
        "1 GROUP BY symbol ORDER BY sum(net) DESC LIMIT 1 --",
    ),
    Figure(
        (
            "how many signals did the spoofing rule refuse{of}{when}?",
            "how many signals were rejected because of spoofing{of}{when}",
        ),
        "count(*)",
        "refused",
        "rule = 'spoofing' AND action = 'skip'",
    ),
)
VI_OF = (
    Part(("",)),
    Part((" của ADA", " ADA"), "symbol = 'ADAUSDT'"),
    Part((" của FIL",), "symbol = 'FILUSDT'"),
    Part((" do pattern quyết định", " theo pattern"), "route = 'pattern'"),
    Part((" lúc thị trường biến động mạnh",), "regime = 'volatile'"),
)
VI_WHEN = (
    Part(("",)),
    Part((" hôm qua",), "day = '2033-10-07'"),
    Part((" tuần trước", " tuần rồi"), "day BETWEEN '2033-09-26' AND '2033-10-02'"),
    Part((" trong tháng 9", " tháng 9"), "day < '2033-10-01'"),
    Part((" hôm thứ hai ngày 3/10", " ngày 3/10", " hôm 3/10"), "day = '2033-10-03'"),
    Part((" cuối tuần rồi",), "day IN ('2033-10-01', '2033-10-02')"),
)
VI = (
    Figure(("có bao nhiêu lệnh{of}{when}?", "{when} đánh mấy lệnh{of}"), "count(*)"),
    Figure(
        ("bỏ qua mấy tín hiệu{of}{when}?", "bao nhiêu tín hiệu{of} bị bỏ qua{when}"),
        "count(*)",
        "d",
        "action = 'skip'",
    ),
    Figure(
        (
            "có mấy lệnh{of} bị giới hạn cắt bớt khối lượng{when}?",
            "bao nhiêu lệnh{of} bị giới hạn rủi ro cắt giảm{when}",
        ),
        "count(*)",
        "cut",
    ),
    Figure(
        ("bao nhiêu lệnh{of} dính cắt lỗ{when}?", "mấy lệnh{of} bị cắt lỗ{when}"),
        "count(*)",
        "t",
        "result = 'stop'",
    ),
    Figure(("có bao nhiêu lệnh thắng{of}{when}?", "mấy lệnh{of} có lãi{when}"), "count(*)", "t", "net > 0"),
    Figure(("lời lỗ{of}{when} bao nhiêu?", "lãi được bao nhiêu{of}{when}"), "sum(net)"),
    Figure(("tổng phí{of}{when}", "tốn bao nhiêu phí{of}{when}?"), "sum(fees)"),
    Figure(("tỷ lệ thắng{of}{when}?",), "avg(net > 0)"),
    Figure(
        ("lệnh thua{of}{when} trung bình giữ bao lâu", "trung bình ôm lệnh lỗ{of}{when} bao lâu?"),
        "avg(held)",
        "t",
        "net <= 0",
    ),
    Figure(("thời gian giữ trung bình{of}{when}",), "avg(held)"),
    Figure(
        ("có mấy ngày bị lỗ{of}{when}?",),
        "count(*)",
        "(SELECT day, sum(net) AS total FROM t WHERE {where} GROUP BY day) WHERE total <= 0 --",
    ),
    Figure(
        ("coin nào lãi nhiều nhất{of}{when}?",),
        "symbol",
        "t",
        "1 GROUP BY symbol ORDER BY sum(net) DESC LIMIT 1 --",
    ),
    Figure(
        ("bao nhiêu tín hiệu{of} bị bỏ vì spoofing{when}?",),
        "count(*)",
        "refused",
        "rule = 'spoofing' AND action = 'skip'",
    ),
    Figure(("điểm spoof cao nhất{of}{when}",), "max(spoofing)", "d"),
)


def every_question() -> Iterator[Made]:
    """All that the grammar makes, each way to say a figure with each way to say its conditions."""
    for language, figures, of, when in (("en", EN, EN_OF, EN_WHEN), ("vi", VI, VI_OF, VI_WHEN)):
        for figure, those, time in product(figures, of, when):
            is_of_symbols = figure.select == "symbol" and "symbol" in those.sql
            if not is_of_symbols:
                yield from _said(language, figure, those, time)


def some_questions(seed: int, n: int) -> Sequence[Made]:
    """Some of them, drawn by ``seed``."""
    return Random(seed).sample(list(every_question()), n)  # noqa: S311 (no secret)


def _said(language: str, figure: Figure, those: Part, time: Part) -> Iterator[Made]:
    where = f"{those.sql} AND {time.sql}"
    is_nested = "{where}" in figure.rows
    rows = figure.rows.format(where=where)
    end = "" if is_nested else f" WHERE {where} AND {figure.sql}"
    for way, of, when in product(figure.ways, those.ways, time.ways):
        text = way.format(of=of, when=when).strip()
        yield Made(language, text, f"SELECT {figure.select} FROM {rows}{end}")  # noqa: S608 (our own)
