"""Which of its meanings a part of a question has, by the parts around it."""

from __future__ import annotations

from collections.abc import Sequence

from prompts.reading.lexicon import Meanings, Slots

Raw = Sequence[tuple[int, str, Meanings]]


def _says(meanings: Meanings, slot: str) -> bool:
    return any(name == slot for slots in meanings for name, _ in slots)


def _near(raw: Raw, place: int, step: int, slots: Sequence[str]) -> bool:
    """Whether the part beside a place says something of one of ``slots``."""
    other = place + step
    return 0 <= other < len(raw) and any(_says(raw[other][2], slot) for slot in slots)


def _next(raw: Raw, place: int) -> Meanings:
    """What the part behind a place may mean."""
    return raw[place + 1][2] if place + 1 < len(raw) else ()


def _anywhere(raw: Raw, place: int, slot: str, value: str | None = None) -> bool:
    return any(
        any(name == slot and value in (None, said) for slots in meanings for name, said in slots)
        for number, (_, _, meanings) in enumerate(raw)
        if number != place
    )


def _pick(meanings: Meanings, *wanted: str) -> Slots:
    """The meaning that speaks first of the first of ``wanted`` that any speaks of."""
    for slot in wanted:
        for slots in meanings:
            if (not slots and slot == "-") or (slots and slots[0][0] == slot):
                return slots
    return meanings[0]


def sense(raw: Raw, place: int) -> Slots:
    """Which of its meanings a part has beside the others."""
    _, text, meanings = raw[place]
    heads = {slots[0][0] if slots else "-" for slots in meanings}
    if "cmp" in heads:
        is_bound = _near(raw, place, 1, ("num", "once")) or text == "min"
        return _pick(meanings, "cmp") if is_bound else _pick(meanings, "better", "sup", "-", "cmp")
    if "unit" in heads and "sup" in heads:
        return _pick(meanings, "unit" if _near(raw, place, -1, ("num", "q")) else "sup")
    if "unit" in heads and "order" in heads:
        is_order = _near(raw, place, 1, ("sup", "ent", "order", "action", "g"))
        return _pick(meanings, "order" if is_order else "unit")
    if "unit" in heads and "q" in heads:
        return _pick(meanings, "unit" if _near(raw, place, -1, ("num", "q")) else "q")
    if "sup" in heads and text == "top":
        return (("sup", "high"),)
    if "dim" in heads and heads & {"q", "route", "act"}:
        return _rule_or_reason(raw, place)
    if "ent" in heads:
        return _noun_or_deed(raw, place)
    if "by" in heads:
        if _near(raw, place, 1, ("dim",)):
            return _pick(meanings, "by")
        return _pick(meanings, "act" if _near(raw, place, 1, ("route", "brain")) else "-", "act")
    if heads >= {"act", "-"} or heads >= {"act", "verb"}:
        is_settler = _near(raw, place, 1, ("route", "brain")) or any(
            ("ent", one) in slots for one in ("pattern", "strategy") for slots in _next(raw, place)
        )
        return _pick(meanings, "act" if is_settler else "-", "verb", "act")
    if heads == {"q", "brain"}:
        return _pick(meanings, "brain")
    if heads == {"m", "act"}:
        is_value = _anywhere(raw, place, "parameter") or _anywhere(raw, place, "dim", "parameter")
        return _pick(meanings, "m" if is_value else "act")
    if heads == {"m", "g"}:
        is_of_brain = any(_anywhere(raw, place, slot) for slot in ("brain", "provider", "model_name"))
        return _pick(meanings, "m" if is_of_brain or _anywhere(raw, place, "ent", "call") else "g")
    if heads == {"m", "order"}:
        before = raw[:place]
        is_long = any(("q", "howlong") in slots for _, _, meanings in before for slots in meanings)
        return _pick(meanings, "m" if is_long or _near(raw, place, 1, ("cmp",)) else "order")
    if heads == {"m", "verb"}:
        is_asked = not any(_anywhere(raw, place, slot) for slot in ("m", "g", "ent", "rate", "action", "act"))
        return _pick(meanings, "m" if is_asked else "verb")
    if heads == {"m", "-"}:
        is_value = _anywhere(raw, place, "parameter") or _anywhere(raw, place, "dim", "parameter")
        return _pick(meanings, "m" if is_value else "-")
    if heads == {"direction", "-"} or heads == {"direction", "better"}:
        is_change = any(_anywhere(raw, place, slot) for slot in ("parameter",)) or _anywhere(
            raw, place, "dim", "parameter"
        )
        return _pick(meanings, "direction") if is_change else _pick(meanings, "better", "-")
    if heads == {"standing", "g"}:
        is_of = _anywhere(raw, place, "ent", "strategy") or _anywhere(raw, place, "ent", "lesson")
        return _pick(meanings, "standing" if is_of else "g")
    if heads == {"regime", "m"}:
        is_value = _near(raw, place, -1, ("agg",)) or _near(raw, place, 1, ("agg", "sup"))
        return _pick(meanings, "m" if is_value else "regime")
    if heads == {"dim", "verb"}:
        return _pick(meanings, "dim" if _near(raw, place, -1, ("by", "q")) else "verb")
    if heads >= {"neg", "act"}:
        return _pick(meanings, "neg" if _near(raw, place, 1, ("symbol", "t", "probe", "ent")) else "act")
    return meanings[0]


def _rule_or_reason(raw: Raw, place: int) -> Slots:
    """A rule, a reason or a veto: a way to split, a route, why, or a refusal."""
    meanings = raw[place][2]
    is_beside_name = _near(raw, place, -1, ("rule",)) or _near(raw, place, 1, ("rule",))
    is_split = _near(raw, place, -1, ("by",)) or _near(raw, place, 1, ("q",)) or _near(raw, place, -1, ("q",))
    is_most = _anywhere(raw, place, "sup") and _anywhere(raw, place, "q", "which")
    heads = {slots[0][0] for slots in meanings if slots}
    if "route" in heads and is_beside_name and not _near(raw, place, -1, ("by",)):
        return ()  # "the spoofing rule" names it
    if "q" in heads:
        is_asked_why = _anywhere(raw, place, "parameter") or _anywhere(raw, place, "ent", "strategy")
        return _pick(meanings, "q" if is_asked_why or not (is_split or is_most) else "dim")
    return _pick(
        meanings, "dim" if is_split or is_most else "route" if "route" in heads else "act", "act", "dim"
    )


def _noun_or_deed(raw: Raw, place: int) -> Slots:
    """Skips are decisions where nothing else is counted, else what was done with it."""
    _, _, meanings = raw[place]
    others = any(
        any(slots and slots[0][0] == "ent" for slots in each)
        and not any(not slots or slots[0][0] != "ent" for slots in each)
        for number, (_, _, each) in enumerate(raw)
        if number != place
    )
    heads = [slots[0][0] for slots in meanings if slots]
    if "g" in heads:
        is_noun = _near(raw, place, -1, ("sup", "order", "agg", "num")) or (
            _near(raw, place, -1, ("q",)) and not _near(raw, place, 1, ("ent",))
        )
        return _pick(meanings, "ent" if is_noun and not others else "g")
    deed = next((head for head in heads if head != "ent"), "ent")
    return _pick(meanings, deed if others else "ent")
