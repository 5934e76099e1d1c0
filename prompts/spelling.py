"""Misspelt words of a question, put right where only one word can be meant; never silently.

A word that is right in itself is never changed into another, however close: "traders" are no trades.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache

from prompts.phrases import PHRASES
from prompts.vocabulary import FILLERS, WORDS

LEAST = 5  # letters; a shorter word is too close to too many others
LONG = 9  # letters from which two slips are forgiven
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_TIME_WORDS_TEXT = """
yesterday today tomorrow week weeks month months year years hour hours minute minutes second seconds day
days morning afternoon evening night tonight monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december last past previous
since until before after between from noon midnight quarter ago utc this current prior during within mon
tue tues wed weds thu thur thurs fri sat sun jan feb mar apr may jun jul aug sep sept oct nov dec till
through next coming future history beginning start starting onward onwards later earlier
"""
_TIME_WORDS = frozenset(_TIME_WORDS_TEXT.split())
_MEANT: Mapping[str, str] = {
    "manny": "many", "mayn": "many", "amny": "many", "hwat": "what", "whne": "when", "wehn": "when",
    "yday": "yesterday", "yest": "yesterday", "ystd": "yesterday", "tdy": "today", "hwo": "how",
    "waht": "what", "wich": "which", "whcih": "which", "whats": "what", "wat": "what", "teh": "the",
    "adn": "and", "mny": "many", "trds": "trades", "skp": "skip", "rsult": "result", "avrg": "average",
    "avgs": "average", "trads": "trades", "wrost": "worst", "bset": "best", "woh": "how", "yuo": "you",
    "yu": "you", "decs": "decisions", "msot": "most", "lsot": "lost", "wni": "win", "fess": "fees",
    "feees": "fees", "ruel": "rule", "tarde": "trade", "wy": "why", "hw": "how", "hourz": "hours",
    "skiped": "skipped", "wining": "winning",
}  # fmt: skip
# Right words within a slip of one that is understood.
_OTHER_TEXT = """
sharpe sortino alpha leverage margin trailing hedge hedges swaps perps strike strikes delta gamma theta maker
taker candle candles volume liquidity depth ticks lots wicks resistance breakout momentum reversal indicator
broken breaks stoploss stake staked staking airdrop mining miner miners block blockchain ledger ledgers
trader traders tread treads trace traces tracks grades older odder films hills fails steps shops slops
ships slips skins lasses bosses clone smells seals prove prone roles rulers motel modes modal brawn braid
worth tonal shore shape spare stare season treason honey monkey toady prize prizes lessor lessen regimen
single rout rouge house houses hoard tours lean learner charge charges charged chance chances dinner
masked budged medium medial folding brought fought empty entity cloned quilt trendy picnic fist weeds
seeks mouth mouths weather spread spreads leverage leveraged country counter court account accounts
counted border borders wonder wander winter wines wings loose lasted listed lasts fillet ordered ruled
stoppers stories store stock stocks stark start stared storage sample simple markers marker makers maker
future futures option options margin margins funding liquidation liquidations withdraw withdrawal deposit
deposits balance balances wallet wallets message messages news tweet tweets monks moths robes robbed
price priced pricing profile profiles prophet protein petition exist exists existed exam example examples
regret regrets regrade signs signed signature
"""
OTHER_WORDS = frozenset(_OTHER_TEXT.split())


def correct(text: str, strange: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """``text`` (lower case) with misspelt words put right, and what was changed, as ``wrong → right``.

    Args:
        text: The question.
        strange: The words in it that were not understood; no other is touched.
    """
    changes: list[str] = []

    def meant(found: re.Match[str]) -> str:
        word = found[0]
        right = (_MEANT.get(word) or _nearest(word)) if word in strange else word
        if right != word:
            changes.append(f"{word} → {right}")
        return right

    return _WORD.sub(meant, text), tuple(dict.fromkeys(changes))


@cache
def _nearest(word: str) -> str:
    """The only word that ``word`` can have been meant as; itself where there is none or more."""
    if len(word) < LEAST or word in OTHER_WORDS:
        return word
    most = 1 if len(word) < LONG else 2
    for slips in range(1, most + 1):
        close = {other for other in _targets() if _is_meant(word, other, slips)}
        if close:
            return _only(close, word)
    return word


def _is_meant(word: str, other: str, slips: int) -> bool:
    """Whether ``word`` is ``other`` with as many slips; one that says nothing only with letters swapped.

    Else a condition would be lost: "trailing" is not "trading".
    """
    is_like = abs(len(other) - len(word)) <= slips and other[0] == word[0]
    is_heard = other not in FILLERS or other in _TIME_WORDS or sorted(other) == sorted(word)
    return is_like and is_heard and _is_within(word, other, slips)


def _only(close: set[str], word: str) -> str:
    """Of several close words the one they all mean the same as; else ``word``."""
    meanings = {WORDS.get(other, ("", other)) for other in close}
    return min(close, key=lambda one: (abs(len(one) - len(word)), one)) if len(meanings) == 1 else word


@cache
def _targets() -> tuple[str, ...]:
    """Words worth correcting to: those that mean something."""
    phrase_words = {word for pattern, _ in PHRASES for word in re.findall(r"[a-z]{5,}", pattern.pattern)}
    words = {*WORDS, *_TIME_WORDS, *phrase_words, *(word for word in FILLERS if len(word) > 4)}
    return tuple(sorted(word for word in words if len(word) >= LEAST - 1 and word not in _MADE_UP))


_MADE_UP_TEXT = """
consultbrain braincost providergroup rulegroup resultgroup holdingnow holdingtime presentstreak netmoney
targethit stophit lastrun untaken turneddown pertrade helpme howmuch howsure mmrule datarule localbrain
bystrategy profitfactor marketmaker winrate
"""
_MADE_UP = frozenset(_MADE_UP_TEXT.split())


def _is_within(word: str, other: str, most: int) -> bool:
    """Whether ``other`` is at most ``most`` slips away: a letter too many, too few, wrong, or two swapped.

    Source: Damerau, A technique for computer detection and correction of spelling errors (1964).
    """
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(word, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (letter != wanted))
            is_swapped = i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted
            row.append(min(cost, rows[-2][j - 2] + 1) if is_swapped else cost)
        rows.append(row)
    return rows[-1][-1] <= most
