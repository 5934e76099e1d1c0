"""What both providers have in common: one call through langchain, noted, checked and untraced."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeAlias

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langsmith import tracing_context
from pydantic import SecretStr

from graphs.brains.completion import Completion, Dialect, Exchange, ProviderFault, tokens_in
from graphs.brains.wire import CURRENT, fault_of, recording_client
from prompts.render import Prompt
from tools.risk.advice import Cause

HIDDEN = "[key]"
Scrub: TypeAlias = Callable[[str], str]


def as_it_is(text: str) -> str:
    """``text``: nothing else is known to be secret."""
    return text


class LangchainProvider(ABC):
    """A provider's chat model, asked once a call.

    Args:
        model: Its name of the model.
        key: Never shown: it is taken out of whatever is kept of a call.
        scrub: Takes every other secret out of it, and the key in other spellings.
    """

    name: str
    dialect: Dialect

    def __init__(self, model: str, key: SecretStr, scrub: Scrub = as_it_is) -> None:
        self.model = model
        self._key, self._scrub_text = key, scrub
        self._client = recording_client()

    async def complete(self, prompt: Prompt, timeout_s: float) -> Completion:
        """The answer to ``prompt``.

        Raises:
            ProviderFault: There is none that stopped normally.
        """
        exchange = Exchange()
        CURRENT.set(exchange)
        try:
            # What is asked never leaves through a tracing variable.
            with tracing_context(enabled=False):
                async with asyncio.timeout(timeout_s):
                    message = await self._chat(prompt).ainvoke(
                        [self._system(prompt), HumanMessage(prompt.user)]
                    )
        except Exception as error:  # noqa: BLE001  libraries raise a dozen kinds; each becomes a typed fault
            raise self._without_key(fault_of(error, exchange)) from None
        return self._accept(message, exchange)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._client.aclose()

    @abstractmethod
    def _chat(self, prompt: Prompt) -> Any:
        """The model, bound to the schema of the answer to ``prompt``."""

    def _system(self, prompt: Prompt) -> SystemMessage:
        return SystemMessage(prompt.system)

    def _accept(self, message: AIMessage, exchange: Exchange) -> Completion:
        tokens = tokens_in(exchange.answer)
        meta = message.response_metadata
        stop = meta.get("finish_reason") or meta.get("stop_reason")
        cause = self.dialect.fault_of_stop(stop)
        if message.additional_kwargs.get("refusal"):
            cause = Cause.REFUSED
        text = str(message.text)
        if cause is None and not text.strip():
            cause = Cause.EMPTY
        if cause is not None:
            fault = ProviderFault(cause, f"the answer stopped with {stop}", exchange, tokens=tokens)
            raise self._without_key(fault)
        self._scrub(exchange)
        return Completion(self._clean(text), tokens, exchange)

    def _without_key(self, fault: ProviderFault) -> ProviderFault:
        self._scrub(fault.exchange)
        return ProviderFault(
            fault.cause, self._clean(fault.detail), fault.exchange, is_free=fault.is_free, tokens=fault.tokens
        )

    def _scrub(self, exchange: Exchange) -> None:
        exchange.request, exchange.answer = (
            self._clean(sent.decode(errors="surrogateescape")).encode(errors="surrogateescape")
            for sent in (exchange.request, exchange.answer)
        )

    def _clean(self, text: str) -> str:
        return self._scrub_text(text.replace(self._key.get_secret_value() or "\0", HIDDEN))
