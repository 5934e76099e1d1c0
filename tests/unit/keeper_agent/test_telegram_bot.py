"""Conversations with the bot over real HTTP, in both languages, beside a record and a living agent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keeper_agent.controlling import tell
from keeper_agent.telegram.dialogue import wanted
from tests.support.bot_api import OWNER, TOKEN, BotApi, bot_api
from tests.support.bots import a_bot
from tests.support.living import session
from tests.support.remembered import a_remembered_day
from tools.domain.trading import Action
from tools.execution.kill import KillSwitch, PauseSwitch

STRANGER = 666
ASKED = "how many signals did you skip on 2024-08-08?"
ASKED_VI = "có bao nhiêu tín hiệu bị bỏ qua ngày 8/8/2024?"


@pytest.fixture
def api() -> Iterator[BotApi]:
    with bot_api() as served:
        yield served


def reply(api: BotApi, text: str, **more: Any) -> str:
    """What the bot answers to ``text``, all parts."""
    before = len(api.texts())
    api.say(text, **more)
    return "\n".join(api.await_texts(before + 1)[before:])


def token_of(api: BotApi) -> str:
    """The token of the button that was offered last."""
    (row,) = api.sent[-1]["reply_markup"]["inline_keyboard"]
    return str(row[0]["callback_data"])


CONVERSATION = {
    "en": {
        "/start": ["Keeper listens"],
        "/help": ["/status – open positions", "/why – why a decision", "/stopentry", "/budget"],
        "/version": ["Keeper 0."],
        "/profit": ["Result (recorded", "10 decisions, 5 entries, 1 of them probes",
                    "5 round trips, 2 made money",
                    "win rate 40.0% [11.8%, 76.9%], break-even 76.6%",
                    "net -0.2501 quote after 0.4575 of fees"],
        "/daily": ["By day (UTC)", "2024-08-08  -0.2501 USDT  5      2    recorded"],
        "/weekly 2": ["By week", "2024-08-05"],
        "/monthly": ["By month", "2024-08 "],
        "/performance": ["By symbol (recorded)", "ETHUSDT", "BTCUSDT"],
        "/trades 2": ["Last 2 round trips", "target reached", "stopped out"],
        "/trades 51": ["That did not work: expected a number from 1 to 50"],
        "/trades -1": ["expected a number"],
        "/budget": ["Brains", "No brain is asked.", "today 0 USD spent, 0.2 of 0.2 left"],
        "/status": ["That did not work: no agent has run here yet"],
        "/why": ["Name a decision"],
        "/why d_ffffffffffff": ["That did not work"],
        "/ask": ["Ask something"],
        f"/ask {ASKED}": ["3 skips", "understood:"],
        ASKED: ["understood:", "decisions: d_"],
        "/ask " + "x" * 501: ["at most 500 characters"],
        "/fly <b>": ["I do not know /fly. /help lists"],
        "/notices": ["signals: on", "reports: on"],
        "/notices signals off": ["signals: off", "results: on"],
        "/notices all off": ["expected /notices KIND on|off"],
        "/confirm 123": ["Nothing to confirm"],
    },
    "vi": {
        "/start": ["Keeper đang nghe"],
        "/help": ["/status – vị thế đang mở", "/why – vì sao", "/stopentry", "/budget"],
        "/version": ["Keeper phiên bản 0."],
        "/profit": ["Kết quả (recorded", "10 quyết định, 5 lần vào lệnh, trong đó 1 lần thăm dò",
                    "5 giao dịch hoàn tất, 2 có lãi", "tỷ lệ thắng 40.0% [11.8%, 76.9%], hòa vốn 76.6%",
                    "lãi ròng -0.2501 quote sau 0.4575 phí"],
        "/daily": ["Theo ngày (UTC)", "2024-08-08  -0.2501 USDT  5     2      recorded"],
        "/weekly 2": ["Theo tuần", "2024-08-05"],
        "/monthly": ["Theo tháng", "2024-08 "],
        "/performance": ["Theo mã (recorded)", "ETHUSDT", "BTCUSDT"],
        "/trades 2": ["2 giao dịch gần nhất", "đạt mục tiêu", "bị cắt lỗ"],
        "/trades 51": ["Không thực hiện được: cần một số từ 1 đến 50"],
        "/trades -1": ["cần một số"],
        "/budget": ["Mô hình", "Không hỏi mô hình nào.", "hôm nay đã chi 0 USD, còn 0.2 trên 0.2"],
        "/status": ["Không thực hiện được: chưa có agent nào chạy ở đây"],
        "/why": ["Hãy nêu một quyết định"],
        "/why d_ffffffffffff": ["Không thực hiện được"],
        "/ask": ["Hãy hỏi điều gì đó"],
        f"/ask {ASKED_VI}": ["3 lần bỏ qua", "đã hiểu là:"],
        ASKED_VI: ["đã hiểu là:", "các quyết định: d_"],
        "/ask " + "x" * 501: ["dài nhất 500 ký tự"],
        "/fly <b>": ["Tôi không biết lệnh /fly. /help liệt kê"],
        "/notices": ["signals: bật", "reports: bật"],
        "/notices signals off": ["signals: tắt", "results: bật"],
        "/notices all off": ["cần /notices LOẠI on|off"],
        "/confirm 123": ["Không có gì để xác nhận"],
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_conversation_about_the_record(tmp_path: Path, api: BotApi, language: str) -> None:
    told = a_remembered_day(tmp_path)
    with a_bot(tmp_path, api, telegram_language=language) as bot:
        for said, parts in CONVERSATION[language].items():
            answer = reply(api, said)
            for part in parts:
                assert part in answer, (said, answer)
        why = reply(api, f"/why {told['won'].decision_id}")
        assert bot.complaints == []
    words = {
        "en": ["entered BTCUSDT", "reason: neighbours won", "entry 61000, target 61150, stop 60900",
               "result: target reached, +10.00 bps net", "limited by max_order_size_usd"],
        "vi": ["đã vào lệnh BTCUSDT", "lý do: neighbours won", "giá vào 61000, mục tiêu 61150, cắt lỗ 60900",
               "kết quả: đạt mục tiêu, ròng +10.00 bps", "bị giới hạn bởi max_order_size_usd"],
    }  # fmt: skip
    for part in words[language]:
        assert part in why, why


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_commands_are_offered_as_telegram_takes_them(tmp_path: Path, api: BotApi, language: str) -> None:
    with a_bot(tmp_path, api, telegram_language=language):
        offered = api.wait_for(lambda: api.offered, bool)
    assert len(offered) > 20
    for one in offered:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", one["command"])
        assert 3 <= len(one["description"]) <= 256
    assert len({one["command"] for one in offered}) == len(offered) <= 100


def test_a_look_that_fails_does_not_end_the_answers(
    tmp_path: Path, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keeper_agent.telegram.noticing.count_broken", lambda home: 1 / 0)
    with a_bot(tmp_path, api) as bot:
        api.wait_for(lambda: list(bot.complaints), bool)
        assert "Keeper 0." in reply(api, "/version")
        assert bot.complaints[0] == "cannot look: ZeroDivisionError: division by zero"


def test_a_follow_up_is_understood_from_what_the_same_user_asked(tmp_path: Path, api: BotApi) -> None:
    a_remembered_day(tmp_path)
    with a_bot(tmp_path, api, telegram_user_ids=f"{OWNER},{STRANGER}"):
        reply(api, ASKED)
        assert "ETHUSDT" in reply(api, "and on ETHUSDT?")
        api.say("and on BTCUSDT?", user=STRANGER)
        other = api.await_texts(1, STRANGER)[0]
    assert "2024-08-08" not in other.partition("understood")[2], "another user's question is not theirs"


def test_a_stranger_learns_and_changes_nothing(tmp_path: Path, api: BotApi) -> None:
    with a_bot(tmp_path, api):
        for text in ("/start", "/status", "/kill", "/stopentry", "hello"):
            api.say(text, user=STRANGER)
        api.say("/stopentry", chat="group")
        api.say("/stopentry", age_s=61)
        api.press("abc", user=STRANGER)
        assert "0." in reply(api, "/version")  # in order: the others were read before
        assert [one["chat_id"] for one in api.sent] == [OWNER]
        assert api.answered == []
    assert not KillSwitch(tmp_path).is_set
    assert not PauseSwitch(tmp_path).is_set


def test_with_nobody_named_nobody_is_obeyed(tmp_path: Path, api: BotApi) -> None:
    with a_bot(tmp_path, api, telegram_user_ids=""):
        last = api.say("/stopentry")
        api.wait_for(lambda: list(api.polls), lambda polls: last + 1 in polls)
    assert (api.sent, PauseSwitch(tmp_path).is_set) == ([], False)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_killing_is_asked_back_once_and_done_once(tmp_path: Path, api: BotApi, language: str) -> None:
    heads = {
        "en": ("Forbid all entries?", "Entries are forbidden", "No agent is running", "Nothing to confirm",
               "Allow entries again?", "Entries are allowed again"),
        "vi": ("Cấm mọi lần vào lệnh?", "Đã cấm vào lệnh", "Không có agent nào", "Không có gì để xác nhận",
               "Cho phép vào lệnh lại?", "Đã cho phép vào lệnh lại"),
    }[language]  # fmt: skip
    switch = KillSwitch(tmp_path)
    with a_bot(tmp_path, api, telegram_language=language, telegram_notices=""):
        assert heads[0] in reply(api, "/kill")
        assert not switch.is_set, "it is only asked back"
        token, before = token_of(api), len(api.texts())
        api.press(token)
        done = api.await_texts(before + 1)[-1]
        assert heads[1] in done
        assert heads[2] in done
        assert switch.is_set
        assert switch.reason() == f"telegram user {OWNER}"
        switch.clear()
        api.press(token)
        assert heads[3] in api.await_texts(before + 2)[-1]
        assert not switch.is_set, "a token counts once"
        assert heads[0] in reply(api, "/stop")
        assert heads[1] in reply(api, f"/confirm {token_of(api)}")
        assert switch.is_set
        assert heads[4] in reply(api, "/start")
        assert switch.is_set
        assert heads[5] in reply(api, f"/confirm {token_of(api)}")
        assert not switch.is_set
        api.wait_for(lambda: list(api.answered), lambda found: len(found) == 2)


def test_a_replayed_confirmation_and_a_replayed_command_do_nothing(tmp_path: Path, api: BotApi) -> None:
    api.forgets_nothing = True  # every poll hands out everything again
    with a_bot(tmp_path, api, telegram_notices=""):
        reply(api, "/stopentry")
        PauseSwitch(tmp_path).clear()
        polls = len(api.polls)
        api.wait_for(lambda: len(api.polls), lambda n: n > polls + 3)
        assert len(api.texts()) == 1
    with a_bot(tmp_path, api, telegram_notices=""):  # nor after a restart
        polls = len(api.polls)
        api.wait_for(lambda: len(api.polls), lambda n: n > polls + 3)
    assert len(api.texts()) == 1
    assert not PauseSwitch(tmp_path).is_set


def test_a_killed_agent_enters_nothing_more_until_it_is_resumed(tmp_path: Path, api: BotApi) -> None:
    with session(tmp_path) as found, a_bot(tmp_path, api, telegram_notices=""):
        found.play_to(40)
        entered = [one for one in found.noted.decisions if one.action is Action.ENTER]
        assert entered, "otherwise nothing is shown"
        assert "● running" in reply(api, "/status")
        reply(api, "/kill")
        assert "The running agent has heard it." in reply(api, f"/confirm {token_of(api)}")
        before = len(found.noted.decisions)
        found.play_to(70)
        killed = found.noted.decisions[before:]
        assert len(killed) > 10
        assert not [one for one in killed if one.action is Action.ENTER]
        assert "entries: forbidden (kill switch) (telegram user 4711)" in reply(api, "/status")
        assert tell(tmp_path, "status")["entries"] == "killed"
        reply(api, "/resume")
        reply(api, f"/confirm {token_of(api)}")
        found.play_to(110)
        assert [one for one in found.noted.decisions[before + len(killed) :] if one.action is Action.ENTER]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_how_a_living_agent_stands_is_told(tmp_path: Path, api: BotApi, language: str) -> None:
    heads = {
        "en": ("Status: RECORDED, tapes on paper", "At stake and today", "Positions", "1 symbols", "Limits",
               "Health"),
        "vi": ("Tình trạng: RECORDED, tapes on paper", "Đang chịu rủi ro", "Vị thế", "1 mã", "Giới hạn",
               "Sức khỏe"),
    }[language]  # fmt: skip
    with session(tmp_path) as found, a_bot(tmp_path, api, telegram_language=language, telegram_notices=""):
        second = 0
        status: dict[str, Any] = {}
        while not status.get("positions"):
            second += 1
            assert second < 150, "the agent never held anything"
            found.play_to(second)
            status = tell(tmp_path, "status")
        answers = [
            reply(api, f"/{name}") for name in ("status", "balance", "count", "whitelist", "risk", "health")
        ]
        held = status["positions"][0]
        for head, answer in zip(heads, answers, strict=True):
            assert head in answer
        assert f"BTCUSDT {held['size']}" in answers[0]
        assert f"/why {held['decision_id']}" in answers[0]
        assert status["at_stake_usd"] in answers[1]
        assert "BTCUSDT" in answers[3]
        assert "daily_loss_limit_usd" in answers[4]
        assert "BTCUSDT: " in answers[5]
    with a_bot(tmp_path, api, telegram_language=language, telegram_notices=""):
        assert "○" in reply(api, "/status"), "what was known last is told as such"


def test_what_is_written_by_others_stays_text(tmp_path: Path, api: BotApi) -> None:
    a_remembered_day(tmp_path)
    with a_bot(tmp_path, api):
        answer = reply(api, "/ask <b>why</b> <a href='x'>&lt;</a> did you skip <script>?")
        assert "<script>" not in answer
        assert "<a " not in answer
        assert "&lt;/x&gt;" in reply(api, "/</x>")


def test_an_error_nobody_foresaw_ends_only_its_answer(
    tmp_path: Path, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_bot(tmp_path, api) as bot:
        monkeypatch.setitem(bot.service._dialogue.commands, "count", lambda user, text: 1 / 0)
        assert "nobody foresaw" in reply(api, "/count")
        assert "Keeper 0." in reply(api, "/version")
        assert bot.complaints == ["internal error: ZeroDivisionError: division by zero"]
        assert TOKEN not in str(bot.complaints)


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("/status", "status", ""),
        ("/Status@keeper_bot now ", "status", "now"),
        ("/pause", "stopentry", ""),
        ("/stopbuy", "stopentry", ""),
        ("/", "", ""),
        ("why? /kill", "ask", "why? /kill"),
    ],
)
def test_what_a_text_asks_for(text: str, name: str, argument: str) -> None:
    found = wanted(text)
    assert (found.name, found.argument) == (name, argument)
