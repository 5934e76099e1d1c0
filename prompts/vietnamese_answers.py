"""An answer in Vietnamese, line by line; names, numbers and ids stay as they are.

A line that no pattern fits is left in English: the record's own reasons are quoted, not translated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tools.domain.trading import Route

CAN_ASK = (
    "Có thể hỏi: bao nhiêu quyết định, lệnh, lần bỏ qua; lãi lỗ, phí, tỷ lệ thắng; giao dịch tốt nhất "
    "hay tệ nhất; tại sao; đã học được gì; tham số nào thay đổi; AI tốn bao nhiêu; đang giữ gì."
)
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
    "orders": "lệnh đặt",
    "entries that never filled": "lần vào lệnh không khớp",
}
RESULTS: Mapping[str, str] = {
    "take profit": "chốt lời",
    "stop": "cắt lỗ",
    "timeout": "hết giờ",
    "abort": "bị hủy",
    "close out": "đóng cuối phiên",
    "offer sold": "bán dưới mục tiêu",
    "unfilled": "không khớp",
}
DEEDS: Mapping[str, str] = {
    "entered": "đã vào lệnh",
    "skipped": "đã bỏ qua",
    "abstained on": "không ý kiến về",
}
DECIDERS: Mapping[str, str] = {
    Route.RULE.told: "do quy tắc quyết định",
    Route.PATTERN.told: "do mẫu hình đã nhớ quyết định",
    Route.MODEL.told: "do mô hình quyết định",
    Route.STRATEGY.told: "do chiến lược đã học quyết định",
    Route.LLM.told: "do AI quyết định",
    Route.ABSTAIN.told: "không ai đủ chắc chắn",
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
MEASURES: Mapping[str, str] = {
    "Mean net result a trade": "Kết quả ròng trung bình mỗi giao dịch",
    "Median net result a trade": "Trung vị kết quả ròng mỗi giao dịch",
    "Mean net result": "Kết quả ròng trung bình",
    "Net result in all": "Kết quả ròng tổng cộng",
    "Net in all": "Ròng tổng cộng",
    "Mean fees a trade": "Phí trung bình mỗi giao dịch",
    "Fees": "Phí",
    "Net": "Ròng",
    "Win rate": "Tỷ lệ thắng",
    "Deepest drawdown": "Mức sụt giảm sâu nhất",
    "Drawdown": "Mức sụt giảm",
    "Profit factor": "Hệ số lợi nhuận",
    "Mean holding time": "Thời gian giữ trung bình",
    "Median holding time": "Trung vị thời gian giữ",
    "Holding time": "Thời gian giữ",
}
PLACES: Mapping[str, str] = {
    "Best": "Tốt nhất",
    "Worst": "Tệ nhất",
    "Longest": "Lâu nhất",
    "Shortest": "Nhanh nhất",
    "Highest": "Cao nhất",
    "Lowest": "Thấp nhất",
    "Most": "Nhiều nhất",
    "Fewest": "Ít nhất",
}
PARTS: Mapping[str, str] = {" that made money": " có lãi", " that made none": " không có lãi"}
_NOUN = rf"(?P<noun>{'|'.join(NOUNS)})(?: refused by the rule (?P<rule>\w+))?(?P<part>{'|'.join(PARTS)})?"
_MEASURE = rf"(?P<what>{'|'.join(MEASURES)})"
_PLACE = rf"(?P<place>{'|'.join(PLACES)})"
_ENDED = rf"(?P<ended>{'|'.join(RESULTS)})"


def _noun(found: re.Match[str]) -> str:
    rule = found.group("rule")
    part = PARTS.get(found.group("part") or "", "")
    return NOUNS[found.group("noun")] + (f" bị quy tắc {rule} từ chối" if rule else "") + part


def _group(found: re.Match[str]) -> str:
    return GROUPS.get(found.group("group"), found.group("group"))


def _place(found: re.Match[str]) -> str:
    return "tốt nhất" if found.group("place").lower() == "best" else "tệ nhất"


def _value(found: re.Match[str]) -> str:
    """A figure, with the words around it."""
    told = found.group("value").replace(" after ", " sau ").replace(" of fees", " phí")
    told = told.replace("break-even", "cần để hòa vốn").replace(" a trade", " mỗi giao dịch")
    return told.replace("unavailable", "chưa có")


def _streaks(text: str) -> str:
    return (
        text.replace("winners in a row", "lệnh thắng liên tiếp")
        .replace("losers in a row", "lệnh thua liên tiếp")
        .replace(" and ", " và ")
    )


_LINES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        (
            rf"(?P<n>\d+) {_NOUN} made net (?P<net>\S+) quote after (?P<fees>\S+) of fees, "
            r"(?P<won>\d+) of them won:"
        ),
        lambda f: f"{f['n']} {_noun(f)} được ròng {f['net']} quote sau {f['fees']} phí, {f['won']} có lãi:",
    ),
    (
        rf"(?P<n>\d+) {_NOUN} made (?P<mean>\S+ bps) each on average, (?P<won>\d+) of them won:",
        lambda f: f"{f['n']} {_noun(f)} được trung bình {f['mean']} mỗi giao dịch, {f['won']} có lãi:",
    ),
    (
        rf"{_MEASURE} (?P<value>.+), on (?P<n>\d+) {_NOUN}:",
        lambda f: f"{MEASURES[f['what']]} {_value(f)}, trên {f['n']} {_noun(f)}:",
    ),
    (
        rf"{_MEASURE} by (?P<group>\w+), (?P<n>\d+) {_NOUN}:",
        lambda f: f"{MEASURES[f['what']]} theo {_group(f)}, {f['n']} {_noun(f)}:",
    ),
    (
        rf"Longest streak: (?P<told>.+), of (?P<n>\d+) {_NOUN}\.",
        lambda f: f"Chuỗi dài nhất: {_streaks(f['told'])}, trong {f['n']} {_noun(f)}.",
    ),
    (r"(?P<told>\d+ \w+ in a row) up to now\.", lambda f: f"{_streaks(f['told'])} tính đến nay."),
    (
        (rf"{_PLACE}: (?P<name>.+) with (?P<k>\d+), of (?:(?P<some>\d+) of )?(?P<n>\d+) {_NOUN} "
        r"by (?P<group>\w+):"),
        lambda f: f"{PLACES[f['place']]}: {f['name']} với {f['k']}, trong "
        f"{(f['some'] + ' trên ') if f['some'] else ''}{f['n']} {_noun(f)} theo {_group(f)}:",
    ),
    (
        rf"{_PLACE} of (?P<n>\d+) {_NOUN} by (?P<by>time held|fees|net result in quote):(?P<rest>.*)",
        lambda f: f"{PLACES[f['place']]} trong {f['n']} {_noun(f)}, theo {_BY[f['by']]}:{f['rest']}",
    ),
    (
        rf"{_PLACE} (?P<group>\w+) by (?P<by>[a-z ]+): (?P<name>\S+) \(of (?P<k>\d+), (?P<n>\d+) {_NOUN}\)",
        lambda f: f"{_group(f).capitalize()} {PLACES[f['place']].lower()} theo "
        f"{_measure(f['by'])}: {f['name']} (trong {f['k']}, {f['n']} {_noun(f)})",
    ),
    (
        rf"(?P<share>\d+\.\d %): (?P<k>\d+) of (?P<n>\d+) {_NOUN}\.",
        lambda f: f"{f['share']}: {f['k']} trên {f['n']} {_noun(f)}.",
    ),
    (
        rf"(?P<each>\d+\.\d+) {_NOUN} a day: (?P<n>\d+) on (?P<days>\d+) days of the record\.",
        lambda f: f"{f['each']} {_noun(f)} mỗi ngày: {f['n']} trong {f['days']} ngày của sổ.",
    ),
    (r"(?P<n>\d+) in all: (?P<rest>.+)", lambda f: f"Tổng cộng {f['n']}: {f['rest']}"),
    (r"(?P<name>.+) is ahead \((?P<by>.+)\):", lambda f: f"{f['name']} tốt hơn ({_measure(f['by'])}):"),
    (r"(?P<name>.+) is behind \((?P<by>.+)\):", lambda f: f"{f['name']} kém hơn ({_measure(f['by'])}):"),
    (r"More for (?P<name>\S+): (?P<rest>.+)", lambda f: f"{f['name']} nhiều hơn: {f['rest']}"),
    (r"Fewer for (?P<name>\S+): (?P<rest>.+)", lambda f: f"{f['name']} ít hơn: {f['rest']}"),
    (
        r"(?P<n>\d+) open positions?(?: on (?P<symbol>\S+))?:",
        lambda f: f"{f['n']} vị thế đang mở{' trên ' + f['symbol'] if f['symbol'] else ''}:",
    ),
    (
        (r"Nothing is held(?: on (?P<symbol>\S+))?: every entry with a fill has been closed, "
        r"as of (?P<at>\S+)\."),
        lambda f: f"Không giữ gì{' trên ' + f['symbol'] if f['symbol'] else ''}: "
        f"mọi lệnh đã khớp đều đã đóng, tính đến {f['at']}.",
    ),
    (
        (r"Brains were asked (?P<times>\d+) times about (?P<n>\d+) decisions(?: of (?P<who>\S+))?, "
        r"for (?P<cost>\S+) USD\."),
        lambda f: f"AI được hỏi {f['times']} lần về {f['n']} quyết định"
        f"{' (' + f['who'] + ')' if f['who'] else ''}, hết {f['cost']} USD.",
    ),
    (
        r"(?P<cost>\S+) USD spent on brains(?: of (?P<who>\S+))?\.",
        lambda f: f"Đã chi {f['cost']} USD cho AI{' (' + f['who'] + ')' if f['who'] else ''}.",
    ),
    (
        rf"The (?P<place>last|first) of (?P<n>\d+) {_NOUN}: (?P<rest>.+)",
        lambda f: f"{'Gần nhất' if f['place'] == 'last' else 'Đầu tiên'} trong {f['n']} {_noun(f)}: "
        f"{f['rest']}",
    ),
    (
        r"(?P<name>\S+) is (?P<now>\S+), it was (?P<was>\S+) until (?P<at>\S+)\.",
        lambda f: f"{f['name']} đang là {f['now']}, trước {f['at']} là {f['was']}.",
    ),
    (
        (
            r"(?P<how>Mean|Median|Total) (?P<what>[^,]+?) (?P<value>-?[\d.]+(?: [a-z ]+)?), "
            r"on (?P<n>\d+) decisions:"
        ),
        lambda f: f"{_HOW[f['how']]} {f['what']} {f['value']}, trên {f['n']} quyết định:",
    ),
    (
        r"median (?P<median>.+), lowest (?P<low>.+), highest (?P<high>.+)",
        lambda f: f"trung vị {f['median']}, thấp nhất {f['low']}, cao nhất {f['high']}",
    ),
    (r"(?P<n>\d+) active strategies, (?P<off>\d+) deprecated:",
     lambda f: f"{f['n']} chiến lược đang có hiệu lực, {f['off']} đã bị loại bỏ:"),
    (r"By the sum it is (?P<rest>.+)", lambda f: f"Xét theo tổng thì là {f['rest']}"),
    (
        r"Refused by rules, of all (?P<n>\d+): (?P<rest>.+)",
        lambda f: f"Bị quy tắc từ chối, trong {f['n']}: {f['rest']}",
    ),
    (rf"(?P<n>\d+) {_NOUN}\.", lambda f: f"{f['n']} {_noun(f)}."),
    (rf"(?P<n>\d+) of (?P<all>\d+) {_NOUN}\.", lambda f: f"{f['n']} trên {f['all']} {_noun(f)}."),
    (rf"(?P<n>\d+) {_NOUN} by (?P<group>\w+):", lambda f: f"{f['n']} {_noun(f)} theo {_group(f)}:"),
    (
        rf"(?P<n>\d+) of (?P<all>\d+) {_NOUN} by (?P<group>\w+):",
        lambda f: f"{f['n']} trên {f['all']} {_noun(f)} theo {_group(f)}:",
    ),
    (
        rf"(?P<place>Best|Worst) of (?P<n>\d+) {_NOUN} by net result after costs:(?P<rest>.*)",
        lambda f: f"{_place(f).capitalize()} trong {f['n']} {_noun(f)}, "
        f"theo kết quả ròng sau phí:{f['rest']}",
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
        rf"(?P<who>{'|'.join(DECIDERS)}): a (?P<source>\S+) (?P<side>\w+) signal at (?P<price>\S+)\."),
        lambda f: f"{f['id']} {DEEDS[f['deed']]} {f['symbol']}{' (thăm dò)' if f['probe'] else ''} "
        f"lúc {f['at']}, {DECIDERS[f['who']]}: tín hiệu {f['source']} {f['side']} tại {f['price']}.",
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
    (
        r"(?P<n>\d+) lessons learned, (?P<on>\d+) of them in force, (?P<off>\d+) retired:",
        lambda f: f"{f['n']} bài học đã học, {f['on']} còn hiệu lực, {f['off']} hết hiệu lực:",
    ),
    (
        r"(?P<n>\d+) strategies learned: (?P<on>\d+) active, (?P<off>\d+) deprecated:",
        lambda f: f"{f['n']} chiến lược đã học: {f['on']} đang có hiệu lực, {f['off']} đã bị loại bỏ:",
    ),
    (r"(?P<n>\d+) lessons? in force:", lambda f: f"{f['n']} bài học đang có hiệu lực:"),
    (r"(?P<n>\d+) changes? of parameters:", lambda f: f"{f['n']} thay đổi tham số:"),
    (
        r"No change of (?P<name>.+) is in the record: settings and defaults are in force\.",
        lambda f: f"Không có thay đổi nào của {f['name'].replace('any parameter', 'tham số')} trong sổ: "
        "các giá trị cài đặt và mặc định đang có hiệu lực.",
    ),
    (r"None: no (?P<what>.+)\.", lambda f: f"Không có: {f['what']}."),
)  # fmt: skip
_HOW: Mapping[str, str] = {"Mean": "Trung bình", "Median": "Trung vị", "Total": "Tổng"}
_BY: Mapping[str, str] = {
    "time held": "thời gian giữ",
    "fees": "phí",
    "net result in quote": "kết quả ròng bằng quote",
}


def _measure(name: str) -> str:
    """A figure's name in the middle of a sentence."""
    return MEASURES.get(name.capitalize(), name).lower() if name != "net bps" else "kết quả ròng trung bình"


_COMPILED = tuple((re.compile(pattern), make) for pattern, make in _LINES)


def refused_in_vietnamese(reason: str) -> str:
    """A refusal for a person who asked in Vietnamese; the reason itself stays as it is."""
    if "did not understand" in reason:
        return f"Chưa hiểu câu hỏi. {CAN_ASK} ({reason})"
    return f"Không có trong sổ. ({reason})"


def in_vietnamese(text: str) -> str:
    """``text``, an answer, with every line that is known in Vietnamese."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    bare = line.lstrip(" ")
    if bare.startswith("Yes. "):
        return f"Có. {_line(bare.removeprefix('Yes. '))}"
    for pattern, make in _COMPILED:
        found = pattern.fullmatch(bare)
        if found:
            return " " * (len(line) - len(bare)) + make(found)
    return line
