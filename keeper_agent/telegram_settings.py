"""Settings of the bot: part of those of ``keeper_agent.settings``, which alone reads them from outside."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, field_validator

USER = re.compile(r"[1-9][0-9]{0,18}")
BOT_SERVER = re.compile(r"(https://[A-Za-z0-9.-]+|http://127\.0\.0\.1)(:[0-9]{1,5})?/?")
NOTICES = ("signals", "results", "switch", "alerts", "reports")


class TelegramSettings(BaseModel):
    """Who the bot is, whom it obeys, what it says and in which language."""

    telegram_bot_token: SecretStr = Field(
        default=SecretStr(""), description="token of the bot that keeper telegram speaks as"
    )
    telegram_user_ids: str = Field(
        default="", description="numbers of the users it obeys, separated by commas; empty is nobody"
    )
    telegram_language: Literal["en", "vi"] = Field(default="en", description="language it speaks: en or vi")
    telegram_notices: str = Field(
        default="signals,results,switch,alerts,reports",
        description="what it tells of unasked, separated by commas; empty is nothing",
    )
    telegram_base_url: str = Field(
        default="https://api.telegram.org", description="the Bot API's server; http on this machine alone"
    )

    @field_validator("telegram_user_ids")
    @classmethod
    def _numbers(cls, text: str) -> str:
        """A name would be obeyed by whoever takes it next, so only numbers count."""
        if any(not USER.fullmatch(one.strip()) for one in text.split(",") if one.strip()):
            raise ValueError("expected numbers of users, separated by commas")
        return text

    @field_validator("telegram_notices")
    @classmethod
    def _kinds(cls, text: str) -> str:
        if unknown := {one.strip() for one in text.split(",") if one.strip()} - set(NOTICES):
            raise ValueError(f"expected some of {', '.join(NOTICES)}; unknown: {', '.join(sorted(unknown))}")
        return text

    @field_validator("telegram_base_url")
    @classmethod
    def _sealed_or_here(cls, url: str) -> str:
        """The token is part of each address, so it may leave this machine by https alone."""
        if not BOT_SERVER.fullmatch(url):
            raise ValueError("expected https://, or http:// to 127.0.0.1, without a path")
        return url.rstrip("/")

    def users(self) -> frozenset[int]:
        """The users that the bot obeys; empty is nobody."""
        return frozenset(int(one) for one in self.telegram_user_ids.split(",") if one.strip())

    def notices(self) -> frozenset[str]:
        """What the bot tells of unasked."""
        return frozenset(one.strip() for one in self.telegram_notices.split(",") if one.strip())
