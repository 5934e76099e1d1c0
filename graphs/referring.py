"""What a pronoun after an answer stands for: "its win rate?" after the symbol that lost the most."""

from __future__ import annotations

from collections.abc import Sequence

from graphs.answers import Answer
from prompts.queries import Ask
from prompts.reading.forms import Form, What

_SAID = {"symbol": "on {}", "hour": "in hour {}", "day": "on {}", "rule": "refused by the {} rule"}
_SAID |= {"route": "by {}", "regime": "in the {} regime", "weekday": "every {}"}
_RANKS = (Ask.EXTREME, Ask.WHY, Ask.FIELD)


def name_of(last: Answer, shown: Sequence[str]) -> str | None:
    """What a pronoun after ``last`` stands for, in words that are understood."""
    query, name = last.query, last.numbers.get("name")
    if isinstance(query, Form):
        return _of_form(query, last, shown)
    if isinstance(name, str) and query.group in _SAID and (query.best is not None or query.sides):
        return _SAID[query.group].format(name.removesuffix(":00") if query.group == "hour" else name.lower())
    cited_ids = tuple(shown) or last.citations
    is_one = query.ask in _RANKS and query.group is None and query.limit >= 1
    is_listed = query.ask is Ask.LIST and last.numbers.get("shown") == 1
    is_single = query.ask is Ask.FIELD and query.best is None and last.numbers.get("n") != 1
    return cited_ids[0] if (is_one or is_listed) and cited_ids and not is_single else None


def _of_form(form: Form, last: Answer, shown: Sequence[str]) -> str | None:
    """As ``_name_of``, of an answer to a question that was read by its parts."""
    name = last.numbers.get("name")
    is_group = form.what in (What.LEADER, What.COMPARE, What.NAMES) and form.group in _SAID
    if isinstance(name, str) and is_group:
        return _SAID[form.group].format(name.removesuffix(":00") if form.group == "hour" else name.lower())
    cited_ids = tuple(shown) or last.citations
    return cited_ids[0] if form.what is What.RECORD and form.limit == 1 and cited_ids else None
