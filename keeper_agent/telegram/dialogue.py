"""What is answered to whom: every command by its name, anything else as a question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from keeper_agent.app import CODE_VERSION
from keeper_agent.settings import Settings
from keeper_agent.telegram import results
from keeper_agent.telegram.asking import LONGEST, Questions, why
from keeper_agent.telegram.confirming import LASTS_S, Confirmations
from keeper_agent.telegram.inbox import Inbox, Said
from keeper_agent.telegram.message import Button, Message
from keeper_agent.telegram.standing import Standing
from keeper_agent.telegram.switching import KILL, RESUME, STOP_ENTRY, switch
from keeper_agent.telegram.words import Words
from keeper_agent.telegram_settings import NOTICES
from memory.store import Store
from tools.domain.clock import Clock
from tools.domain.errors import BadUsage, KeeperError
from tools.execution.kill import KillSwitch, PauseSwitch

CONFIRM = "confirm"
MOST_ROWS = 50
ON, OFF = "on", "off"
Answer = Callable[[int, str], Message]
ALIASES = {"stopbuy": "stopentry", "pause": "stopentry", "limits": "risk", "explain": "why"}
SWITCHES = frozenset(("kill", "stop", "start", "resume", "stopentry", CONFIRM, "notices"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text asks for: the name of a command and its argument; a question has the name ``ask``."""

    name: str
    argument: str


def wanted(text: str) -> Wanted:
    """What ``text`` asks for; a command may have the bot's name behind it, as groups write it."""
    if not text.startswith("/"):
        return Wanted("ask", text)
    first, _, rest = text[1:].partition(" ")
    name = first.partition("@")[0].lower()
    return Wanted(ALIASES.get(name, name), rest.strip())


class Dialogue:
    """Answers what the users of the settings say.

    Args:
        settings: Home, language and caps.
        inbox: Keeps which notices are silenced.
        clock: The machine's.
    """

    def __init__(self, settings: Settings, inbox: Inbox, clock: Clock) -> None:
        self._settings, self._home, self._inbox, self._clock = settings, settings.keeper_home, inbox, clock
        self.words = words = Words(settings.telegram_language)
        self._confirmations = Confirmations(clock)
        self._questions = Questions(settings, words, clock)
        standing = Standing(self._home, words, clock)
        self.commands: dict[str, Answer] = {
            "status": lambda user, text: standing.status(),
            "profit": lambda user, text: self._read(lambda store: results.profit(store, words)),
            "balance": lambda user, text: standing.balance(),
            "daily": lambda user, text: self._by_time(results.DAILY, text),
            "weekly": lambda user, text: self._by_time(results.WEEKLY, text),
            "monthly": lambda user, text: self._by_time(results.MONTHLY, text),
            "performance": lambda user, text: self._read(lambda store: results.by_symbol(store, words)),
            "trades": self._trades,
            "count": lambda user, text: standing.count(),
            "whitelist": lambda user, text: standing.whitelist(),
            "risk": lambda user, text: standing.risk(),
            "health": lambda user, text: standing.health(),
            "budget": self._budget,
            "why": self._why,
            "ask": self._ask,
            "stopentry": lambda user, text: self._done(user, STOP_ENTRY),
            "stop": lambda user, text: self._ask_back(user, KILL),
            "kill": lambda user, text: self._ask_back(user, KILL),
            "start": self._start,
            "resume": lambda user, text: self._ask_back(user, RESUME),
            "notices": self._notices,
            "version": lambda user, text: Message(words("version", version=CODE_VERSION)),
            "help": self._help,
        }

    def answer(self, said: Said) -> Message:
        """The answer; a known error is told in its own words."""
        what = self.wanted(said)
        try:
            if what.name == CONFIRM:
                return self._confirm(said.user, what.argument)
            command = self.commands.get(what.name)
            if command is None:
                return Message(self.words("unknown", command=f"/{what.name[:40]}"))
            return command(said.user, what.argument)
        except KeeperError as error:
            return Message(self.words("failed", reason=error))

    def offered(self) -> list[dict[str, str]]:
        """Every command with what it does, as Telegram lists them to whoever types."""
        return [{"command": name, "description": self.words(f"help.{name}")} for name in self.commands]

    def wanted(self, said: Said) -> Wanted:
        """What was said; a button says the token that it confirms."""
        return wanted(said.text) if said.query is None else Wanted(CONFIRM, said.text)

    def _read(self, tell: Callable[[Store], Message]) -> Message:
        with Store.open(self._home, read_only=True) as store:
            return tell(store)

    def _by_time(self, kind: str, text: str) -> Message:
        newest = self._number(text, 7)
        return self._read(lambda store: results.by_time(store, self.words, kind, newest))

    def _trades(self, user: int, text: str) -> Message:
        newest = self._number(text, 10)
        return self._read(lambda store: results.trades(store, self.words, newest))

    def _budget(self, user: int, text: str) -> Message:
        now = self._clock.now()
        return self._read(lambda store: results.budget(store, self._settings, self.words, now))

    def _number(self, text: str, default: int) -> int:
        """A number of rows.

        Raises:
            BadUsage: It is none.
        """
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_ROWS):
            raise BadUsage(self.words("number", most=MOST_ROWS))
        return int(text)

    def _why(self, user: int, text: str) -> Message:
        if not text:
            return Message(self.words("no_id"))
        return self._read(lambda store: why(store, text.split()[0][:LONGEST], self.words))

    def _ask(self, user: int, text: str) -> Message:
        if not text:
            return Message(self.words("no_question"))
        if len(text) > LONGEST:
            return Message(self.words("too_long", most=LONGEST))
        return self._read(lambda store: self._questions.answer(store, user, text))

    def _start(self, user: int, text: str) -> Message:
        """Telegram sends this when a chat is opened: where nothing is held, it only greets."""
        if KillSwitch(self._home).is_set or PauseSwitch(self._home).is_set:
            return self._ask_back(user, RESUME)
        return Message(self.words("hello"))

    def _ask_back(self, user: int, act: str) -> Message:
        token = self._confirmations.ask(user, act)
        how = self.words("confirm.how", token=token)
        button = Button(self.words("confirm.button"), token)
        return Message(self.words(f"confirm.{act}", s=LASTS_S), [how], button=button)

    def _confirm(self, user: int, token: str) -> Message:
        act = self._confirmations.take(user, token)
        return Message(self.words("confirm.void")) if act is None else self._done(user, act)

    def _done(self, user: int, act: str) -> Message:
        head, *rest = switch(self._home, act, self.words, user)
        return Message(head, rest)

    def _notices(self, user: int, text: str) -> Message:
        allowed, off = self._settings.notices(), self._inbox.silenced
        if text:
            kind, _, word = text.lower().partition(" ")
            if kind not in NOTICES or word not in (ON, OFF):
                raise BadUsage(self.words("notices.how", kinds=", ".join(NOTICES)))
            off = off | {kind} if word == OFF else off - {kind}
            self._inbox.silence(off)
        lines = [
            self.words("notices.on" if kind in allowed and kind not in off else "notices.off", kind=kind)
            for kind in NOTICES
        ]
        return Message(self.words("notices.head"), lines)

    def _help(self, user: int, text: str) -> Message:
        lines = [f"/{name} – {self.words(f'help.{name}')}" for name in self.commands]
        return Message(self.words("help.head"), lines)
