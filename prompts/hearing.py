"""The words of a question, sorted into what each of them says; strange ones are kept apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from prompts.vocabulary import DECIDING, FILLERS, MARKET_MAKERS, NUMBERS, TAKING, WORDS
from tools.domain.errors import NotInRecord
from tools.domain.parameter import SPECS
from tools.domain.trading import Action

# Words for some of the trades; "lost" may be what all of them did together.
_PARTS = "losing loser losers losses winner winners winning wins"
PARTS = frozenset(_PARTS.split())
QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "USD", "EUR", "BTC", "ETH")
_PAIR = re.compile(rf"[A-Z0-9]{{2,}}[-_/]?(?:{'|'.join(QUOTES)})(?:[-_]?PERP)?", re.IGNORECASE)
# What people call a coin whose ticker they do not type.
NAMES: Mapping[str, str] = {
    "bitcoin": "BTC", "ethereum": "ETH", "ether": "ETH", "solana": "SOL", "ripple": "XRP", "dogecoin": "DOGE",
    "cardano": "ADA", "chainlink": "LINK", "avalanche": "AVAX", "vechain": "VET", "algorand": "ALGO",
    "polkadot": "DOT", "litecoin": "LTC", "binancecoin": "BNB", "tron": "TRX", "polygon": "MATIC",
}  # fmt: skip
_COINS = "btc eth bnb sol xrp doge ada avax trx matic ltc shib xlm arb vet algo icp hbar aave pepe bch inj"
COINS = frozenset(_COINS.split())
# Slots that speak of the same thing: naming one of them anew drops what was said in the others.
EXCLUSIVE = (
    ("action", "untaken", "probe", "rule"),
    ("won", "result", "exit", "kind"),
    ("best", "most", "limit", "length", "place", "oldest"),
    ("world", "run"),
    ("ask", "measure", "asked"),
)


@dataclass
class Heard:
    """What the words said, slot by slot."""

    said: dict[str, list[object]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)

    def add(self, slot: str, value: object) -> None:
        """Keep that ``slot`` was said to be ``value``."""
        values = self.said.setdefault(slot, [])
        if value not in values:
            values.append(value)

    def then(self, later: Heard) -> Heard:
        """What holds after ``later`` was said: its words replace what they contradict."""
        said = {slot: list(values) for slot, values in self.said.items() if slot not in later.said}
        for group in EXCLUSIVE:
            if any(slot in later.said for slot in group):
                said = {slot: values for slot, values in said.items() if slot not in group}
        is_ranked = any(slot in later.said for slot in ("best", "most", "length")) and "ask" not in later.said
        if is_ranked and "count" in said.get("ask", []):
            del said["ask"]
        if "verb" in self.said and not {"ask", "measure"} & set(later.said):
            said["verb"] = list(self.said["verb"])  # "what about ETH?" asks nothing new
        return Heard({slot: list(values) for slot, values in later.said.items()} | said)

    def has(self, slot: str, value: object | None = None) -> bool:
        """Whether ``slot`` was named, or was named as ``value``."""
        return slot in self.said if value is None else value in self.said.get(slot, [])

    def one(self, slot: str) -> object | None:
        """The slot's only value, None without one."""
        values = self.said.get(slot, [])
        if len(values) > 1:
            names = " and ".join(str(value) for value in values)
            raise NotInRecord(
                f"not in the record as one figure: the question names {names} at once; "
                "ask about one of them at a time"
            )
        return values[0] if values else None

    def without(self, slot: str) -> Heard:
        """The same without what ``slot`` was said to be."""
        return Heard({name: values for name, values in self.said.items() if name != slot}, list(self.strange))

    def of(self, slots: Collection[str]) -> Heard:
        """What was said in ``slots`` alone."""
        return Heard(
            {name: values for name, values in self.said.items() if name in slots}, list(self.strange)
        )

    def only(self, slot: str, value: object) -> Heard:
        """The same with ``slot`` said to be ``value`` alone."""
        return Heard({**self.said, slot: [value]}, list(self.strange))


