"""The parts of a question in hand: what is denied, what bounds, which of them a reading has accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from memory.tally import Bound
from prompts.reading.spotting import Spot, Spotted

# Columns whose values narrow; the first are said of a thing, the others tell where it was.
PREDICATES = (
    "result", "won", "action", "probe", "rule", "leg", "maker", "status", "standing", "answered", "purpose",
    "kind", "direction", "limit", "clamped", "stage", "id", "objecting", "favouring", "post_only",
    "reduce_only",
)  # fmt: skip
PLACES = ("symbol", "side", "route", "regime", "provider", "model_name", "parameter", "brain")
FILTERS = (*PREDICATES, *PLACES)
# What holds a sentence together and says nothing that could be overlooked.
SOFT = ("join", "verb", "of", "plain", "than", "each", "negend", "by", "only", "q")
SOFT_DEEDS = ("exist", "settle", "close", "place", "begin")
HARD_QUESTIONS = ("why", "say", "spread", "trend", "when")
_DENIABLE = (*FILTERS, "g", "act")
_NONE = ("no", "without", "with no", "không có", "khong co", "chưa có", "không")
_NEVER = ("never", "not once", "không bao giờ", "khong bao gio", "chưa bao giờ", "chua bao gio", "chưa từng",
          "chua tung", "chưa hề", "chua he", "không lần nào", "khong lan nao")  # fmt: skip
_PASSED = ("verb", "of", "plain", "ent", "by", "only", "act", "agg")


class Unread(Exception):
    """The parts make no question that is certain; ``words`` are those it fails on."""

    def __init__(self, why: str, words: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.words = tuple(words)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number with what it bounds: ``low`` or ``high``, in ``unit`` (empty where none was said).

    Attributes:
        at: Which spot it begins at.
        noun: Whether rows are what is counted: "more than 100 trades".
    """

    at: int
    low: Decimal | None
    high: Decimal | None
    unit: str
    is_closed: bool
    noun: bool

    def bound(self, column: str, scale: Decimal = Decimal(1)) -> Bound:
        """The bound on a column."""
        low = None if self.low is None else self.low * scale
        high = None if self.high is None else self.high * scale
        return Bound(column, low, high, self.is_closed)


class Parts:
    """Spots in order, with what has been used of them."""

    def __init__(self, spotted: Spotted) -> None:
        self.spots = spotted.spots
        self.times = spotted.times
        self.is_vietnamese = spotted.is_vietnamese
        self.causes = spotted.causes
        self.thresholds: list[Threshold] = []
        self.negative_times = False

    def __iter__(self) -> Iterator[Spot]:
        return iter(self.spots)

    def all(self, slot: str, value: str | None = None) -> list[Spot]:
        """Every spot that says something of ``slot``."""
        return [one for one in self.spots if one.has(slot, value)]

    def free(self, slot: str, value: str | None = None) -> list[Spot]:
        """Those of them that nothing has used."""
        return [one for one in self.all(slot, value) if not one.is_used]

    def first(self, slot: str, value: str | None = None) -> Spot | None:
        """The first of them."""
        return next(iter(self.all(slot, value)), None)

    def has(self, slot: str, value: str | None = None) -> bool:
        """Whether there is any."""
        return self.first(slot, value) is not None

    def use(self, *spots: Spot | None) -> None:
        """Account for ``spots``."""
        for one in spots:
            if one is not None:
                one.is_used = True

    def use_all(self, slot: str, value: str | None = None) -> None:
        """Account for all of a slot."""
        self.use(*self.all(slot, value))

    def place(self, spot: Spot) -> int:
        """Where ``spot`` stands."""
        return self.spots.index(spot)

    def beside(self, spot: Spot, step: int, *, over: Sequence[str] = ("verb", "of", "plain")) -> Spot | None:
        """The next part before or after ``spot``, over what says nothing of its own."""
        at = self.place(spot) + step
        while 0 <= at < len(self.spots) and any(self.spots[at].has(slot) for slot in over):
            at += step
        return self.spots[at] if 0 <= at < len(self.spots) else None

    def is_cause_between(self, first: int, last: int) -> bool:
        """Whether a "because" stands between two words."""
        return any(first < one < last for one in self.causes)

    def unused(self) -> list[Spot]:
        """What no reading has accounted for and is not of no account."""
        return [one for one in self.spots if not one.is_used and not _is_soft(one)]


