"""What a model may answer, checked strictly: anything else is not an answer.

A model's text is untrusted. It can take, reduce or skip a proposed entry and cite ids it
was shown; there is no field through which it could raise, add or place anything.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prompts.claims import Supplied, false_claims

LONGEST_TEXT = 4_000  # characters; a longer answer is not read


class AnswerRejected(ValueError):
    """The text is not an answer; the message says what was expected and what was there."""


class ClaimRejected(AnswerRejected):
    """The answer is well formed and claims what was never shown."""


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
    reply = parse_answer(text)
    foreign = sorted(set(reply.cited_ids) - set(shown_ids))
    if foreign:
        raise ClaimRejected(f"cites ids that were not shown: {', '.join(foreign)[:100]}")
    return reply


def parse_answer(text: str) -> ConsultReply:
    """The answer in ``text``, whatever it cites.

    Raises:
        AnswerRejected: The text is too long or is no such object.
    """
    if len(text) > LONGEST_TEXT:
        raise AnswerRejected(f"expected at most {LONGEST_TEXT} characters, was {len(text)}")
    try:
        return ConsultReply.model_validate_json(text)
    except ValidationError as fault:
        raise AnswerRejected(first_fault(fault)) from fault


def parse_supported(text: str, supplied: Supplied) -> ConsultReply:
    """The answer in ``text``, with every number and id of its reason among what was supplied.

    Raises:
        ClaimRejected: It cites or claims something that was not shown.
        AnswerRejected: It is no answer.
    """
    reply = parse_reply(text, supplied.ids)
    foreign = false_claims(reply.reason, supplied, (reply.size_fraction,))
    if foreign:
        raise ClaimRejected(f"claims what was not shown: {', '.join(foreign)[:100]}")
    return reply


def answer_schema(*, is_bounded: bool = False) -> dict[str, object]:
    """The answer as JSON schema, in the subset that providers enforce; bounds are checked here.

    The action comes first and the reason is short, because a model that rambles is cut off.

    Args:
        is_bounded: Bound the texts as well, for a small model whose grammar can enforce it.
    """
    longest: dict[str, object] = {"maxLength": 160} if is_bounded else {}
    most: dict[str, object] = {"maxItems": 3} if is_bounded else {}
    cited: dict[str, object] = {"type": "string", **({"maxLength": 24} if is_bounded else {})}
    return {
        "type": "object",
        "properties": {
            "action": {"type": "string", "enum": [action.value for action in ConsultAction]},
            "size_fraction": {"type": "number"},
            "reason": {"type": "string", **longest},
            "cited_ids": {"type": "array", "items": cited, **most},
        },
        "required": ["action", "size_fraction", "reason", "cited_ids"],
        "additionalProperties": False,
    }


def first_fault(fault: ValidationError) -> str:
    """Where and how a text is not the form that was asked for, in a line."""
    first = fault.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "answer"
    return f"{place}: {first['msg']}"[:200]
