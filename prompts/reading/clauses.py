"""Clauses that say again what a word beside them means, and turns of phrase that stand for one word.

They are found without the marks of Vietnamese and put into plainer words where they stand; of a pattern
with a group the group alone is.
"""

from __future__ import annotations

import re

from prompts.reading.words import bare

_MM = r"(?:market[- ]makers?|mms?|nha tao lap(?: thi truong)?)"
_THINGS = r"(?:symbol|coin|pair|market)"
_INCLUDED = re.compile(r",\s*([^,.;?!]{1,60}?) (?:included|inclusive|counted too|counted as well)\b")
_INCLUDING = re.compile(
    r"\b(?:including|inclusive of|counting|regardless of|ke ca|tinh luon|luon ca|bao gom|gom ca|tinh ca"
    r"|gop luon)\b[^,.;?!]*(?=,)"
)
_LEFT_OUT = re.compile(
    r"[,(\u2013-]\s*([^,.;?!()]{1,60}?) (?:are |is |were |was )?"
    r"(?:not counted|excluded|not included|not counting|left out|left aside)\b\)?"
)
_NEITHER = re.compile(r"\bneither (?:of )?([^,.;?!]{1,60}?) nor (?:a |an |the )?")
_RANGE = re.compile(
    r"\b(?:từ|tu|from) (\d+(?:\.\d+)?) ?(?:đến|den|tới|toi|to|-|–) ?(\d+(?:\.\d+)?) "
    r"(?=giây|giay|phút|phut|usdt|usd|bps|đô|seconds?|minutes?|mins?|s\b|lát|lat|slices)"
)
_CONFIDENCE = rf"(?:(?:cua|vao|cho|ve|o) )?(?:{_MM} )?"
_IN_MM = rf"(?:(?:in|of|about) (?:the )?{_MM} ?)?"
_WAS = r"(?:(?:is|was|were|being|had been) )?(?:(?:too|so|very) )?"
_LITTLE = "(?:low|weak|small|little|insufficient)"
_LOW = r"(?:thap|yeu|kem)(?! (?:nhat|nhut|hon))"
_MOVED = r"(?:changed|moved|raised|lowered|cut|reduced|increased|adjusted|tightened|loosened|touched)"
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_ONES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = (
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
)
_ORDINALS = (
    *((20 + ones, f"twenty[- ]{name}") for ones, name in enumerate(_ONES, start=1)),
    (31, "thirty[- ]first"),
    (30, "thirtieth"),
    (20, "twentieth"),
    *((10 + ones, name) for ones, name in enumerate(_TEENS)),
    *enumerate(_ONES, start=1),
)
_ENDED = r"(?:end|ended|finish|finished|turn out|close|closed|resolved?)"
_SAO = r"(?:nhu )?(?:the nao|ra sao|sao|kieu gi|cach nao|vi ly do gi|vi sao)"
_SPLIT = r"(?:split|divided|broken|cut|sliced)(?: up)? (?:into|in)"
_FIRST_FILL = r"(?:the |our |its )?(?:first )?(?:buy |entry )?(?:fill|entry|buy|purchase|entering|buying)"
_LAST_FILL = r"(?:the |its |our )?(?:last )?(?:exit|close|sell|sale|closing|exiting|selling)(?: fill)?"
_WHO = r"(?:it|you|we|keeper|the (?:bot|agent|system))"
_OTHERS = r"(?:(?:any|all|every|each)(?: of)?(?: the)? others?|anything else|any(?: \w+)? else|the rest)"
_KHAC = r"(?:(?:bat ky|bat cu|tat ca|moi|cac|nhung|so|ca) )+(?:\w+ ){0,2}?(?:nao )?(?:khac|con lai)"
_PUT = (
    # little confidence in the market maker is what its rule refuses for
    (rf"\b(?:do )?tin cay {_CONFIDENCE}(?:(?:bi|la|qua|rat|con|hoi|thi) )*{_LOW}", "mm_confidence"),
    (
        rf"\b(?:{_MM} )?confidence {_IN_MM}{_WAS}{_LITTLE}\b",
        "mm_confidence",
    ),
    (
        rf"\b(?:too )?{_LITTLE} (?:{_MM} )?confidence\b(?: {_IN_MM})?",
        "mm_confidence ",
    ),
    # what is more than all the others is most
    *(
        (rf"\b({many})(?= (?:\w+ ){{0,2}}than {_OTHERS})", f" {most} ")
        for many, most in (
            ("more", "most"),
            ("less|fewer", "fewest"),
            ("better", "best"),
            ("worse", "worst"),
            ("longer|slower", "longest"),
            ("shorter|faster|quicker", "shortest"),
            ("higher|larger|bigger|greater", "highest"),
            ("lower|smaller", "lowest"),
        )
    ),
    (rf"(?<=st)((?: +\w+){{0,2}} +than {_OTHERS}(?: {_THINGS}s?)?)", " "),
    (rf"\b(hon {_KHAC})", "nhất"),
    # pieces of an entry
    (
        rf"\b{_SPLIT} (?:exactly |just |only )?\w+ (orders|parts|pieces|chunks|tranches)\b",
        "slices",
    ),
    (
        r"\bchia (?:nho )?(?:thanh|lam|ra) (?:dung )?\w+ ((?:lenh|phan|dot|manh|khuc)(?: con| nho)?)\b",
        "lát",
    ),
    # one of a weekday is every one of it
    *((rf"\b(an? {day})\b", f"{day}s") for day in _WEEKDAYS.split()),
    # dates in words, and how many are compared
    *(
        (rf"\b(?:the )?({name})(?: of)? (?:the )?(?=(?:{_MONTHS})\b)", f"{number} ")
        for number, name in _ORDINALS
    ),
    (rf"\b(?:these|those|the) (two|both) (?:{_THINGS}|day|date|week|month|hour|route|rule)s\b", " "),
    # how a trade ended is which way of ending it had
    (
        rf"\b(how) (?:did|do|does|was|were|has|have) (?=.*\b{_ENDED}(?: up)?(?: *$|[?.,!]))",
        "which exit reason",
    ),
    (rf"\b(?:(?:ket thuc|dong(?: lai)?|thoat)(?: lenh)?) ({_SAO})\b", " kiểu kết thúc nào "),
    # what is not to be counted
    (r"\b((?:suppose |if |say )?(?:i|we|you) (?:ignore|drop|set aside|put aside|omit)) ", " except "),
    (r"\b(truoc khi (?:no )?(?:duoc|bi)) (?=nang|ha|tang|giam)", "trước khi đổi"),
    (r"\b((?:please )?do not (?:count|include|consider)(?: (?:any|the|in))*) ", " except "),
    # the value that a setting had
    (rf"\bbefore {_WHO} (?:(?:was|were|had been|got) )?(?={_MOVED}\b)", "before the change "),
    # from the first fill to the last a position is held
    (
        rf"\b(?:from|between) {_FIRST_FILL} (?:to|until|till|and) {_LAST_FILL}\b",
        " ",
    ),
    # one of what is counted in time, "less than a minute"
    (
        r"\b(?:than|over|under|within|least|most|exceeding|below|above) (an?|one) (?:minute|second)\b",
        "1",
    ),
    (
        r"\b(?:hon|duoi|chua day|chua den|chua toi|qua|vuot|toi da|tren|it nhat) (mot) (?:phut|giay)\b",
        "1",
    ),
    # a word and its English name in brackets are one
    (r"\b(dung ngoai) ?\( ?abstain", " "),
    (r"\bbo qua ?(\( ?skip\b)", " "),
    (r"\btham do ?(\( ?probes?\b)", " "),
    # the order of a streak is that of closing
    (r"\b(?:counted |taken )?(?:by|in) (?:the )?order (?:in which|that|of when) (?:they|it) \w+\b", " "),
    (r"\b(?:in|by) (?:the )?order (?:they|of) \w+\b", " "),
    (
        (
            r"\b(?:(?:xep|tinh|sap(?: xep)?) theo (?:luc|thoi diem|gio)|(?:\w+ )?theo thu tu) "
            r"(?:dong|vao|ra)(?: lenh)?\b"
        ),
        " ",
    ),
    # a probe is what was refused, a rollback is for what did worse, a finer lesson is a new one
    (
        (r"\b(?:although|even though|though|despite|after|when) (?:the |their |its )?(?:signals?|rules?|it)?"
        r" ?(?:had been |was |were |being |having been )?(?:refused|skipped|rejected|turned down)(?= *$)"),
        " ",
    ),
    (r"\b(?:mac du|du|tuy)(?: tin hieu)?(?: da)? bi (?:tu choi|bo qua|chan)\b", " "),
    (
        r"(?<=back) (?:because|since|as|after) (?:the |its )?(?:trades|results|outcomes|performance)\b.*$",
        " ",
    ),
    (r"(?<=gia tri cu) vi (?:ket qua|lenh|giao dich).*$", " "),
    (r"(?<=hoan tac) vi (?:ket qua|lenh|giao dich).*$", " "),
    (r"\b(?:thanh|bang|boi) (?:mot )?bai(?: hoc)? (?:khac|moi)(?: hon)?\b", " "),
    (r"\b(?:into|by|with) (?:a |another )?(?:newer|finer|later|sharper|new) (?:one|lesson)\b", " "),
    # the days that are asked for
    (
        (
            r"\b(?:days|which day|what day|which date|what date)\b.*?"
            r"( (?:taken |made |closed )?(?:of|on|during) (?:that|the) day)\b"
        ),
        " ",
    ),
    # where a thing was
    (rf"\b(?:their|its|the|that|whose) {_THINGS}(?= (?:was|is|were|being|in)\b)", " "),
    (rf"\b(?:while|when|whenever|khi|luc|trong luc) (?:the |thi )?{_THINGS}(?= (?:was|is|were)\b)", " in "),
    # how long until the first fill
    (
        (r"\b(?:from|between) (?:the |a |making a )?(?:decision|deciding|signal|order) "
        r"(?:to|until|till|and|being) (?:the |its |an? )?(?:first )?(?:fill(?:ed)?|entry|execution)\b"),
        " time to fill ",
    ),
    (
        (r"\btu (?:luc |khi )?(?:ra |co )?quyet dinh (?:den|toi|cho den|cho toi) (?:luc |khi )?(?:lan )?"
        r"(?:duoc )?khop(?: lenh)?(?: dau tien)?\b"),
        " thoi gian khop ",
    ),
    (
        r"\bcho (?:mat )?bao (?:nhieu giay|lau) thi (?:mot )?(?:lenh )?(?:vao )?(?:moi )?(?:duoc )?khop\b",
        " thoi gian khop bao nhieu giay ",
    ),
    # why a limit was there
    (rf"\blimit (?:that|which|to) (?:protects?|spares?) (?:the )?{_MM}\b", " mm_protection limit "),
    (rf"\b(?:gioi han|han muc) (?:de )?bao ve (?:nguoi )?{_MM}\b", " gioi han mm_protection "),
    # what brains were asked about
    (r"\b(?:before|ahead of) (?:asking|(?:each|every|a) call|calling)(?: the)?(?: brains?| llm| ai)?\b", " "),
    (r"\btruoc khi (?:hoi|goi)(?: bo nao| ai| llm| nao)?\b", " "),
    # which times "when" does not ask for
    (r"\b(?:gio|bay gio) con\b", " "),
    (r"(?<=\d(?:st|nd|rd|th)) last\b", " hold "),
    (r"\bof (?:its|their) own accord\b", " "),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern), made) for pattern, made in _PUT)


def plainer(text: str) -> str:
    """``text`` (``plain``) with such clauses left out or put into plainer words."""
    text = _RANGE.sub(r"between \1 and \2 ", text)
    text = _NEITHER.sub(r"not \1 and not ", _LEFT_OUT.sub(r" except \1 ", text))
    text = _INCLUDED.sub(r" including \1 inclend ", text)
    for found in reversed(list(_INCLUDING.finditer(_folded(text)))):
        text = f"{text[: found.end()]} inclend {text[found.end() :]}"
    for pattern, made in _PATTERNS:
        folded = _folded(text)
        made = bare(made) if text.isascii() else made  # in words as they are typed
        for found in reversed(list(pattern.finditer(folded))):
            start, end = found.span(1 if found.re.groups else 0)
            text = f"{text[:start]}{made}{text[end:]}"
    return re.sub(r"\s+", " ", text).strip()


def _folded(text: str) -> str:
    """``text`` without marks, letter by letter, so that places stay what they are."""
    return "".join(letter if letter.isascii() else bare(letter)[:1] or letter for letter in text)
