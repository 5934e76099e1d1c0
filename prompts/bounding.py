"""Conditions on amounts in a question: "lasted longer than 2 minutes", "confidence above 0.9"."""

from __future__ import annotations

import re

from prompts.hearing import Heard
from prompts.queries import Bound

_MORE = (
    r"(?:more|longer|greater|bigger|larger|higher|better) than|above|over|at least|exceeding|beyond|past|>=?"
)
_LESS = r"(?:less|fewer|shorter|smaller|lower|worse) than|below|under|at most|within|<=?"
_NUMBER = r"(?P<number>[-+]?\d+(?:\.\d+)?)"
_LENGTHS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3_600,
    "hr": 3_600,
    "hour": 3_600,
}
_SIDE = rf"(?:was |were |is |of |being |stood |a )*(?P<side>{_MORE}|{_LESS}) {_NUMBER}"
_HELD = re.compile(
    r"\b(?:(?:that |which |and )?(?:lasted|lasting|took|(?:were |was )?held(?: for)?|holdingtime"
    r"|open(?: for)?|stayed(?: open)?(?: for)?)"
    rf"(?: trades?)?) {_SIDE} ?(?P<unit>{'|'.join(_LENGTHS)})s?\b"
)
_MONEY = re.compile(rf"(?P<side>{_MORE}|{_LESS}) {_NUMBER} ?(?:usdt?|usdc|dollars?|quote)\b")
_FIELD = re.compile(
    rf"\b(?:f_(?P<field>\w+)|topic(?P<topic>mm|spoof)) {_SIDE}\b(?! ?(?:trades|decisions|signals))"
)
_FEES = re.compile(r"\b(?:fees?|commissions?)\b")
_LOSING = re.compile(r"\b(?:lost|lose|loses|losing|loss|losses|lostmoney)\b")
_TOPICS = {"mm": "mm_confidence", "spoof": "spoofing_score"}


def cut_bounds(text: str, heard: Heard) -> str:
    """``text``, phrases already in the words of the vocabulary, without the bounds noted in ``heard``."""
    while found := _HELD.search(text):
        _note(found, heard, "held_s", float(found["number"]) * _LENGTHS[found["unit"]])
        heard.add("bounded", True)
        text = _without(text, found)
    while found := _MONEY.search(text):
        is_fees = _FEES.search(text) is not None
        is_loss = not is_fees and _LOSING.search(text) is not None
        number = float(found["number"])
        _note(
            found,
            heard,
            "fees_quote" if is_fees else "net_quote",
            -number if is_loss else number,
            is_turned=is_loss,
        )
        heard.add("bounded", True)
        text = _without(text, found)
    while found := _FIELD.search(text):
        name = found["field"] or _TOPICS[found["topic"]]
        _note(found, heard, name, float(found["number"]))
        text = _without(text, found)
    return text


def _note(found: re.Match[str], heard: Heard, name: str, number: float, *, is_turned: bool = False) -> None:
    """A loss of more than 5 is a result below -5: its side is turned."""
    is_above = (re.fullmatch(_MORE, found["side"]) is not None) is not is_turned
    heard.add("within", Bound(name, low=number) if is_above else Bound(name, high=number))


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
