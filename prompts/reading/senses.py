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


_SIZE = "symbol_size_share"
_SETTINGS = (
    (("m", "value"), _SIZE),
    (("result", "stop"), "stop_bps"),
    (("result", "timeout"), "hold_timeout_s"),
)


def of_settings(raw: Raw) -> list[tuple[int, str, Meanings]]:
    """``raw`` in which a size, stop or timeout that was moved is a setting, where it is asked why.

    Not where a decision, signal, trade or limit is named: that one's size was cut, or its stop reached.
    """
    told = list(raw)
    is_asked = any(("q", "why") in slots for _, _, meanings in told for slots in meanings)
    moved = [
        place
        for place, (_, _, each) in enumerate(told)
        if _says(each, "direction") or (("act", "change"),) in each
    ]
    named = ("ent", "id", "t", "limit", "mm", "param", "parameter")
    if not is_asked or not moved or any(_anywhere(told, -1, slot) for slot in named):
        return told
    if any(slots and slots[0] == ("dim", "limit") for _, _, meanings in told for slots in meanings):
        return told
    for place, (at, text, meanings) in enumerate(told):
        for meant, name in _SETTINGS:
            if meant in [slots[0] for slots in meanings if slots] or (name == _SIZE and text == "size of"):
                told[place] = (at, text, ((("param", name),),))
    return told


def sense(raw: Raw, place: int) -> Slots:
    """Which of its meanings a part has beside the others."""
    _, text, meanings = raw[place]
    heads = {slots[0][0] if slots else "-" for slots in meanings}
    if is_loose(text):
        return _loose(raw, place)
    told = _of_the_learned(raw, place, heads)
    if told is not None:
        return told
    if "cmp" in heads:
        is_bound = _near(raw, place, 1, ("num", "once")) or text == "min"
        if heads == {"cmp"} and text in ("over", "within", "under", "beyond", "trên", "tren"):
            return meanings[0] if is_bound else ()
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
        is_long = is_long or any(
            ("unit", one) in slots for _, _, m in before for slots in m for one in ("s", "min")
        )
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


_LOOSE = ("nao", "may", "ngay", "over", "within", "vào", "vao", "when", "khi", "giờ", "gio", "con", "ban")


def is_loose(text: str) -> bool:
    """Whether a word says something only in some places."""
    return text in _LOOSE


def _loose(raw: Raw, place: int) -> Slots:
    """A word that is a preposition, a conjunction or an address except where its neighbours say otherwise."""
    _, text, meanings = raw[place]
    if text == "nao":
        return _pick(meanings, "q")
    if text == "may":
        return _pick(meanings, "q") if _near(raw, place, 1, ("ent", "dim", "unit", "action", "won")) else ()
    if text == "ngay":
        return (
            _pick(meanings, "dim")
            if _near(raw, place, 1, ("q",)) or _near(raw, place, -1, ("by", "q"))
            else ()
        )
    if text in ("over", "within"):
        return _pick(meanings, "cmp") if _near(raw, place, 1, ("num", "once")) else ()
    if text in ("vào", "vao"):
        is_of_time = _near(raw, place, 1, ("dim", "t", "mm")) or _near(raw, place, 1, ("q",))
        return () if is_of_time else meanings[0]
    if text in ("when", "khi"):
        asks = ("count", "num", "share", "amount", "which", "howlong", "list")
        is_asked = any(_anywhere(raw, place, "q", one) for one in asks) or _anywhere(raw, place, "agg")
        return () if place and is_asked else meanings[0]
    if text == "ban":
        is_sold = _near(raw, place, -1, ("ent", "num", "join", "q")) or _near(raw, place, 1, ("join",))
        return _pick(meanings, "side") if is_sold else ()
    is_named = _near(raw, place, 1, ("q",)) or _near(raw, place, -1, ("by", "q", "num"))
    if text in ("giờ", "gio"):
        return meanings[0] if is_named or _near(raw, place, 1, ("sup",)) else ()
    return () if place and _near(raw, place, 1, ("q",)) and not _is_which(raw, place + 1) else meanings[0]


def _is_which(raw: Raw, place: int) -> bool:
    return place < len(raw) and any(("q", "which") in slots for slots in raw[place][2])


