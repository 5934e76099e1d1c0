"""Days and times in a Vietnamese question, put into the English forms that ``periods`` reads.

Read without accents, as they are often typed; every form here is unmistakable without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Change = tuple[int, int, str]  # from, to, what stands there instead

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_DAYS = {
    "hai": "monday", "2": "monday", "ba": "tuesday", "3": "tuesday", "tu": "wednesday", "4": "wednesday",
    "nam": "thursday", "5": "thursday", "sau": "friday", "6": "friday", "bay": "saturday", "7": "saturday",
}  # fmt: skip
_COUNTS = {
    "mot": "1", "hai": "2", "ba": "3", "bon": "4", "tu": "4", "nam": "5", "sau": "6", "bay": "7", "tam": "8",
    "chin": "9", "muoi": "10", "muoi mot": "11", "muoi hai": "12", "gieng": "1", "chap": "12", "vai": "3",
}  # fmt: skip
_UNITS = {
    "giay": "second", "phut": "minute", "gio": "hour", "tieng": "hour", "h": "hour", "ngay": "day",
    "hom": "day", "tuan": "week", "thang": "month", "nam": "year",
}  # fmt: skip
_PARTS = {"sang": "morning", "trua": "afternoon", "chieu": "afternoon", "toi": "evening", "dem": "night"}
_N = r"(?P<n>\d+|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)"
_M = r"(?P<m>\d{1,2}|muoi mot|muoi hai|mot|gieng|hai|ba|tu|nam|sau|bay|tam|chin|muoi|chap)"
_UNIT = rf"(?P<unit>{'|'.join(_UNITS)})"
_LAST = r"(?:truoc|roi|vua roi|vua qua|ngoai)"
_FIXED = {
    r"hom nay|hnay|bua nay|ngay nay|(?<!nao )(?<!gio )trong ngay": "today",
    r"hom qua|hqua|bua qua|ngay qua|ngay hom truoc": "yesterday",
    r"hom kia|hom truoc nua|bua kia": "the day before yesterday",
    r"sang nay": "this morning",
    r"trua nay|chieu nay": "this afternoon",
    r"toi nay|dem nay": "this evening",
    r"(?:sang hom qua|sang qua)": "yesterday morning",
    r"(?:trua|chieu) (?:hom )?qua": "yesterday afternoon",
    r"toi (?:hom )?qua": "yesterday evening",
    r"dem (?:hom )?qua": "last night",
    r"ngay mai|sang mai|chieu mai|toi mai|sap toi|trong tuong lai|tuong lai": "tomorrow",
    r"tuan sau|tuan toi": "next week",
    r"thang sau|thang toi": "next month",
    r"nam sau|nam toi": "next year",
    r"(?:dau tuan|tu dau tuan)(?: (?:den|toi) (?:nay|gio))?|tuan nay|trong tuan": "this week",
    r"(?:tu dau thang|dau thang)(?: (?:den|toi) (?:nay|gio))?|thang nay": "this month",
    r"(?:tu dau nam|dau nam)(?: (?:den|toi) (?:nay|gio))?|nam nay": "this year",
    r"quy nay": "this quarter",
    rf"tuan {_LAST}": "last week",
    rf"thang {_LAST}": "last month",
    rf"nam {_LAST}": "last year",
    rf"quy {_LAST}": "last quarter",
    r"(?:trong )?tuan qua": "the past week",
    r"(?:trong )?thang qua": "the past month",
    r"(?:trong )?(?:gio|tieng) qua": "the past hour",
    r"tu (?:truoc|xua|dau) (?:den|toi) (?:nay|gio)|truoc (?:den|toi) (?:nay|gio)": "all time",
    r"tu khi bat dau|ke tu khi bat dau|tu ngay dau": "all time",
    r"(?:cho )?(?:den|toi) (?:nay|bay gio|hien tai|gio nay|gio)": "so far",
}


def time_changes(bare: str) -> list[Change]:
    """Where ``bare``, a text without accents, names days and times, and how English would."""
    taken: list[Change] = []
    for pattern, make in _PATTERNS:
        for found in pattern.finditer(bare):
            if all(found.end() <= start or end <= found.start() for start, end, _ in taken):
                taken.append((found.start(), found.end(), f" {make(found)} "))
    return taken


def _count(text: str) -> str:
    return _COUNTS.get(text, text)


def _rolling(found: re.Match[str]) -> str:
    return f"in the last {_count(found['n'])} {_UNITS[found['unit']]}s"


def _ago(found: re.Match[str]) -> str:
    return f"{_count(found['n'])} {_UNITS[found['unit']]}s ago"


def _weekday(found: re.Match[str]) -> str:
    name = "sunday" if found["d"] is None else _DAYS[found["d"]]
    when = found["when"] or ""
    if "nay" in when:
        return f"{name} this week"
    if "tuan" in when and "vua" not in when:
        return f"{name} last week"
    return f"last {name}" if when else f"on {name}"


def _date(found: re.Match[str]) -> str:
    month = int(_count(found["m"]))
    name = _MONTHS[month - 1] if 1 <= month <= 12 else "0000-00-00"
    return f"{found['d']} {name} {found['y'] or ''}".strip()


def _month(found: re.Match[str]) -> str:
    month = int(_count(found["m"]))
    name = _MONTHS[month - 1] if 1 <= month <= 12 else "0000-00-00"
    return f"in {name} {found['y'] or ''}".strip()


def _clock(found: re.Match[str]) -> str:
    hour, part = int(found["h"]), found["part"] or ""
    minute = 30 if found["half"] else int(found["min"] or 0)
    if part in ("chieu", "toi", "dem") and hour < 12:
        hour += 12
    if part == "trua" and hour < 11:
        hour += 12
    return f"{found['at'] or ''} {hour:02d}:{minute:02d}"


def _fixed(text: str) -> Callable[[re.Match[str]], str]:
    return lambda found: text


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


_PART = rf"(?: (?P<part>{'|'.join(_PARTS)})(?! nay| qua| hom| mai))?"
_WEEKDAY = (
    rf"(?:thu (?P<d>{'|'.join(_DAYS)})|chu nhat|cn)"
    rf"(?: (?P<when>tuan nay|(?:tuan )?{_LAST}|tuan qua|vua roi))?"
)
_PATTERNS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = (
    (
        _compiled(
            rf"(?:trong )?(?:vong )?(?:khoang )?{_N} ?{_UNIT} "
            r"(?:qua|vua qua|gan day|gan nhat|vua roi|tro lai day|do lai)"
        ),
        _rolling,
    ),
    (_compiled(rf"{_N} ?{_UNIT} truoc(?: day)?"), _ago),
    *((_compiled(pattern), _fixed(text)) for pattern, text in _FIXED.items()),
    (
        _compiled(rf"(?P<part>{'|'.join(_PARTS)}) {_WEEKDAY}"),
        lambda found: f"{_weekday(found)} {_PARTS[found['part']]}",
    ),
    (_compiled(r"(?:^|(?<=, ))mai"), _fixed("tomorrow")),
    (_compiled(rf"(?<!cai )(?<!lenh )(?<!dich )(?<!dinh )(?<!hieu ){_WEEKDAY}"), _weekday),
    (_compiled(rf"(?:ngay |hom |bua )?(?P<d>\d{{1,2}}) thang {_M}(?: nam (?P<y>\d{{4}}))?"), _date),
    (_compiled(r"(?:ngay |hom |bua )?(?P<d>\d{1,2})[/-](?P<m>\d{1,2})(?:[/-](?P<y>\d{4}))?"), _date),
    (_compiled(rf"(?:trong )?thang {_M}(?:(?: nam |/)(?P<y>\d{{4}}))?"), _month),
    (
        _compiled(
            r"(?:trong |tu |khung |giua |khung gio )*(?P<low>\d{1,2}) ?(?:h|gio)? ?(?:den|toi|-|va|–) ?"
            r"(?P<high>\d{1,2}) ?(?:h|gio)(?! ?\d)(?: utc)?"
        ),
        lambda found: f"between {int(found['low']):02d}:00 and {int(found['high']):02d}:00",
    ),
    (_compiled(r"khung (?:gio )?(?P<h>\d{1,2}) ?(?:h|gio)(?! ?\d)"), lambda found: f"in hour {found['h']}"),
    (
        _compiled(
            rf"(?P<at>luc )?(?P<h>\d{{1,2}}) ?(?:gio|h)"
            rf"(?: ?(?P<min>\d{{1,2}})(?: phut)?(?!\w)| (?P<half>ruoi))?{_PART}"
        ),
        _clock,
    ),
)
