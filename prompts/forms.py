"""The forms that answers of a model may have, by name, as JSON schema in the subset providers enforce."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prompts.answers import answer_schema
from prompts.proposals import proposal_schema

CONSULTATION, QUESTION = "consultation", "question"


def schema_of(form: str, *, is_bounded: bool = False) -> dict[str, object]:
    """The schema of ``form``; bounded ones are for a small model whose grammar can enforce them."""
    return _SCHEMAS[form](is_bounded)


_SCHEMAS: Mapping[str, Callable[[bool], dict[str, object]]] = {
    CONSULTATION: lambda is_bounded: answer_schema(is_bounded=is_bounded),
    QUESTION: lambda is_bounded: proposal_schema(is_bounded=is_bounded),
}
