"""A question in Vietnamese, phrase by phrase into the English words that are understood.

It goes through the same parser afterwards: what is not understood there is refused there. Text
without accents is read, too, as people often type it; where two words then look alike the one
that says less is taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# Longest first, so that "cắt lỗ" is not read as a loss. "" is a word that says nothing.
PHRASES: Mapping[str, str] = {
    # what is asked
    "có bao nhiêu lần": "how many", "bao nhiêu lần": "how many", "có bao nhiêu": "how many",
    "bao nhiêu": "how many", "số lượng": "how many", "có mấy": "how many", "mấy": "how many", "đếm": "count",
    "tại sao": "why", "vì sao": "why", "lý do": "why", "lí do": "why", "giải thích": "explain",
    "làm ăn thế nào": "how did you do", "làm ăn ra sao": "how did you do", "kết quả ra sao": "result",
    "kết quả thế nào": "result", "kết quả": "result", "hiệu suất": "performance", "lợi nhuận": "profit",
    "tỷ lệ thắng": "win rate", "tỉ lệ thắng": "win rate", "mức sụt giảm": "drawdown",
    "tổng phí là bao nhiêu": "how much fees", "phí là bao nhiêu": "how much fees", "tổng phí": "fees",
    "phí giao dịch": "fees", "tiền phí": "fees", "phí": "fees", "hết bao nhiêu": "how much",
    "học được những gì": "learned", "học được gì": "learned", "rút ra được gì": "learned",
    "đã học được": "learned", "học được": "learned", "bài học": "lessons",
    "thông số": "parameters", "tham số": "parameters", "cài đặt": "settings",
    "thay đổi": "changes", "liệt kê": "list", "hiển thị": "show", "cho tôi xem": "show", "cho xem": "show",
    # order
    "tốt nhất": "best", "cao nhất": "highest", "lãi nhất": "best", "lời nhất": "best",
    "tệ nhất": "worst", "kém nhất": "worst", "xấu nhất": "worst", "lỗ nhất": "worst", "thấp nhất": "lowest",
    "nhiều nhất": "most", "ít nhất": "fewest", "phiên gần nhất": "last run", "phiên vừa rồi": "last run",
    "phiên cuối": "last run", "lần chạy cuối": "last run", "lần chạy gần nhất": "last run",
    "gần đây nhất": "last", "gần nhất": "last", "mới nhất": "last", "cuối cùng": "last", "gần đây": "last",
    # of what
    "quyết định": "decisions", "tín hiệu": "signals", "cơ hội": "opportunities",
    "không vào lệnh": "did not enter", "không giao dịch": "did not trade", "không mua": "did not buy",
    "vào lệnh": "entries", "mở vị thế": "entries", "mua vào": "buy", "mua": "buy",
    "lệnh thăm dò": "probes", "thăm dò": "probes", "thử nghiệm": "probes", "lệnh khớp": "fills",
    "lần khớp lệnh": "fills", "khớp lệnh": "fills", "lần khớp": "fills", "lệnh": "orders",
    "giao dịch": "trades", "vị thế": "positions",
    "bỏ qua": "skip", "từ chối": "refused", "không ý kiến": "abstain", "bỏ phiếu trắng": "abstain",
    "thoát lệnh": "exit", "đóng lệnh": "close", "thoát": "exit", "bán": "sell", "đóng": "close",
    # how they ended
    "chạm cắt lỗ": "stop loss", "cắt lỗ": "stop loss", "dừng lỗ": "stop loss", "chốt lời": "take profit",
    "hết thời gian": "timed out", "hết giờ": "timed out", "quá giờ": "timed out", "bị hủy": "aborted",
    "có lãi": "won", "có lời": "won", "sinh lời": "won", "thắng": "won", "lãi": "won", "lời": "won",
    "thua lỗ": "lost", "bị lỗ": "lost", "thua": "lost", "lỗ": "lost",
    "lẽ ra đã": "would have", "lẽ ra": "would have", "trên giấy": "on paper",
    # who settled it
    "quy tắc": "rule", "luật": "rule", "mẫu hình": "pattern", "mẫu": "pattern", "mô hình": "model",
    "giả mạo": "spoofing", "lệnh giả": "spoofing", "độ tin cậy thấp": "low mm confidence",
    "độ tin cậy mm thấp": "low mm confidence", "thiếu dữ liệu": "missing data",
    # split by
    "mỗi cặp": "per symbol", "từng cặp": "per symbol", "theo cặp": "by symbol", "cặp nào": "which symbol",
    "theo mã": "by symbol", "mỗi mã": "per symbol", "mã nào": "which symbol", "đồng nào": "which symbol",
    "theo giờ": "by hour", "giờ nào": "which hour", "mỗi giờ": "per hour",
    "theo tuyến": "by route", "tuyến nào": "which route", "theo chế độ": "by regime",
    "chế độ nào": "which regime",
    "theo phiên": "by run", "mỗi phiên": "per run",
    # market
    "chế độ": "regime", "biến động mạnh": "volatile", "biến động": "volatile", "yên tĩnh": "calm",
    "bình lặng": "calm", "có xu hướng": "trending", "xu hướng": "trending", "hoảng loạn": "panic",
    # time
    "hôm nay": "today", "hôm qua": "yesterday", "hôm kia": "the day before yesterday",
    "từ trước đến nay": "all time", "từ trước tới nay": "all time", "tuần qua": "last week",
    "lúc": "at", "vào lúc": "at", "khoảng": "about", "giữa": "between", "từ": "from", "đến": "to",
    "tới": "to",
    "trước": "before", "sau": "after", "kể từ": "since", "ngày": "on",
    # what says nothing
    "như thế nào": "", "thế nào": "", "ra sao": "", "cái nào": "", "những": "", "nào": "", "các": "",
    "của": "",
    "được": "", "trong": "in", "trên": "on", "theo": "by", "với": "with", "bởi": "by", "vì": "because of",
    "do": "because of", "và": "and", "là": "", "bạn": "", "tôi": "", "anh": "", "em": "", "đã": "", "có": "",
    "bị": "", "ra": "", "cho": "", "về": "", "gì": "", "lần": "", "cặp": "", "mã": "", "đồng": "", "ở": "",
    "vào": "", "xong": "", "rồi": "", "không": "", "hãy": "", "đó": "", "này": "", "còn": "", "thì": "",
    "kết thúc": "ended", "tất cả": "", "tổng cộng": "", "tổng": "", "cộng": "", "đưa": "", "chạm": "",
    "quyết": "", "mà": "", "nhé": "", "vậy": "", "thế": "", "nhỉ": "", "đi": "", "tốn": "", "trả": "",
    "tiền": "",
}  # fmt: skip
NUMBERS: Mapping[str, int] = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
_UNITS = {"giây": "second", "phút": "minute", "giờ": "hour", "tiếng": "hour", "ngày": "day", "tuần": "week"}
_MARKS = re.compile(r"[ăâđêôơưàáạảãằắặẳẵầấậẩẫèéẹẻẽềếệểễìíịỉĩòóọỏõồốộổỗờớợởỡùúụủũừứựửữỳýỵỷỹ]")
_PLAIN_SIGNS = re.compile(
    r"\b(bao nhieu|tai sao|vi sao|hom nay|hom qua|giao dich|quyet dinh|tin hieu|ket qua|hoc duoc|bai hoc)\b"
)
_ASKED = "trades|decisions|signals|entries|positions|orders"
_ORDERED = re.compile(rf"\b(\d+) +((?:{_ASKED}) +)?(best|worst|last|highest|lowest)\b")


def is_vietnamese(text: str) -> bool:
    """Whether ``text`` has letters or phrases that only Vietnamese has."""
    lower = unicodedata.normalize("NFC", text).lower()
    return bool(_MARKS.search(lower) or _PLAIN_SIGNS.search(lower))


def to_english(text: str) -> str:
    """``text`` with every known phrase in English words; what is not known stays as it is."""
    lower = unicodedata.normalize("NFC", text).lower()
    has_marks = bool(_MARKS.search(lower))
    phrases = PHRASES if has_marks else _PLAIN
    rest = _recent(lower, has_marks=has_marks)
    pattern = _pattern(tuple(phrases))
    rest = pattern.sub(lambda found: f" {phrases[found.group(1)]} ", rest)
    numbers = NUMBERS if has_marks else {_without_marks(word): n for word, n in NUMBERS.items()}
    rest = _pattern(tuple(numbers)).sub(lambda found: str(numbers[found.group(1)]), rest)
    rest = re.sub(r"\s+", " ", rest).strip()
    return _ORDERED.sub(lambda found: f"{found.group(3)} {found.group(1)} {found.group(2) or ''}", rest)


def _recent(text: str, *, has_marks: bool) -> str:
    """With "12 giờ qua" as "in the last 12 hours"."""
    units = _UNITS if has_marks else {_without_marks(word): unit for word, unit in _UNITS.items()}
    ago = "qua|vừa qua|gần đây" if has_marks else "qua|vua qua|gan day"
    span = re.compile(rf"(?:trong )?(\d+) ({'|'.join(units)}) (?:{ago})\b")
    return span.sub(lambda found: f"in the last {found.group(1)} {units[found.group(2)]}s", text)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)")


def _without_marks(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _plain() -> Mapping[str, str]:
    """The phrases without accents; of two that look alike the one that says less."""
    found: dict[str, str] = {}
    for phrase, meaning in PHRASES.items():
        bare = _without_marks(phrase)
        found[bare] = min(meaning, found.get(bare, meaning), key=len)
    return found


_PLAIN = _plain()
