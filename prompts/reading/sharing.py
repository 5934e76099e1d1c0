"""A share: which filters make the part, and which the whole."""

from __future__ import annotations

from collections.abc import Mapping

from prompts.reading.drafts import Draft
from prompts.reading.parts import Unread
from prompts.reading.subject import Filter

_RATES: Mapping[str, tuple[str, str | int]] = {
    "won": ("won", 1), "lost": ("won", 0), "stop": ("result", "stop"),
    "take_profit": ("result", "take_profit"), "probe": ("probe", 1), "maker": ("maker", "maker"),
    "timeout": ("result", "timeout"), "abort": ("result", "abort"), "skip": ("action", "skip"),
    "enter": ("action", "enter"), "abstain": ("action", "abstain"),
}  # fmt: skip


def share(made: Draft) -> None:
    """Settle which filters make the part of a share, and which the whole.

    Raises:
        Unread: It is not certain.
    """
    parts = made.parts
    rates = parts.all("rate")
    if rates:
        names = list(dict.fromkeys(one.get("rate") for one in rates))
        if len(names) > 1:
            raise Unread("two shares at once", [one.text for one in rates])
        if (
            made.measure is not None
            and made.measure.is_said
            and made.measure.column not in ("net", "net_bps")
        ):
            raise Unread("a share and a value at once", [one.text for one in rates])
        parts.use(*(one for one in rates if not one.has("sup")))
        column, value = _RATES[names[0]]
        same = [one for one in made.filters if one.column == column and one.value == value]
        made.filters = [one for one in made.filters if one not in same]  # "win rate: how many made money"
        made.part = [Filter(column, value, False, 0)]
        _drop_net(made)
        return
    asked = parts.first("q", "share") or parts.first("q", "often")
    assert asked is not None  # noqa: S101 (there is a share)
    at = parts.place(asked)
    after = [one for one in made.filters if one.at > at]
    bounds = [one for one in made.bounds if one[0] > at]
    chosen = _chosen(made, [*after], at)
    if not chosen and bounds:
        made.part_bounds = [one for _, one in bounds]
        made.bounds = [one for one in made.bounds if one not in bounds]
        _drop_net(made)
        return
    if not chosen:
        before = [one for one in made.filters if one.at < at]
        predicates = [one for one in before if one.is_predicate]
        places = [one for one in before if not one.is_predicate]
        chosen = predicates[-1:] if predicates else places[-1:] if len(places) == 1 else []
    if not chosen:
        raise Unread("a share of what is not clear", [asked.text])
    made.part = chosen
    made.filters = [one for one in made.filters if one not in chosen]
    if made.measure is not None and made.measure.column not in ("fee", "cost", "value", "tokens"):
        _drop_net(made)


def _drop_net(made: Draft) -> None:
    """Having made money after fees" beside a share says which part, and measures nothing."""
    if made.measure is not None and (made.measure.column in ("net", "net_bps") or not made.measure.is_said):
        made.measure = None


def _chosen(made: Draft, after: list[Filter], at: int) -> list[Filter]:
    """Of the filters behind the question for a share those that make the part."""
    parts = made.parts
    groups: list[list[Filter]] = [[]]
    was_noun = False
    for number, spot in enumerate(parts.spots):
        if number <= at:
            continue
        if spot.has("verb") and (was_noun or groups[-1]):
            groups.append([])
        was_noun = was_noun or spot.has("ent") or spot.has("dim") or spot.has("m")
        groups[-1] += [one for one in after if one.at == number]
    filled = [one for one in groups[1:] if one]
    for group in reversed(filled):
        predicates = [one for one in group if one.is_predicate]
        if predicates:
            return predicates
    if filled:
        return filled[-1]
    predicates = [one for one in groups[0] if one.is_predicate]
    if len(predicates) > 1:
        return predicates[-1:]
    if predicates:
        return predicates
    return groups[0] if len(groups[0]) == 1 else []
