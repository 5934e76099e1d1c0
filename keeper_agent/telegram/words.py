"""The bot's words in the language of the settings; a message that is not there in a language is an error."""

from __future__ import annotations

from collections.abc import Mapping

from keeper_agent.telegram.english import ENGLISH
from keeper_agent.telegram.vietnamese import VIETNAMESE

CATALOGUES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "vi": VIETNAMESE}


class Words:
    """Says things in one language.

    >>> Words("vi")("budget.none")
    'Không hỏi mô hình nào.'
    """

    def __init__(self, language: str) -> None:
        self._texts = CATALOGUES[language]

    def __call__(self, key: str, /, **values: object) -> str:
        """The message ``key`` with ``values`` in their places.

        Raises:
            KeyError: There is no such message, or a value is missing.
        """
        return self._texts[key].format(**values)
