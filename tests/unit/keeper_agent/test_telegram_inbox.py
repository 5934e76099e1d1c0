"""Whom the bot obeys, and that it does so once: strangers, groups, stale and replayed updates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from keeper_agent.telegram.confirming import LASTS_S, Confirmations
from keeper_agent.telegram.inbox import FORGETS_S, STALE_S, Inbox, Said
from tools.domain.clock import NS
from tools.domain.errors import StoreUnusable

OWNER, STRANGER = 4_711, 666
START = 1_700_000_000


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = float(START)

    def now(self) -> int:
        return round(self.seconds * NS)


def update(
    number: int, text: Any = "/status", *, user: Any = OWNER, date: Any = START, **more: Any
) -> dict[str, Any]:
    message = {
        "message_id": number,
        "date": date,
        "from": {"id": user, "is_bot": False},
        "chat": {"id": user, "type": "private"},
        "text": text,
    }
    return {"update_id": number, "message": message | more}


def press(number: int, data: Any = "abc", user: int = OWNER) -> dict[str, Any]:
    message = {"message_id": 1, "date": 0, "chat": {"id": user, "type": "private"}}
    query = {"id": "77", "from": {"id": user, "is_bot": False}, "message": message, "data": data}
    return {"update_id": number, "callback_query": query}


@pytest.fixture
def clock() -> Hand:
    return Hand()


def inbox(home: Path, clock: Hand, *users: int) -> Inbox:
    return Inbox(home, frozenset(users or (OWNER,)), clock)


def test_the_owner_is_heard(tmp_path: Path, clock: Hand) -> None:
    found = inbox(tmp_path, clock).admit([update(1, " /status "), press(2)])
    assert found == [Said(OWNER, "/status"), Said(OWNER, "abc", "77")]


@pytest.mark.parametrize(
    "planted",
    [
        update(1, user=STRANGER),
        press(1, user=STRANGER),
        update(1, user=str(OWNER)),
        update(1, user=float(OWNER)),
        update(1, **{"from": {"id": OWNER, "is_bot": True}}),
        update(1, chat={"id": -5, "type": "group"}),
        update(1, chat={"id": OWNER, "type": "supergroup"}),
        update(1, chat={"id": STRANGER, "type": "private"}),
        update(1, **{"from": None}),
        update(1, chat=None),
        update(1, date=START - STALE_S - 1),
        update(1, date=START + STALE_S + 1),
        update(1, date=None),
        update(1, date=str(START)),
        update(1, text=None),
        update(1, text=7),
        update(1, text="  "),
        press(1, data=None),
        {"update_id": 1},
        {"update_id": 1, "message": "x"},
        {"update_id": 1, "callback_query": {"from": {"id": OWNER}, "data": "x"}},
        {"update_id": 1, "edited_message": update(1)["message"]},
        {"update_id": 1, "channel_post": update(1)["message"]},
    ],
)
def test_nobody_else_and_nothing_else_is_heard(tmp_path: Path, clock: Hand, planted: dict[str, Any]) -> None:
    own = inbox(tmp_path, clock)
    assert own.admit([planted]) == []
    assert own.after() == 1, "it is read all the same, so that it does not come again"


def test_an_empty_list_is_nobody(tmp_path: Path, clock: Hand) -> None:
    own = Inbox(tmp_path, frozenset(), clock)
    assert own.admit([update(1), press(2), update(3, user=0)]) == []


def test_a_replayed_update_is_dropped_also_after_a_restart(tmp_path: Path, clock: Hand) -> None:
    own = inbox(tmp_path, clock)
    assert len(own.admit([update(5), update(5), update(4)])) == 1
    again = inbox(tmp_path, clock)
    assert again.after() == 5
    assert again.admit([update(5), update(4)]) == []
    assert again.path.stat().st_mode & 0o077 == 0


def test_a_replayed_message_is_dropped_under_a_new_number_too(tmp_path: Path, clock: Hand) -> None:
    assert inbox(tmp_path, clock).admit([update(5)])
    assert inbox(tmp_path, clock).admit([update(5) | {"update_id": 900}]) == []


def test_telegram_may_count_anew_after_a_week(tmp_path: Path, clock: Hand) -> None:
    own = inbox(tmp_path, clock)
    own.admit([update(1_000)])
    clock.seconds += FORGETS_S - 1
    assert own.after() == 1_000
    clock.seconds += 2
    assert own.after() is None
    assert own.admit([update(7, date=int(clock.seconds))])
    assert own.after() == 7
    assert own.admit([update(1_000, date=START)]) == [], "the old one is stale"


def test_it_is_on_disk_that_it_was_read_before_it_is_done(tmp_path: Path, clock: Hand) -> None:
    own = inbox(tmp_path, clock)
    own.path.parent.chmod(0o500)
    try:
        if not _can_write(own.path.parent):
            with pytest.raises(StoreUnusable):
                own.admit([update(1)])
    finally:
        own.path.parent.chmod(0o700)
    own.path.mkdir()
    with pytest.raises(StoreUnusable):
        own.admit([update(2)])


def _can_write(folder: Path) -> bool:
    try:
        (folder / "x").touch()
    except PermissionError:
        return False
    (folder / "x").unlink()
    return True


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'{"last": "x"}', b'{"last": 1, "ts": 0}'])
def test_what_is_damaged_is_not_guessed(tmp_path: Path, clock: Hand, damaged: bytes) -> None:
    inbox(tmp_path, clock).path.write_bytes(damaged)
    with pytest.raises(StoreUnusable, match="done twice"):
        inbox(tmp_path, clock)


def test_what_is_silenced_is_kept(tmp_path: Path, clock: Hand) -> None:
    inbox(tmp_path, clock).silence(frozenset({"signals"}))
    assert inbox(tmp_path, clock).silenced == {"signals"}


def test_a_token_confirms_one_act_of_one_user_once(clock: Hand) -> None:
    asked = Confirmations(clock)
    token = asked.ask(OWNER, "kill")
    assert asked.take(STRANGER, token) is None
    assert asked.take(OWNER, token) == "kill"
    assert asked.take(OWNER, token) is None


def test_a_token_that_is_wrong_old_or_replaced_confirms_nothing(clock: Hand) -> None:
    asked = Confirmations(clock)
    token = asked.ask(OWNER, "kill")
    assert asked.take(OWNER, "0" * len(token)) is None
    assert asked.take(OWNER, token) is None, "guessing has one try"
    old = asked.ask(OWNER, "kill")
    new = asked.ask(OWNER, "resume")
    assert old != new
    assert asked.take(OWNER, old) is None
    token = asked.ask(OWNER, "kill")
    clock.seconds += LASTS_S
    assert asked.take(OWNER, token) is None