def hear(word: str, heard: Heard, symbols: Sequence[str], shouted: Collection[str] = ()) -> None:
    """Take in one word.

    Args:
        word: In lower case.
        heard: Where it is noted.
        symbols: Symbols in the record.
        shouted: Words that were written in capitals: only these name a coin that is a word as well.

    Raises:
        NotInRecord: It is a symbol that is not in the record, or may be several.
    """
    word = word.removesuffix("'s")
    is_word = word in WORDS or word in FILLERS or word in NUMBERS
    symbol = None if is_word and word not in shouted else _symbol(word, symbols)
    if symbol is not None:
        heard.add("symbol", symbol)
    elif word in WORDS:
        slot, value = WORDS[word]
        heard.add(slot, value)
        if value == Action.ENTER:
            heard.add("verb", "take" if word in TAKING else "enter")
        if value == "learned" and word.startswith("lesson"):
            heard.add("subject", "lessons")
    elif word in SPECS:
        heard.add("parameter", word)
    elif _PAIR.fullmatch(word) or word in COINS or word in NAMES:
        known = ", ".join(symbols) or "none"
        raise NotInRecord(f"not in the record: {word.upper()}; symbols there are: {known}")
    elif word and word not in FILLERS:
        heard.strange.append(word)
    _note_verb(word, heard)


def _note_verb(word: str, heard: Heard) -> None:
    if word in ("do", "doing", "done", "went", "go", "going", "made", "make"):
        heard.add("verb", "do")
    if word in DECIDING:
        heard.add("verb", "decide")
    if word in PARTS:
        heard.add("part", True)
    if word in ("how", "what", "which", "change", "changed", "changes", "when"):
        heard.add("verb", word.removesuffix("d").removesuffix("s"))


def _symbol(word: str, symbols: Sequence[str]) -> str | None:
    """The symbol a word names in full or by its base; None when it names none."""
    wanted = NAMES.get(word, re.sub(r"[-_/]", "", word).upper())
    exact = [name for name in symbols if re.sub(r"[-_/]", "", name).upper() == wanted]
    if exact:
        return exact[0]
    based = [name for name in symbols if base_of(name) == wanted]
    if len(based) > 1:
        raise NotInRecord(
            f"not in the record as one symbol: {word.upper()} may be {', '.join(based)}; name one of them"
        )
    return based[0] if based else None


def named_symbols(text: str, symbols: Sequence[str]) -> set[str]:
    """The symbols in the record that ``text`` names; a coin that is a word as well only in capitals."""
    found: set[str] = set()
    for word in re.findall(r"[\w/-]+", text):
        lower = word.lower().strip("-/_")
        is_word = lower in WORDS or lower in FILLERS or lower in NUMBERS
        symbol = None if is_word and not word.isupper() else _symbol(lower, symbols)
        if symbol is not None:
            found.add(symbol)
    return found


def base_of(symbol: str) -> str:
    """The coin of a symbol, e.g. BTC of BTCUSDT."""
    plain = re.sub(r"[-_/]", "", symbol).upper().removesuffix("PERP")
    for quote in QUOTES:
        if plain.endswith(quote) and len(plain) > len(quote):
            return plain.removesuffix(quote)
    return plain


_OF_MAKERS = {"value_quote": "mm_avg_order_size", "size": "mm_avg_order_size", "spread_bps": "mm_spread_bps"}


def _of_market_makers(heard: Heard) -> Heard:
    """A size or spread beside a market maker is the market maker's."""
    fields = [str(one) for one in heard.said.get("field", [])]
    if heard.said.get("untold") != [MARKET_MAKERS] or not fields or set(fields) - set(_OF_MAKERS):
        return heard
    return heard.without("untold").only("field", _OF_MAKERS[fields[0]])


_OF_RULES = ("action", "untaken", "route")
_FIELD_OF = {"mm_confidence": "mm_confidence", "spoofing": "spoofing_score"}


def with_topics(heard: Heard) -> Heard:
    """What is both a rule and a value, "MM confidence", as the one that the other words speak of.

    A rule refuses: where skips, refusals or reasons are asked, it is the rule; else its value is.
    """
    heard = _of_market_makers(heard)
    if not heard.has("topic"):
        return heard
    is_rule = heard.has("ask", "why") or heard.has("group", "rule") or any(map(heard.has, _OF_RULES))
    is_rule = is_rule or (heard.has("ask", "count") and not heard.has("within"))
    is_value = heard.has("statistic") or heard.has("best") or heard.has("most")
    told = heard.without("topic")
    for topic in heard.said["topic"]:
        if is_rule and not is_value:
            told.add("rule", topic)
        else:
            told.add("field", _FIELD_OF[str(topic)])
    return told
