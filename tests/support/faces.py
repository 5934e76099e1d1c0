"""Everything that shows an agent or acts for it, at once, each with secrets that can be known again.

The agent trades at a local venue in this process and serves API and pages; its bot is a process of its own
at a Bot API of ours, and both providers of brains are servers of ours. Everybody says as much as he can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from keeper_agent.api.tokens import TOKENS_FILE, Scope
from tests.support.bot_api import OWNER, BotApi, bot_api
from tests.support.canaries import canaries
from tests.support.commands import started
from tests.support.proposing import a_proposal
from tests.support.providers import Scripted, StubProvider, anthropic_body, stub_provider
from tests.support.sessions import VenueRun, a_venue, a_venue_run

OF_VENUE = {"keeper_api_key": "canary-vk-9Qd71kzXw2", "keeper_api_secret": "canary-vs-5Rj40mbYt8"}
LOUD = {"KEEPER_LOG_LEVEL": "debug", "OPENAI_LOG": "debug", "ANTHROPIC_LOG": "debug"}


@dataclass(frozen=True, slots=True)
class Faces:
    """What runs.

    Attributes:
        run: The agent.
        bot_api: What its bot talks to.
        openai: The provider that is asked first; it refuses the key and says which.
        anthropic: The one that is asked then, and answers.
        settings: Of every process, secrets included.
        brains: Further ones of whoever may ask a brain; the agent itself may not, its quota would not be
            reached in so short a life.
        secrets: By name, those that were made by the agent among them.
    """

    run: VenueRun
    bot_api: BotApi
    openai: StubProvider
    anthropic: StubProvider
    settings: Mapping[str, str]
    brains: Mapping[str, str]
    secrets: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """Where all that is written goes: the home, and beside it what each process says."""
        return self.run.home.parent


@contextmanager
def faces(home: Path) -> Iterator[Faces]:
    """All of it until the end of the block."""
    secrets = canaries() | OF_VENUE
    refusal = {
        "error": {
            "message": f"Incorrect API key provided: {secrets['openai_api_key']}",
            "code": "invalid_api_key",
        }
    }
    answer = Scripted(anthropic_body(a_proposal()))
    with (
        a_venue(OF_VENUE["keeper_api_key"], OF_VENUE["keeper_api_secret"]) as venue,
        bot_api() as chat,
        stub_provider(Scripted(orjson.dumps(refusal), 401)) as openai,
        stub_provider(answer) as anthropic,
    ):
        settings = {name.upper(): secret for name, secret in secrets.items()} | LOUD
        settings |= {
            "KEEPER_BASE_URL": f"http://{venue.binance.address}",
            "TELEGRAM_USER_IDS": str(OWNER),
            "TELEGRAM_BASE_URL": chat.url,
        }
        brains = {
            "KEEPER_BRAIN": "openai",
            "KEEPER_BRAIN_BACKUP": "anthropic",
            "OPENAI_BASE_URL": f"{openai.url}/v1",
            "ANTHROPIC_BASE_URL": anthropic.url,
        }
        with (
            a_venue_run(home, **settings) as run,
            started("telegram", home=home, PYTHONASYNCIODEBUG="1", **settings),
        ):
            tokens = orjson.loads((home / TOKENS_FILE).read_bytes())
            made = {f"token_{one.label}": str(tokens[one.label]) for one in Scope}
            yield Faces(run, chat, openai, anthropic, settings, brains, secrets | made)