def _of_the_learned(raw: Raw, place: int, heads: set[str]) -> Slots | None:
    """Words that are said of settings and limits, of market makers, or of what was learned."""
    _, text, meanings = raw[place]
    if heads == {"dim", "-"} and text.startswith(("all", "every")):
        return _pick(meanings, "dim" if _near(raw, place, -1, ("q",)) else "-")
    if heads == {"route", "ent"}:
        is_settler = _near(raw, place, -1, ("act", "by")) or _near(raw, place, 1, ("act",))
        others = any(_anywhere(raw, place, "ent", one) for one in ("trade", "decision", "order", "fill"))
        told = any(_anywhere(raw, place, one) for one in ("standing",)) or _anywhere(
            raw, place, "dim", "feature"
        )
        return _pick(meanings, "ent" if told and not is_settler and not others else "route")
    is_of_settings = _anywhere(raw, place, "parameter") or _anywhere(raw, place, "param")
    is_of_settings = (
        is_of_settings or _anywhere(raw, place, "dim", "parameter") or _anywhere(raw, place, "ent", "change")
    )
    if "clamped" in heads and text in ("cut", "cuts") and _near(raw, place, -1, ("sup", "agg")):
        return (("m", "cut"),)
    if "clamped" in heads:
        if is_of_settings and "direction" in heads:
            return _pick(meanings, "direction")
        is_of_limit = _anywhere(raw, place, "limit") or _anywhere(raw, place, "dim", "limit")
        is_of_sizes = any(_anywhere(raw, place, "ent", one) for one in ("decision", "trade", "probe"))
        is_of_sizes = is_of_sizes or _anywhere(raw, place, "action") or _anywhere(raw, place, "m", "value")
        if is_of_limit or (is_of_sizes and not heads & {"direction", "better"}):
            return _pick(meanings, "clamped")
        return _pick(meanings, "direction", "better", "clamped")
    if "leave" in {slots[0][1] for slots in meanings if slots and slots[0][0] == "act"}:
        is_of_maker = _anywhere(raw, place, "mm")
        if is_of_maker:
            return _pick(meanings, "act")
        rest = tuple(slots for slots in meanings if slots != (("act", "leave"),))
        return rest[0] if rest else (("act", "leave"),)
    if "standing" in heads and heads & {"act", "neg"}:
        learned = ("strategy", "lesson", "change", "pattern", "run", "experiment")
        is_learned = is_of_settings or any(_anywhere(raw, place, "ent", one) for one in learned)
        return _pick(meanings, "standing") if is_learned else _pick(meanings, "act", "neg")
    if heads == {"dim", "route"} and text in ("model", "models"):
        is_of_calls = any(_anywhere(raw, place, slot) for slot in ("brain", "provider", "tok"))
        is_of_calls = (
            is_of_calls or _anywhere(raw, place, "ent", "call") or _anywhere(raw, place, "m", "tokens")
        )
        return _pick(meanings, "dim" if is_of_calls else "route")
    if {"dim", "kind"} <= heads and _near(raw, place, -1, ("q",)) and _anywhere(raw, place, "clamped"):
        return _pick(meanings, "dim")
    if {"dim", "kind"} <= heads:
        is_of_orders = _anywhere(raw, place, "ent", "order") or _near(raw, place, 1, ("ent",))
        return _pick(meanings, "kind" if is_of_orders and text in ("limit", "giới hạn") else "dim")
    if {"purpose", "act"} <= heads:
        is_of_calls = any(_anywhere(raw, place, one) for one in ("brain", "provider", "model_name"))
        return _pick(meanings, "purpose" if is_of_calls or _anywhere(raw, place, "ent", "call") else "act")
    if {"purpose", "ent"} <= heads or {"purpose", "-"} <= heads:
        return _pick(meanings, "purpose")
    if heads == {"dim", "won"}:
        return _pick(
            meanings,
            "dim" if _near(raw, place, 1, ("route",)) or _near(raw, place, -1, ("act", "by")) else "won",
        )
    if heads == {"q", "brain"} and _near(raw, place, -1, ("dim", "ent")):
        return _pick(meanings, "q")
    if heads == {"stage", "act"}:
        return _pick(meanings, "act")
    if heads == {"param", "result"}:
        is_of_trades = any(_anywhere(raw, place, "ent", one) for one in ("trade", "probe", "paper"))
        is_moved = any(
            _anywhere(raw, place, "act", "change") or _anywhere(raw, place, one) for one in ("direction",)
        )
        return _pick(meanings, "result" if is_of_trades and not is_moved else "param")
    if heads == {"m", "agg"}:  # "tong lai" without its marks
        is_measured = any(_anywhere(raw, place, one) for one in ("m", "g", "rate"))
        return _pick(meanings, "agg" if is_measured else "m")
    if heads == {"g", "-"}:  # "lai" without its marks
        is_money = _near(raw, place, -1, ("agg", "ent", "q")) or _near(raw, place, 1, ("q", "unit", "sup"))
        return _pick(meanings, "g" if is_money else "-")
    if heads == {"m", "dim"} and text.startswith(("limit", "giới")):
        return _pick(meanings, "dim")
    return None


def _rule_or_reason(raw: Raw, place: int) -> Slots:
    """A rule, a reason or a veto: a way to split, a route, why, or a refusal."""
    meanings = raw[place][2]
    is_beside_name = _near(raw, place, -1, ("rule",)) or _near(raw, place, 1, ("rule",))
    is_split = _near(raw, place, -1, ("by",)) or any(_is_named_by(raw, place + step) for step in (1, -1))
    is_most = _anywhere(raw, place, "sup") and _anywhere(raw, place, "q", "which")
    heads = {slots[0][0] for slots in meanings if slots}
    if "route" in heads and is_beside_name and not _near(raw, place, -1, ("by",)):
        return ()  # "the spoofing rule" names it
    if "q" in heads:
        is_asked_why = any(_anywhere(raw, place, one) for one in ("parameter", "param", "idn")) or any(
            _anywhere(raw, place, "ent", one) for one in ("strategy", "lesson", "change")
        )
        return _pick(meanings, "q" if is_asked_why or not (is_split or is_most) else "dim")
    return _pick(
        meanings, "dim" if is_split or is_most else "route" if "route" in heads else "act", "act", "dim"
    )


def _is_named_by(raw: Raw, place: int) -> bool:
    """Whether the part at a place asks which of them, or how many."""
    asks = tuple(("q", one) for one in ("which", "count", "num", "list", "why"))
    return 0 <= place < len(raw) and any(one in asks for slots in raw[place][2] for one in slots)


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
