"""OpenAI, or anything that speaks its chat completions, such as a model on this machine."""

from __future__ import annotations

from typing import Any

from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from graphs.brains.chat import LangchainProvider, Scrub, as_it_is
from graphs.brains.completion import MOST_OUTPUT_TOKENS, OPENAI
from graphs.brains.wire import deaf_client
from prompts.forms import schema_of
from prompts.render import Prompt

REASONING = ("gpt-5", "o1", "o3", "o4")  # models that think before they answer


class OpenAIProvider(LangchainProvider):
    """Asks by chat completions, with the schema of an answer enforced by the provider.

    Args:
        model: Its name of the model.
        key: The key.
        base_url: Where it is; None is the provider's own.
        is_local: Whether it runs here: its name is then ``local``, and it is asked without chance.
        scrub: As of its base class.
    """

    dialect = OPENAI

    def __init__(
        self,
        model: str,
        key: SecretStr,
        base_url: str | None = None,
        *,
        is_local: bool = False,
        scrub: Scrub = as_it_is,
    ) -> None:
        super().__init__(model, key, scrub)
        self.name = "local" if is_local else "openai"
        options: dict[str, Any] = {"temperature": 0} if is_local else {}
        if not is_local and model.startswith(REASONING):
            options["reasoning_effort"] = "minimal"
        self._is_local = is_local
        self._model = ChatOpenAI(
            model=model,
            api_key=key,
            base_url=base_url,
            max_retries=0,
            cache=False,
            use_responses_api=False,
            max_completion_tokens=MOST_OUTPUT_TOKENS,
            http_client=deaf_client(),
            http_async_client=self._client,
            **options,
        )

    def _chat(self, prompt: Prompt) -> Any:
        return self._model.bind(response_format=_response_format(prompt.form, self._is_local))


def _response_format(form: str, is_bounded: bool) -> dict[str, object]:
    shape = {"name": form, "strict": True, "schema": schema_of(form, is_bounded=is_bounded)}
    return {"type": "json_schema", "json_schema": shape}
