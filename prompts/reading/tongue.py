"""The words of answers to forms, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping

_NOUNS = {
    "decision": ("decision", "decisions", "quyết định"),
    "trade": ("trade", "trades", "lệnh"),
    "paper": ("signal followed on paper", "signals followed on paper", "tín hiệu theo dõi trên giấy"),
    "fill": ("fill", "fills", "lần khớp lệnh"),
    "order": ("order", "orders", "lệnh đặt"),
    "call": ("call of a brain", "calls of a brain", "lần gọi AI"),
    "lesson": ("lesson", "lessons", "bài học"),
    "change": ("change of a parameter", "changes of parameters", "lần đổi tham số"),
    "strategy": ("strategy", "strategies", "chiến lược"),
    "profile": ("profile", "profiles", "hồ sơ"),
    "run": ("run", "runs", "phiên chạy"),
    "report": ("reflection", "reflections", "lần nhìn lại"),
    "pattern": ("pattern", "patterns", "mẫu"),
    "spend": ("booking", "bookings", "khoản ghi"),
    "reaction": ("reaction of a market maker", "reactions of market makers", "phản ứng của nhà tạo lập"),
    "check": ("check of a lesson", "checks of lessons", "lần kiểm tra bài học"),
    "trial": ("test of a change", "tests of changes", "lần thử tham số"),
    "experiment": ("experiment", "experiments", "thí nghiệm"),
    "worth": ("measured worth", "measured worths", "giá trị đo được"),
    "job": ("job", "jobs", "công việc"),
}
_GROUPS = {
    "symbol": ("symbol", "symbols", "đồng"),
    "route": ("route", "routes", "tuyến"),
    "regime": ("regime", "regimes", "chế độ"),
    "hour": ("hour", "hours", "giờ"),
    "day": ("day", "days", "ngày"),
    "weekday": ("weekday", "weekdays", "thứ trong tuần"),
    "week": ("week", "weeks", "tuần"),
    "month": ("month", "months", "tháng"),
    "side": ("side", "sides", "chiều"),
    "result": ("way of ending", "ways of ending", "kiểu kết thúc"),
    "action": ("action", "actions", "hành động"),
    "rule": ("rule", "rules", "quy tắc"),
    "leg": ("leg", "legs", "chặng"),
    "maker": ("liquidity", "kinds of liquidity", "kiểu khớp"),
    "provider": ("provider", "providers", "nhà cung cấp"),
    "model": ("model", "models", "mô hình"),
    "purpose": ("purpose", "purposes", "mục đích"),
    "parameter": ("parameter", "parameters", "tham số"),
    "standing": ("standing", "standings", "tình trạng"),
    "run": ("run", "runs", "phiên chạy"),
    "probe": ("kind of entry", "kinds of entry", "kiểu vào lệnh"),
    "limit": ("limit", "limits", "giới hạn"),
    "feature": ("feature", "features", "đặc trưng"),
    "stage": ("stage", "stages", "giai đoạn"),
    "version": ("version", "versions", "phiên bản"),
    "won": ("kind of result", "kinds of result", "kiểu kết quả"),
}
_LABELS = {
    "net": ("net result", "kết quả ròng"),
    "net_bps": ("net result", "kết quả ròng"),
    "gross": ("result before fees", "kết quả trước phí"),
    "gross_bps": ("result before costs", "kết quả trước chi phí"),
    "fee": ("fees", "phí"),
    "hold": ("holding time", "thời gian giữ"),
    "delay": ("waiting time", "thời gian chờ"),
    "cost": ("cost", "chi phí"),
    "tokens": ("tokens", "token"),
    "value": ("size", "quy mô"),
    "confidence": ("market maker confidence", "độ tin cậy nhà tạo lập"),
    "probability": ("win probability", "xác suất thắng"),
    "expected": ("expected result", "kết quả kỳ vọng"),
    "effect": ("effect", "hiệu ứng"),
    "after": ("value", "giá trị"),
    "before": ("value before", "giá trị trước đó"),
    "spoofing_score": ("spoofing score", "điểm spoofing"),
    "price": ("price", "giá khớp"),
    "entry_price": ("entry price", "giá vào"),
    "exit_price": ("exit price", "giá ra"),
    "cut": ("cut", "phần bị cắt"),
    "slippage": ("entry slippage", "trượt giá khi vào"),
    "slices": ("slices", "lát"),
    "fills": ("fills", "lần khớp"),
    "evidence": ("trades behind it", "số lệnh làm chứng"),
    "matches": ("matches", "lần khớp mẫu"),
    "wins": ("wins", "lần thắng"),
    "best_bps": ("best on the way", "mức tốt nhất trên đường đi"),
    "worst_bps": ("worst on the way", "mức xấu nhất trên đường đi"),
}
_PHRASES: Mapping[str, tuple[str, str]] = {
    "in all": ("in all", "tổng cộng"),
    "mean": ("Mean", "Trung bình:"),
    "median": ("Median", "Trung vị:"),
    "of": ("of", "trên"),
    "on": ("on", "trên"),
    "highest": ("highest", "cao nhất"),
    "lowest": ("lowest", "thấp nhất"),
    "most": ("most", "nhiều nhất"),
    "fewest": ("fewest", "ít nhất"),
    "by": ("by", "theo"),
    "yes": ("Yes", "Có"),
    "no": ("No", "Không"),
    "none": ("None", "Không có"),
    "level": ("Level", "Ngang nhau"),
    "a day": ("a day", "mỗi ngày"),
    "break-even": ("break-even", "hòa vốn cần"),
    "in a row": ("in a row", "liên tiếp"),
    "difference": ("difference", "chênh"),
    "unavailable": ("unavailable", "chưa có"),
    "first": ("first", "đầu tiên"),
    "last": ("last", "gần nhất"),
    "and more": ("and {} more", "và {} nữa"),
    "made money": ("made money", "có lãi"),
    "made no money": ("made no money", "không có lãi"),
}


class Tongue:
    """Words in one language.

    Args:
        is_vietnamese: Whether it is Vietnamese; else English.
    """

    def __init__(self, is_vietnamese: bool) -> None:
        self.is_vietnamese = is_vietnamese

    def noun(self, entity: str, n: object = 2) -> str:
        """What rows of an entity are called, ``n`` of them."""
        return self._of(_NOUNS[entity], n)

    def group(self, name: str, n: object = 2) -> str:
        """What groups are called."""
        return self._of(_GROUPS.get(name, (name, f"{name}s", name)), n)

    def label(self, column: str, known: str) -> str:
        """What a value is called; ``known`` is its usual English name."""
        english, vietnamese = _LABELS.get(column, (known, known))
        return vietnamese if self.is_vietnamese else english

    def say(self, phrase: str) -> str:
        """A phrase of answers."""
        return _PHRASES[phrase][self.is_vietnamese]

    def _of(self, words: tuple[str, str, str], n: object) -> str:
        return words[2] if self.is_vietnamese else words[0 if n == 1 else 1]