def _is_soft(spot: Spot) -> bool:
    slot, value = spot.slots[0]
    if slot == "q":
        return value not in HARD_QUESTIONS
    return slot in SOFT or (slot == "act" and value in SOFT_DEEDS)


def deny(parts: Parts) -> None:
    """Mark what each "not", "except" or "without" denies, and account for it.

    Raises:
        Unread: It denies nothing that is understood.
    """
    spots = parts.spots
    for place, spot in enumerate(spots):
        if not spot.has("neg"):
            continue
        if _is_none(parts, place):
            spot.slots = (("none", "1"),)
            continue
        if place + 1 < len(spots) and spots[place + 1].has("neg"):
            spot.is_used = True  # "except those not …" is caught by what the second denies
            if place + 2 < len(spots) and spots[place + 2].has("neg"):
                raise Unread("denied more than once", [spot.text])
            continue
        at = place + 1
        while at < len(spots) and not _is_deniable(spots[at]) and _is_passed(spots[at]):
            at += 1
        if at < len(spots) and parts.is_cause_between(spots[place + 1].at, spots[at].at):
            raise Unread("what is denied is not clear", [spot.text])
        if at < len(spots) and _is_deniable(spots[at]):
            _mark(spots, at)
            spot.is_used = True
        elif at < len(spots) and spots[at].has("t"):
            parts.negative_times = spot.is_used = True
        elif _closes(spots, place, parts):
            spot.slots = (("q", "yes"),)
        else:
            raise Unread("what is denied is not clear", [spot.text])


def _is_none(parts: Parts, place: int) -> bool:
    """Whether a noun is denied behind what is asked for: "ngày không có lệnh nào"."""
    spots = parts.spots
    is_asked = any(one.has("dim") for one in spots[:place])
    noun = _at(spots, place + 1, "ent")
    if is_asked and spots[place].text in _NEVER:
        return any(any(one.has(slot) for slot in PREDICATES) for one in spots[place + 1 :])
    return is_asked and noun is not None and spots[place].text in _NONE


def _is_passed(spot: Spot) -> bool:
    """Whether a denial reaches over it; "không tính mấy lần" counts nothing."""
    return any(spot.has(one) for one in _PASSED) or spot.text in ("mấy lần", "may lan", "số lần", "so lan")


def _is_deniable(spot: Spot) -> bool:
    if spot.has("act"):
        return spot.has("act", "refuse") or spot.has("act", "settle")
    return any(spot.has(slot) for slot in _DENIABLE)


def _closes(spots: Sequence[Spot], place: int, parts: Parts) -> bool:
    """Whether a "không" ends a question for yes or no."""
    rest = spots[place + 1 :]
    is_listed = bool(rest) and rest[0].has("q", "list")  # "… không, liệt kê ngày"
    return parts.is_vietnamese and (is_listed or all(_is_soft(one) for one in rest))


def _mark(spots: Sequence[Spot], at: int) -> None:
    """Deny the spot at a place, and what is joined to it of the same column."""
    first = spots[at]
    column = next(slot for slot, _ in first.slots if slot in _DENIABLE)
    first.is_negative = True
    while at + 2 < len(spots) and spots[at + 1].has("join") and spots[at + 2].has(column):
        at += 2
        spots[at].is_negative = True
    while (
        at + 1 < len(spots)
        and spots[at + 1].has(column)
        and (column in PLACES or spots[at + 1].get(column) == first.get(column))
    ):
        at += 1  # "without BTC, ETH"
        spots[at].is_negative = True


def include(parts: Parts) -> None:
    """What is said to be included, "audits included", narrows nothing; account for it."""
    spots = parts.spots
    for place, spot in enumerate(spots):
        if spot.has("incl", "pre"):
            spot.is_used = True
            at = place + 1
            while at < len(spots) and not _ends_inclusion(spots[at]):
                _set_aside(spots[at])
                at += 1
        elif spot.has("incl", "end"):
            spot.is_used = True
        elif spot.has("incl", "post"):
            spot.is_used = True
            at = place - 1
            while at >= 0 and (_is_filter(spots[at]) or spots[at].has("join") or spots[at].has("verb")):
                _set_aside(spots[at])
                at -= 1


