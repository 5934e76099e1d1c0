"""The bot's catalogues: every message in both languages, with the same values, and used."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

import keeper_agent.telegram
from keeper_agent.telegram.words import CATALOGUES, Words
from keeper_agent.telegram_settings import NOTICES
from tools.domain.trading import Action, Result, Route

FOLDER = Path(keeper_agent.telegram.__file__).parent
SWITCHED = (
    "entries.",
    "result.",
    "action.",
    "route.",
    "help.",
    "days.",
    "confirm.",
    "done.",
    "budget.",
    "tell.",
)
KEY = re.compile(r"[a-z_]+(\.[a-z_]+)?")
VIETNAMESE = re.compile(
    r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
)
OF_SYMBOLS = {"risk.limit", "why.vote"}


def faults(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """What a catalogue lacks against another."""
    found = [f"{key} is not translated" for key in sorted(one.keys() ^ other.keys())]
    for key in one.keys() & other.keys():
        if values(one[key]) != values(other[key]):
            found.append(f"{key} has other values")
        if one[key] == other[key]:
            found.append(f"{key} is the same text")
        if not one[key].strip() or not other[key].strip():
            found.append(f"{key} is empty")
    return found


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def keys_said() -> tuple[set[str], set[str]]:
    """Keys that the code names in full, and the beginnings of those that it makes up."""
    whole, begun = set(), set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))
    return whole, begun


def test_every_message_is_there_in_both_languages() -> None:
    assert faults(CATALOGUES["en"], CATALOGUES["vi"]) == []


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ({"a": "x {n}"}, "b is not translated"),
        ({"a": "x {m}", "b": "z"}, "a has other values"),
        ({"a": "y {n}", "b": "z"}, "a is the same text"),
        ({"a": "x {n}", "b": " "}, "b is empty"),
    ],
)
def test_planted_faults_are_caught(planted: Mapping[str, str], fault: str) -> None:
    assert fault in faults({"a": "y {n}", "b": "w"}, planted)


def test_the_vietnamese_one_is_vietnamese_and_the_english_one_is_not() -> None:
    for key in CATALOGUES["vi"]:
        is_plain = key in OF_SYMBOLS
        assert is_plain or VIETNAMESE.search(CATALOGUES["vi"][key]), key
        assert not VIETNAMESE.search(CATALOGUES["en"][key]), key


def test_every_message_is_said_somewhere_and_none_is_said_that_is_not_there() -> None:
    whole, begun = keys_said()
    known = set(CATALOGUES["en"])
    unsaid = {key for key in known - whole if not key.startswith(tuple(begun & set(SWITCHED)))}
    assert unsaid == set()
    groups = {key.partition(".")[0] for key in known if "." in key}
    named = {key for key in whole if key.partition(".")[0] in groups and "." in key}
    assert named - known == set()


def test_what_is_made_up_of_values_is_there() -> None:
    for value in [
        *(f"result.{one}" for one in Result),
        *(f"action.{one}" for one in Action),
        *(f"route.{one}" for one in Route),
    ]:
        assert value in CATALOGUES["vi"]
    for kind in NOTICES:
        assert Words("vi")("notices.on", kind=kind)


def test_a_message_without_its_values_is_an_error() -> None:
    with pytest.raises(KeyError):
        Words("en")("unknown")
    with pytest.raises(KeyError):
        Words("en")("no such message")
