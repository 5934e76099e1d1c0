"""A secret is blanked however it is spelled, in whatever the process or a library says."""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keeper_agent import veil
from keeper_agent.spellings import spellings
from keeper_agent.veil import HIDDEN, hide, veiled, veiling

SECRET = 'se/cr+et "ä" 50 %&<x>=='  # noqa: S105 (nobody's)


@pytest.fixture(autouse=True)
def own_veil(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(veil, "_hidden", set())
    monkeypatch.setattr(veil, "_forms", ())


WRITERS = {
    "plain": lambda text: text,
    "json": json.dumps,
    "json in letters of its own": lambda text: json.dumps(text, ensure_ascii=False),
    "repr": repr,
    "address": lambda text: quote(text, safe=""),
    "path": quote,
    "query": quote_plus,
    "form": lambda text: urlencode({"key": text}),
    "small escapes": lambda text: re.sub("%..", lambda one: one[0].lower(), quote(text, safe="")),
    "hex": lambda text: text.encode().hex(),
    "large hex": lambda text: text.encode().hex().upper(),
    "reversed": lambda text: text[::-1],
}


@pytest.mark.parametrize("name", WRITERS)
def test_no_spelling_of_a_secret_is_said(name: str) -> None:
    written = WRITERS[name](SECRET)
    assert veiled(written) == written, "before it is known, nothing is blanked"
    hide([SECRET])
    assert HIDDEN in veiled(f"at {written} it ended")
    assert written not in veiled(f"at {written} it ended")


@given(
    secret=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=9, max_size=40),
    before=st.binary(max_size=5),
    after=st.binary(max_size=5),
    is_of_addresses=st.booleans(),
)
def test_base64_shows_no_three_bytes_of_a_secret_wherever_it_stands(
    secret: str, before: bytes, after: bytes, is_of_addresses: bool
) -> None:
    encode, decode = (
        (base64.urlsafe_b64encode, base64.urlsafe_b64decode)
        if is_of_addresses
        else (base64.b64encode, base64.b64decode)
    )
    written = encode(before + secret.encode() + after).decode()
    inner = next(form for form in sorted(spellings(secret), key=len, reverse=True) if form in written)
    assert len(inner) * 6 >= len(secret.encode()) * 8 - 10
    gap = written.replace(inner, "A" * len(inner), 1)
    left = decode(gap)[len(before) : len(before) + len(secret.encode())]
    assert left.count(0) >= len(left) - 2, "at most one byte at either end can be guessed at"


def test_what_a_library_logs_and_its_traceback_are_veiled(caplog: pytest.LogCaptureFixture) -> None:
    hide([SECRET])
    with veiling(), caplog.at_level(logging.DEBUG):
        logging.getLogger("some.library").debug("asked %s with %r", "x", {"key": SECRET})
        try:
            raise ValueError(f"cannot read {SECRET}")
        except ValueError:
            logging.getLogger("some.library").exception("it failed")
    assert caplog.text.count(HIDDEN) >= 2
    assert [form for form in spellings(SECRET) if form in caplog.text] == []
    assert "ValueError: cannot read [hidden]" in caplog.text


@pytest.fixture
def caught_by_us() -> Iterator[None]:
    with veiling():
        yield


def test_a_thread_that_dies_tells_where_but_no_secret(
    caught_by_us: None, capsys: pytest.CaptureFixture[str]
) -> None:
    hide([SECRET])

    def work() -> None:
        raise RuntimeError(f"refused: {quote(SECRET)}")

    thread = threading.Thread(target=work, name="worker-of-a-test")
    thread.start()
    thread.join()
    told = capsys.readouterr().err
    assert "worker-of-a-test" in told
    assert "RuntimeError: refused: [hidden]" in told


def test_what_is_no_secret_is_told_as_it_is() -> None:
    hide([SECRET, "short"])
    text = "BTCUSDT short 64,000.10 d_0123456789abcdef"
    assert veiled(text) == text
