"""An answer in Vietnamese, line by line; names, numbers and ids stay as they are.

A line that no pattern fits is left in English: the record's own reasons are quoted, not translated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

NOUNS: Mapping[str, str] = {
    "decisions not to enter": "quyết định không vào lệnh",
    "decisions": "quyết định",
    "entries": "lần vào lệnh",
    "skips": "lần bỏ qua",
    "abstentions": "lần không ý kiến",
    "probes": "lệnh thăm dò",
    "taken round trips": "giao dịch đã thực hiện",
    "trades followed on paper": "giao dịch theo dõi trên giấy",
    "fills": "lần khớp lệnh",
    "orders": "lệnh",
}
RESULTS: Mapping[str, str] = {
    "take profit": "chốt lời",
    "stop": "cắt lỗ",
    "timeout": "hết giờ",
    "abort": "bị hủy",
    "unfilled": "không khớp",
}
DEEDS: Mapping[str, str] = {
    "entered": "đã vào lệnh",
    "skipped": "đã bỏ qua",
    "abstained on": "không ý kiến về",
}
GROUPS: Mapping[str, str] = {
    "symbol": "cặp",
    "hour": "giờ",
    "route": "tuyến",
    "regime": "chế độ",
    "action": "hành động",
    "run": "phiên",
    "day": "ngày",
    "weekday": "thứ",
    "week": "tuần",
    "month": "tháng",
    "rule": "quy tắc",
    "result": "kết quả",
}
_NOUN = rf"(?P<noun>{'|'.join(NOUNS)})(?: refused by the rule (?P<rule>\w+))?"
_ENDED = rf"(?P<ended>{'|'.join(RESULTS)})"


def _noun(found: re.Match[str]) -> str:
    rule = found.group("rule")
    return NOUNS[found.group("noun")] + (f" bị quy tắc {rule} từ chối" if rule else "")


def _group(found: re.Match[str]) -> str:
    return GROUPS.get(found.group("group"), found.group("group"))


def _place(found: re.Match[str]) -> str:
    return "tốt nhất" if found.group("place").lower() == "best" else "tệ nhất"


_LINES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (rf"(?P<n>\d+) {_NOUN}\.", lambda f: f"{f['n']} {_noun(f)}."),
    (rf"(?P<n>\d+) of (?P<all>\d+) {_NOUN}\.", lambda f: f"{f['n']} trên {f['all']} {_noun(f)}."),
    (rf"(?P<n>\d+) {_NOUN} by (?P<group>\w+):", lambda f: f"{f['n']} {_noun(f)} theo {_group(f)}:"),
    (
        rf"(?P<n>\d+) of (?P<all>\d+) {_NOUN} by (?P<group>\w+):",
        lambda f: f"{f['n']} trên {f['all']} {_noun(f)} theo {_group(f)}:",
    ),
    (
        rf"(?P<place>Best|Worst) of (?P<n>\d+) {_NOUN} by net result after costs:(?P<rest>.*)",
        lambda f: f"{_place(f).capitalize()} trong {f['n']} {_noun(f)}, theo kết quả ròng sau phí:{f['rest']}",
    ),
    (
        (r"(?P<place>Best|Worst) (?P<group>\w+) by mean net result: (?P<name>\S+) "
        rf"\(of (?P<k>\d+), (?P<n>\d+) {_NOUN}\)"),
        lambda f: f"{_group(f).capitalize()} {_place(f)} theo kết quả ròng trung bình: {f['name']} "
        f"(trong {f['k']}, {f['n']} {_noun(f)})",
    ),
    (
        rf"The last (?P<k>\d+) of (?P<n>\d+) {_NOUN}:",
        lambda f: f"{f['k']} {_noun(f)} gần nhất trong {f['n']}:",
    ),
    (r"The last of (?P<n>\d+) that match\.", lambda f: f"Lần gần nhất trong {f['n']} lần phù hợp."),
    (
        r"The (?P<place>best|worst) of (?P<n>\d+) trades\.",
        lambda f: f"{_place(f).capitalize()} trong {f['n']} giao dịch.",
    ),
    (rf"(?P<n>\d+) {_NOUN}:", lambda f: f"{f['n']} {_noun(f)}:"),
    (
        rf"Fees (?P<fees>\S+)(?P<quote> quote)?, on (?P<n>\d+) {_NOUN}:",
        lambda f: f"Phí {f['fees']}{f['quote'] or ''}, trên {f['n']} {_noun(f)}:",
    ),
    (
        r"n = (?P<n>\d+) \(worth (?P<worth>\S+) independent ones\), (?P<wins>\d+) made money",
        lambda f: f"n = {f['n']} (tương đương {f['worth']} giao dịch độc lập), {f['wins']} có lãi",
    ),
    (
        r"n = 0: win rate, expectancy and drawdown are unavailable",
        lambda _: "n = 0: chưa có tỷ lệ thắng, kỳ vọng và mức sụt giảm",
    ),
    (
        r"win rate (?P<rate>.+), break-even (?P<even>.+)",
        lambda f: f"tỷ lệ thắng {f['rate']}, cần để hòa vốn {f['even']}",
    ),
    (
        r"net expectancy (?P<mean>.+) a trade, drawdown (?P<fall>.+)",
        lambda f: f"kỳ vọng ròng {f['mean']} mỗi giao dịch, mức sụt giảm {f['fall']}",
    ),
    (
        r"net (?P<net>\S+) quote after (?P<fees>\S+) of fees, drawdown (?P<fall>\S+)",
        lambda f: f"ròng {f['net']} quote sau {f['fees']} phí, mức sụt giảm {f['fall']}",
    ),
    (
        (rf"(?P<id>d_\w+) (?P<deed>{'|'.join(DEEDS)}) (?P<symbol>\S+)(?P<probe> as a probe)? at (?P<at>\S+), "
        r"settled by (?P<route>\w+): a (?P<source>\w+) (?P<side>\w+) signal at (?P<price>\S+)\."),
        lambda f: f"{f['id']} {DEEDS[f['deed']]} {f['symbol']}{' (thăm dò)' if f['probe'] else ''} "
        f"lúc {f['at']}, do {f['route']} quyết: tín hiệu {f['source']} {f['side']} tại {f['price']}.",
    ),
    (r"Because: (?P<reason>.+)", lambda f: f"Vì: {f['reason']}"),
    (r"silent: (?P<names>.+)", lambda f: f"không lên tiếng: {f['names']}"),
    (r"What came of it is not known yet\.", lambda _: "Chưa biết kết quả."),
    (
        rf"Later, (?P<kind>taken|followed on paper): {_ENDED} at (?P<at>\S+), (?P<rest>.+)",
        lambda f: f"Sau đó, {'đã thực hiện' if f['kind'] == 'taken' else 'theo dõi trên giấy'}: "
        f"{RESULTS[f['ended']]} lúc {f['at']}, {f['rest']}",
    ),
    (r"No lesson is in force.*", lambda _: "Chưa có bài học nào đang có hiệu lực."),
    (r"(?P<n>\d+) lessons? in force:", lambda f: f"{f['n']} bài học đang có hiệu lực:"),
    (r"(?P<n>\d+) changes? of parameters:", lambda f: f"{f['n']} thay đổi tham số:"),
    (
        r"No change of (?P<name>.+) is in the record: settings and defaults are in force\.",
        lambda f: f"Không có thay đổi nào của {f['name'].replace('any parameter', 'tham số')} trong sổ: "
        "các giá trị cài đặt và mặc định đang có hiệu lực.",
    ),
    (r"None: no (?P<what>.+)\.", lambda f: f"Không có: {f['what']}."),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), make) for pattern, make in _LINES)


def in_vietnamese(text: str) -> str:
    """``text``, an answer, with every line that is known in Vietnamese."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    bare = line.lstrip(" ")
    for pattern, make in _COMPILED:
        found = pattern.fullmatch(bare)
        if found:
            return " " * (len(line) - len(bare)) + make(found)
    return line
