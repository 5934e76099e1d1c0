"""What a model may answer, checked strictly: anything else is not an answer.

A model's text is untrusted. It can take, reduce or skip a proposed entry and cite ids it
was shown; there is no field through which it could raise, add or place anything.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LONGEST_TEXT = 4_000  # characters; a longer answer is not read


class AnswerRejected(ValueError):
    """The text is not an answer; the message says what was expected and what was there."""


class ConsultAction(StrEnum):
    """What a brain may say of a proposed entry."""

    TAKE = "take"
    REDUCE = "reduce"
    SKIP = "skip"


class ConsultReply(BaseModel):
    """One answer on one ambiguous signal."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    action: ConsultAction
    size_fraction: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    cited_ids: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=25)] = ()


def parse_reply(text: str, shown_ids: Collection[str]) -> ConsultReply:
    """The answer in ``text``, a JSON object and nothing else.

    Raises:
        AnswerRejected: The text is too long, is no such object, or cites what was not shown.
    """
    if len(text) > LONGEST_TEXT:
        raise AnswerRejected(f"expected at most {LONGEST_TEXT} characters, was {len(text)}")
    try:
        reply = ConsultReply.model_validate_json(text)
    except ValidationError as fault:
        raise AnswerRejected(_first_fault(fault)) from fault
    foreign = sorted(set(reply.cited_ids) - set(shown_ids))
    if foreign:
        raise AnswerRejected(f"cites ids that were not shown: {', '.join(foreign)}")
    return reply


def _first_fault(fault: ValidationError) -> str:
    first = fault.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "answer"
    return f"{place}: {first['msg']}"[:200]
