"""Anthropic, by its messages API."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import anthropic
import httpx2
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import SystemMessage
from pydantic import PrivateAttr, SecretStr

from graphs.brains.chat import LangchainProvider, Scrub, as_it_is
from graphs.brains.completion import ANTHROPIC, MOST_OUTPUT_TOKENS
from prompts.forms import schema_of
from prompts.render import Prompt


class _NotedAnthropic(ChatAnthropic):  # type: ignore[misc, unused-ignore]
    """The chat model over a client of ours: its own is shared between event loops and notes nothing."""

    _noted: httpx2.AsyncClient = PrivateAttr()

    @cached_property
    def _async_client(self) -> anthropic.AsyncClient:
        return anthropic.AsyncClient(**self._client_params, http_client=self._noted)


class AnthropicProvider(LangchainProvider):
    """Asks by messages, the constant part marked to be cached, the schema enforced by the provider.

    Args:
        model: Its name of the model.
        key: The key.
        base_url: Where it is; None is the provider's own.
        scrub: As of its base class.
    """

    dialect = ANTHROPIC
    name = "anthropic"

    def __init__(
        self, model: str, key: SecretStr, base_url: str | None = None, *, scrub: Scrub = as_it_is
    ) -> None:
        super().__init__(model, key, scrub)
        place: dict[str, Any] = {} if base_url is None else {"base_url": base_url}
        chat = _NotedAnthropic(
            model_name=model,
            api_key=key,
            max_retries=0,
            cache=False,
            max_tokens_to_sample=MOST_OUTPUT_TOKENS,
            **place,
        )
        chat._noted = self._client
        self._model = chat

    def _chat(self, prompt: Prompt) -> Any:
        shape = {"type": "json_schema", "schema": schema_of(prompt.form)}
        return self._model.bind(output_config={"format": shape})

    def _system(self, prompt: Prompt) -> SystemMessage:
        block = {"type": "text", "text": prompt.system, "cache_control": {"type": "ephemeral"}}
        return SystemMessage([block])
