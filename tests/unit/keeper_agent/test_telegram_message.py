"""What is said is text, whatever it says: no markup, no control characters, no secret, never too long."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from keeper_agent.telegram.message import MOST_PARTS, Button, Message, columns
from keeper_agent.veil import hide


class Read(HTMLParser):
    """Tags and text as Telegram would read them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


NASTY = st.text(max_size=80) | st.sampled_from(
    [
        "<b>x</b>",
        "</pre><a href='tg://user?id=1'>x</a>",
        "&lt;i&gt;",
        "\u202egnp.exe",
        "a\nb\x00\x1b[2J",
        "&amp",
        "<",
    ]
)


@given(NASTY, st.lists(NASTY, max_size=12), st.booleans())
def test_nothing_said_is_markup(head: str, lines: list[str], is_table: bool) -> None:
    parts = Message(head, lines, is_table).parts()
    for at, part in enumerate(parts):
        read = Read(part["text"])
        wanted = (["b"] if at == 0 else []) + (["pre"] if is_table and lines else [])
        assert read.tags == wanted
        assert all(letter.isprintable() or letter == "\n" for letter in read.text)
    assert len(Read(parts[0]["text"]).text.split("\n")) == 1 + len(lines)


@given(st.lists(st.text(max_size=2_000) | st.just("😀" * 700), max_size=40))
def test_no_part_is_too_long_for_telegram(lines: list[str]) -> None:
    parts = Message("h" * 5_000, lines).parts()
    assert len(parts) <= MOST_PARTS
    for part in parts:
        assert len(Read(part["text"]).text.encode("utf-16-le")) // 2 <= 4_096


def test_what_is_cut_says_so() -> None:
    parts = Message("head", ["x" * 500] * 40).parts()
    assert len(parts) == MOST_PARTS
    assert parts[-1]["text"].endswith("…")
    assert not Message("head", ["x" * 500] * 4).parts()[-1]["text"].endswith("…")


def test_no_secret_is_said() -> None:
    hide(["canary-of-messages"])
    assert "canary" not in str(Message("a canary-of-messages", ["canary-of-messages"]).parts())


def test_a_button_is_below_the_last_part() -> None:
    parts = Message("h", ["x" * 590] * 8, button=Button("Yes", "abc")).parts()
    assert len(parts) > 1
    assert "reply_markup" not in parts[0]
    assert parts[-1]["reply_markup"]["inline_keyboard"] == [[{"text": "Yes", "callback_data": "abc"}]]


def test_columns_stand_below_each_other() -> None:
    assert columns([["a", "bbb", "c"], ["aa", "b", ""]]) == ["a   bbb  c", "aa  b"]
    assert columns([]) == []
