"""One call to a provider: what it gives, or the typed fault it ends with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from memory.consultations import Tokens
from prompts.render import Prompt
from tools.risk.advice import Cause

MOST_OUTPUT_TOKENS = 600  # of one answer, reasoning included


@dataclass(slots=True)
class Exchange:
    """What went over the wire during one call.

    Attributes:
        request: The body sent, empty where none was.
        answer: The body received so far.
        status: HTTP status; None where there was no response.
        error: What the transport raised, if it did.
    """

    request: bytes = b""
    answer: bytes = b""
    status: int | None = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer that stopped normally.

    Attributes:
        tokens: What the provider counted; None where it did not say.
    """

    text: str
    tokens: Tokens | None
    exchange: Exchange


class ProviderFault(Exception):
    """A call that gave nothing usable.

    Attributes:
        is_free: Whether the provider certainly charges nothing for it.
        tokens: What it counted all the same, where it said so.
    """

    def __init__(
        self,
        cause: Cause,
        detail: str,
        exchange: Exchange | None = None,
        *,
        is_free: bool = False,
        tokens: Tokens | None = None,
    ) -> None:
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail
        self.exchange = exchange or Exchange()
        self.is_free = is_free
        self.tokens = tokens


class ChatProvider(Protocol):
    """A language model behind an API, asked once and never retried.

    ``complete`` is cancelled at the deadline; it must then let go of its connection.
    """

    name: str
    model: str

    async def complete(self, prompt: Prompt, timeout_s: float) -> Completion:
        """The answer to ``prompt``.

        Raises:
            ProviderFault: There is none that stopped normally.
        """
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a provider says how an answer ended.

    Attributes:
        done: Stop reasons of a complete answer.
        cut: Those of an answer that was cut off.
        refused: Those of a refusal.
    """

    done: frozenset[str]
    cut: frozenset[str]
    refused: frozenset[str]

    def fault_of_stop(self, stop: str | None) -> Cause | None:
        """Why an answer that stopped so is unusable; None for a normal end."""
        if stop in self.done:
            return None
        if stop in self.cut:
            return Cause.TRUNCATED
        return Cause.REFUSED if stop in self.refused else Cause.ODD_STOP


OPENAI = Dialect(frozenset({"stop"}), frozenset({"length"}), frozenset({"content_filter"}))
ANTHROPIC = Dialect(
    frozenset({"end_turn"}),
    frozenset({"max_tokens", "model_context_window_exceeded"}),
    frozenset({"refusal"}),
)


def tokens_in(body: bytes) -> Tokens | None:
    """What a response body says was counted, of either provider; None where it does not say."""
    try:
        usage = orjson.loads(body)["usage"]
        return _openai_tokens(usage) if "prompt_tokens" in usage else _anthropic_tokens(usage)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def _openai_tokens(usage: Mapping[str, Any]) -> Tokens:
    """``prompt_tokens`` includes what came from the cache."""
    details = usage.get("prompt_tokens_details") or {}
    return _checked(
        usage["prompt_tokens"],
        usage["completion_tokens"],
        details.get("cached_tokens") or 0,
        details.get("cache_write_tokens") or 0,
    )


def _anthropic_tokens(usage: Mapping[str, Any]) -> Tokens:
    """``input_tokens`` leaves out what came from and went to the cache."""
    read = usage.get("cache_read_input_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    return _checked(usage["input_tokens"] + read + written, usage["output_tokens"], read, written)


def _checked(sent: Any, answered: Any, cached: Any, written: Any) -> Tokens:
    counts = (sent, answered, cached, written)
    if not all(type(count) is int and count >= 0 for count in counts) or cached + written > sent:
        raise ValueError(f"expected counts of tokens, was {counts}")
    return Tokens(input=sent, output=answered, cached=cached, cache_write=written)
