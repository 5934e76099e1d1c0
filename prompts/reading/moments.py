"""When a question speaks of: days and times are cut out and become spans, in both languages.

Vietnamese days are put into English where they stand; only they and the words that join them are read
as times, so that no other word of that language is taken for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from memory.tally import Times
from prompts.periods import DAY, Period, cut_periods
from prompts.spans import find_spans
from prompts.vietnamese import without_marks
from prompts.vietnamese_times import time_changes
from tools.domain.clock import NS
from tools.domain.errors import BadUsage, NotInRecord

MARK = "tmark"  # stands where a time stood
_NOT_TIMES = ("thắng", "tôi ")  # which without marks look like a month and an evening
_SAID = r"«[^»]*»"
_HALF = r"(?:ngày |hôm |lúc |ngay |hom |luc )?"
_TO = r"(?:(?:cho )?(?:đến|tới)(?: hết)?|(?:den|toi)(?: het)?|-|–|và|va)"
_SPANS = "tuần|giai đoạn|khoảng thời gian|thời gian|khoảng|đợt|kỳ|tuan|giai doan|khoang"
_LEAD = rf"(?:(?:trong |suốt |cả )?(?:{_SPANS}) )?"
_TAIL = r"(?: (?:trở đi|trở lại đây|tới nay|đến nay|tới giờ|đến giờ|về sau|tro di|toi nay|den nay|den gio))?"
_JOINED = (
    (
        re.compile(rf"{_LEAD}(?:từ|tu|kể từ|ke tu) {_HALF}({_SAID}) ?{_TO} ?(?:hết |het )?{_HALF}({_SAID})"),
        "from {} to {}",
    ),
    (re.compile(rf"(?:giữa|giua) {_HALF}({_SAID}) (?:và|va|với) {_HALF}({_SAID})"), "between {} and {}"),
    (
        re.compile(
            rf"(?<![«\w])({_SAID}) ?(?:đến hết|tới hết|đến|tới|-|–|den het|den|toi) ?{_HALF}({_SAID})"
        ),
        "from {} to {}",
    ),
    (re.compile(rf"(?:trước|truoc) {_HALF}({_SAID})"), "before {}"),
    (re.compile(rf"(?:sau khi|sau|qua) {_HALF}({_SAID})"), "after {}"),
    (re.compile(rf"(?:kể từ|ke tu|bắt đầu từ|tính từ|từ|tu) {_HALF}({_SAID}){_TAIL}"), "since {}"),
    (re.compile(rf"(?:cho đến hết|đến hết|tới hết|cho đến|cho tới|den het) {_HALF}({_SAID})"), "until {}"),
    (re.compile(rf"(?:vào |trong |ở |hồi |của |vao )*{_HALF}({_SAID})(?: (?:vừa rồi|vừa qua))?"), "{}"),
)
_PARTS = {"sáng": 0, "sang": 0, "trưa": 12, "trua": 12, "chiều": 12, "chieu": 12, "tối": 12, "toi": 12}
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_COLON = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_PART = re.compile(
    rf"\b(\d{{1,2}}) ?(?:h|giờ|gio)(\d{{2}})? (?:buổi |buoi )?({'|'.join(_PARTS)})(?! nay| qua)\b"
)
_SPOKEN = (
    (re.compile(r"(?<=\d) (?:cho )?(?:tới|đến|toi|den) (?:nay|giờ|gio|hiện tại|bây giờ)\b"), " "),
    (re.compile(r"\b(?:trong |cả |suốt )?tuần (?=từ)|\b(?:trong |ca )?tuan (?=tu\b)"), ""),
    (re.compile(r"\b(?:trong|vào) (ngày|ngay) (?=\d)"), r"\1 "),
    (re.compile(r"\b(?:khung )?(?:giờ|gio) (\d{1,2})(?= utc)"), r"\1h"),
    (re.compile(r"\blúc (?=\d)|\bluc (?=\d)"), ""),
    (re.compile(r"(?<=\d)h (?=utc\b)"), "h "),
)
_EACH = re.compile(
    r"\b(?:vào |trong )?(?:(?:tất cả )?(?:các|mỗi|mọi|những|cac|moi|nhung) )(?:ngày |hôm |ngay |hom )?"
    r"(thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chủ nhật|chu nhat|cn)\b"
)
_DAYS = {
    "hai": 0, "2": 0, "ba": 1, "3": 1, "tư": 2, "tu": 2, "4": 2, "năm": 3, "nam": 3, "5": 3,
    "sáu": 4, "sau": 4, "6": 4, "bảy": 5, "bay": 5, "7": 5,
}  # fmt: skip
_WEEKEND = re.compile(
    r"\b(?:on |at |over |during |vào |các |mấy )*(?:the )?"
    r"(?:weekends|weekend days|(?:ngày )?cuối tuần|cuoi tuan)\b"
    r"(?! (?:trước|rồi|qua|này|vừa|truoc|roi|nay|vua))"
)
_WORKDAYS = re.compile(r"\b(?:on|during) (?:working days|workdays|weekdays)\b|\bmonday to friday\b")
_CLOCKED = re.compile(r"\d ?(?:h|am|pm)\b|\d{1,2}:\d{2}|\bo'?clock\b|\bbetween \d{1,2} and \d{1,2}\b")
_DAYS_NAMED = re.compile(
    r"(?<!\bon )(?<!\bor )(?<!\band )(?<!, )(?<!\bevery )(?<!\ball )(?<!\blast )"
    r"\b(mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)\b"
)
_RANKED_HOURS = re.compile(
    r"(?<!lúc )(?<!luc )(?<!từ )(?<!tu )(?<!trước )(?<!sau )\b(\d{1,2}|hai|ba) (giờ|gio)"
    r"(?=(?: [^\W\d]+){1,6} (?:nhất|nhat|nhứt)\b)"
)
_PASSED_OVER = re.compile(r"\b(bỏ|bo|lướt|luot|cho|vượt|vuot) qua\b")  # this "qua" is none of a time
_DAILY = re.compile(
    r"\b(both days|both|all days) (included|inclusive|together)\b|\binclusive\b|,? ?incl\.?\b"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """What there is to know of time: now, and from when to when the record reaches, ns."""

    now: int
    newest: int | None
    oldest: int | None


def cut_moments(text: str, clock: Clock, *, is_vietnamese: bool) -> tuple[str, tuple[Times, ...]]:
    """``text`` (``plain``) with marks in place of times, and the times in order.

    Raises:
        BadUsage: A date or time does not exist.
    """
    text = _DAYS_NAMED.sub(r"on \1", _DAILY.sub(" ", text))
    text = _RANKED_HOURS.sub(r"\1 khung \2", text)
    standing: list[Times] = []
    for pattern, days in ((_WEEKEND, (5, 6)), (_WORKDAYS, (0, 1, 2, 3, 4))):
        if pattern.search(text):
            text = pattern.sub(f" {MARK} ", text, count=1)
            standing.append(Times(weekdays=days))
    text = _PASSED_OVER.sub(r"\1qvq", text)
    text, found = _vietnamese(text, clock) if is_vietnamese else _english(text, clock)
    text = text.replace("qvq", " qua")
    text, times = _merged(text, [*standing, *found])
    while Times() in times:  # all the time
        place = times.index(Times())
        text = _without_mark(text, place)
        times = (*times[:place], *times[place + 1 :])
    if any(one.ts_from is not None and one.ts_from > clock.now for one in times):
        raise NotInRecord("not in the record: it holds the past only")
    return text, times


def _without_mark(text: str, place: int) -> str:
    """``text`` without one of its marks, counted from 0."""
    pieces = text.split(MARK)
    return MARK.join([*pieces[:place], f"{pieces[place]} {pieces[place + 1]}", *pieces[place + 2 :]])


def _english(text: str, clock: Clock) -> tuple[str, list[Times]]:
    rest, periods = _periods(text, clock)
    return f"{rest} {f' {MARK} ' * len(periods)}", [_times(one) for one in periods]


def _vietnamese(text: str, clock: Clock) -> tuple[str, list[Times]]:
    found: list[Times] = []
    for pattern, made in _SPOKEN:
        text = pattern.sub(made, text)
    text = _ISO.sub(r"\3/\2/\1", text)
    text = _PART.sub(_in_day, text)
    while (one := _EACH.search(text)) is not None:
        name = one[1].split()[-1]
        found.append(Times(weekdays=(_DAYS.get(name, 6),)))
        text = f"{text[: one.start()]} {MARK} {text[one.end() :]}"
    text = _COLON.sub(r"\1h\2", text)
    for start, end, said in sorted(time_changes(without_marks(text)), reverse=True):
        if not any(word in f"{text[start:end]} " for word in _NOT_TIMES):
            text = f"{text[:start]} «{said.strip()}» {text[end:]}"
    text = re.sub(r"\s+", " ", text)
    for pattern, english in _JOINED:
        while (one := pattern.search(text)) is not None:
            said = english.format(*(group[1:-1] for group in one.groups()))
            rest, periods = _periods(said, clock)
            if re.sub(r"\b(?:on|in|at|the|of|from|to)\b|\W", "", rest):
                return text, []  # what is left is no time; its words refuse the question
            found += [_times(period) for period in periods]
            text = f"{text[: one.start()]} {f' {MARK} ' * len(periods)} {text[one.end() :]}"
    return text, found


def _in_day(found: re.Match[str]) -> str:
    """A spoken hour, "6 giờ chiều", as one of twenty-four."""
    hour = int(found[1]) + (_PARTS[found[3]] if int(found[1]) < 12 - (found[3] in ("trưa", "trua")) else 0)
    return f"{hour}h{found[2] or ''}"


def _merged(text: str, found: list[Times]) -> tuple[str, tuple[Times, ...]]:
    """A day and hours named apart are one time: the hours of that day."""
    if len(found) == 2:
        one, other = found
        hours = [each for each in found if each.hours and each.ts_from is None]
        days = [each for each in found if not each.hours]
        if len(hours) == 1 and len(days) == 1:
            text = text.replace(MARK, " ", 1)
            return text, (replace(days[0], hours=hours[0].hours),)
        spans = [each for each in found if not each.weekdays]
        if len(spans) == 1:
            weekdays = next(each.weekdays for each in found if each.weekdays)
            return text.replace(MARK, " ", 1), (replace(spans[0], weekdays=weekdays),)
        if one == other:
            return text.replace(MARK, " ", 1), (one,)
    return text, tuple(found)


def _periods(text: str, clock: Clock) -> tuple[str, tuple[Period, ...]]:
    """Hours without a day are those of every day."""
    try:
        rest, periods = cut_periods(text, clock.now, clock.newest, oldest=clock.oldest)
        if len(periods) == 1 and _CLOCKED.search(text) and not find_spans(text, clock.now):
            return rest, (_of_every_day(periods[0]),)
    except ValueError as error:
        raise BadUsage(str(error)) from error
    return rest, periods


def _of_every_day(period: Period) -> Period:
    """The hours of a period within a day, on every day; one that is longer stays what it is."""
    if period.ts_from is None or period.ts_to is None or period.ts_to - period.ts_from > DAY:
        return period
    start = period.ts_from // DAY * DAY
    low, high = (period.ts_from - start) // NS, (period.ts_to - start) // NS
    if period.is_moment and low % 3_600 == 0:
        high = low + 3_600
    return period if period.is_moment and low % 3_600 else Period(hours=(low, high))


def _times(period: Period) -> Times:
    return Times(period.ts_from, period.ts_to, period.hours, period.weekdays)
