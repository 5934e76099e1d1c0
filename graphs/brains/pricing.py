"""What a call costs, by the bundled price table: at worst before it, really after it.

A token holds at least one byte, so a prompt has at most as many tokens as bytes; a provider
adds some of its own for the form of the answer. A model without a price is not asked.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from genai_prices import Usage, calc_price

from graphs.brains.completion import MOST_OUTPUT_TOKENS
from memory.consultations import Tokens
from prompts.forms import schema_of
from prompts.render import Prompt

UNSEEN_TOKENS = 1_500  # roles, markers, the schema and what a provider writes around it
TYPICAL = Tokens(input=1_900, output=90)  # until calls were counted


class NotPriced(Exception):
    """Nobody knows what a call to this model costs."""


class Tariff(Protocol):
    """The prices of one model, US dollars."""

    def cost_usd(self, tokens: Tokens) -> Decimal:
        """What a call that was counted so costs."""
        ...

    def worst_usd(self, prompt: Prompt) -> Decimal:
        """The most that a call with ``prompt`` can cost."""
        ...


class FreeTariff:
    """A model on this machine."""

    def cost_usd(self, tokens: Tokens) -> Decimal:
        """Nothing."""
        return Decimal(0)

    def worst_usd(self, prompt: Prompt) -> Decimal:
        """Nothing."""
        return Decimal(0)


class ListedTariff:
    """A model in the price table.

    Args:
        provider: The provider's id in the table: ``openai`` or ``anthropic``.
        model: The model's name.

    Raises:
        NotPriced: The table does not know it.
    """

    def __init__(self, provider: str, model: str) -> None:
        self._provider = provider
        self._model = model
        try:
            self.cost_usd(TYPICAL)
        except LookupError as error:
            raise NotPriced(f"not priced: {provider} {model}") from error

    def cost_usd(self, tokens: Tokens) -> Decimal:
        """What a call that was counted so costs."""
        usage = Usage(
            input_tokens=tokens.input,
            cache_read_tokens=tokens.cached,
            cache_write_tokens=tokens.cache_write,
            output_tokens=tokens.output,
        )
        return calc_price(usage, model_ref=self._model, provider_id=self._provider).total_price

    def worst_usd(self, prompt: Prompt) -> Decimal:
        """The most that a call with ``prompt`` can cost: nothing cached, or all of it written to a cache."""
        sent = most_input_tokens(prompt)
        plain = Tokens(input=sent, output=MOST_OUTPUT_TOKENS)
        written = Tokens(input=sent, output=MOST_OUTPUT_TOKENS, cache_write=sent)
        return max(self.cost_usd(plain), self.cost_usd(written))


def most_input_tokens(prompt: Prompt) -> int:
    """More tokens than a call with ``prompt`` can have."""
    schema = str(schema_of(prompt.form))
    return len(prompt.system.encode()) + len(prompt.user.encode()) + len(schema.encode()) + UNSEEN_TOKENS


def is_plausible(tokens: Tokens, prompt: Prompt) -> bool:
    """Whether a provider can have counted so."""
    return tokens.input <= most_input_tokens(prompt) and tokens.output <= MOST_OUTPUT_TOKENS