def _is_filter(spot: Spot) -> bool:
    return any(spot.has(slot) for slot in FILTERS)


def _ends_inclusion(spot: Spot) -> bool:
    is_question = spot.has("q") and not spot.has("q", "num")
    if spot.has("incl", "end"):
        spot.is_used = True
    return is_question or any(
        spot.has(slot) for slot in ("sup", "agg", "m", "dim", "rate", "t", "cmp", "incl")
    )


def _set_aside(spot: Spot) -> None:
    spot.slots, spot.is_used, spot.is_negative = (("named", spot.text),), True, False


def bound(parts: Parts) -> None:
    """Take the numbers that bound, "more than 0.15 USDT", out of ``parts`` into its thresholds."""
    spots = parts.spots
    for place, spot in enumerate(spots):
        if spot.has("cmp") and not spot.has("cmp", "compare"):
            number = _at(spots, place + 1, "num")
            if number is None and (once := _at(spots, place + 1, "once")) is not None:
                parts.use(spot, once)
                parts.thresholds.append(
                    _threshold(place, spot.get("cmp"), Decimal(once.get("once")), "times", True)
                )
                continue
            if number is None:
                continue
            if (share := _at(spots, place + 2, "q")) is not None and share.text.startswith(
                ("%", "percent of")
            ):
                share.slots = (("unit", "pct"),)  # "more than 55 % of their trades"
            unit = _at(spots, place + 2, "unit")
            noun = _at(spots, place + 2, "ent")
            told = Decimal(number.get("num"))
            parts.use(spot, number, unit)
            kind = "" if unit is None else unit.get("unit")
            is_of_rows = noun is not None or kind == "times"
            made = _threshold(place, spot.get("cmp"), told, kind, is_of_rows)
            if spot.is_negative:
                raise Unread("a bound that is denied", [spot.text])
            parts.thresholds.append(made)
        elif spot.has("cmp", "compare") and (found := _between(spots, place)) is not None:
            low, high, unit = found
            parts.use(spot, low, high, unit)
            least, greatest = sorted((Decimal(low.get("num")), Decimal(high.get("num"))))
            kind = "" if unit is None else unit.get("unit")
            parts.thresholds.append(Threshold(place, least, greatest, kind, True, kind == "times"))
        elif spot.has("tail"):
            unit = spots[place - 1] if place >= 1 and spots[place - 1].has("unit") else None
            noun = spots[place - 1] if place >= 1 and spots[place - 1].has("ent") else None
            at = place - (2 if unit is not None or noun is not None else 1)
            back = place - 1
            while (
                noun is None
                and unit is None
                and back > 0
                and _is_filter(spots[back])
                and not spots[back].has("ent")
            ):
                back -= 1
            if noun is None and unit is None and back < place - 1 and spots[back].has("ent"):
                noun, at = spots[back], back - 1
            number = _at(spots, at, "num")
            if number is None and (once := _at(spots, place - 1, "once")) is not None:
                parts.use(spot, once)
                parts.thresholds.append(
                    _threshold(place, spot.get("tail"), Decimal(once.get("once")), "times", True)
                )
                continue
            if number is None:
                continue
            parts.use(spot, number, unit)
            kind = "" if unit is None else unit.get("unit")
            made = _threshold(
                at, spot.get("tail"), Decimal(number.get("num")), kind, noun is not None or kind == "times"
            )
            parts.thresholds.append(made)


def _between(spots: Sequence[Spot], place: int) -> tuple[Spot, Spot, Spot | None] | None:
    """The two numbers behind "between", and their unit."""
    rest = [one for one in spots[place + 1 : place + 7] if not one.has("join") and not one.has("unit")][:2]
    if len(rest) < 2 or not all(one.has("num") for one in rest):
        return None
    last = spots.index(rest[1])
    return rest[0], rest[1], _at(spots, last + 1, "unit")


def _at(spots: Sequence[Spot], place: int, slot: str) -> Spot | None:
    return spots[place] if 0 <= place < len(spots) and spots[place].has(slot) else None


def _threshold(at: int, how: str, number: Decimal, unit: str, noun: bool) -> Threshold:
    is_low = how in ("gt", "ge")
    low, high = (number, None) if is_low else (None, number)
    return Threshold(at, low, high, unit, how in ("ge", "le"), noun)
