"""What takes long is explained to the person who waits, and only then."""

from __future__ import annotations

from threading import Event

import pytest

from keeper_agent import console
from keeper_agent.console import telling_why


def test_what_takes_long_is_explained_and_what_does_not_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    said, heard = Event(), list[str]()
    monkeypatch.setattr(console, "say", lambda text: (heard.append(text), said.set()))
    with telling_why("at once", after_s=60.0):
        pass
    with telling_why("it takes long", after_s=0.01):
        assert said.wait(60)
    assert heard == ["it takes long"]
