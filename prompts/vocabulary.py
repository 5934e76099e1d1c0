"""The words a question may be made of, and what each of them says.

A word that is neither here nor a symbol, date or id makes a question not understood: a
condition that was overlooked would make the answer a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from memory.lookup import Group
from tools.domain.regime import Regime
from tools.domain.trading import Action, Result, Route

Meaning: TypeAlias = tuple[str, object]

PHRASES: Mapping[str, str] = {
    r"how many|how often|number of|how much times|count of": "count",
    r"how come|what made you|for what reason|what was the reason|reason for": "why",
    r"how much": "howmuch",
    r"take[- ]?profits?|profit targets?": "targethit",
    r"stop[- ]?loss(es)?|stopped out": "stophit",
    r"timed? outs?": "timeout",
    r"(win|hit|success) rate": "winrate",
    r"(not|n't|didn't|did not) (buy|bought|enter|take|trade|act|entered|taken|traded)": "untaken",
    r"no (trade|entry|buy)": "untaken",
    r"round[- ]?trips?": "trades",
    r"on paper|would(n't| not)? have|would|what if|had you|if you had": "shadow",
    r"(the )?(last|latest|previous|this|current|most recent) (run|session)": "lastrun",
    r"(made|make|makes|making|earned) money": "won",
    r"(lost|lose|loses|losing) money": "lost",
    r"most profitable": "best",
    r"least profitable|most losing|most unprofitable": "worst",
    r"break[- ]?even": "result",
    r"most recent": "last",
    r"because of|due to|owing to": "",
    r"(too )?(low |little )?(mm|market maker)('s)?[ _]confidence": "mmrule",
    r"(missing|unavailable|lacking) data|lack of data": "datarule",
    r"market maker": "",
    r"p ?& ?l": "pnl",
    r"by the hour|hour of (the )?day|which hours?|what hours?|by hour|per hour|hours?": "hour",
}

NUMBERS: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}


def _all(meaning: Meaning, words: str) -> dict[str, Meaning]:
    return dict.fromkeys(words.split(), meaning)


WORDS: Mapping[str, Meaning] = {
    # what is asked
    **_all(("ask", "why"), "why explain reason because"),
    **_all(("ask", "count"), "count"),
    **_all(("ask", "learned"), "learn learned learnt learning lesson lessons insight insights taught teach"),
    **_all(("ask", "result"), "result results pnl performance perform performed performing winrate"),
    **_all(
        ("ask", "result"),
        "expectancy performs drawdown howmuch fee fees earn earned gain gains profit profits",
    ),
    **_all(("ask", "list"), "show list give tell name display happened decided decide chose choose"),
    **_all(("best", True), "best top highest strongest finest"),
    **_all(("best", False), "worst lowest bottom weakest poorest"),
    **_all(("most", True), "most biggest largest greatest more"),
    **_all(("most", False), "fewest least smallest"),
    **_all(("last", True), "last latest newest recent recently"),
    # of what
    **_all(("subject", "decisions"), "decision decisions signal signals opportunity opportunities candidate"),
    **_all(("subject", "decisions"), "candidates"),
    **_all(("subject", "trades"), "trade trades position positions outcome outcomes"),
    **_all(("subject", "fills"), "fill fills filled executions"),
    **_all(("subject", "orders"), "order orders intent intents"),
    **_all(("subject", "lessons"), "lesson lessons"),
    **_all(("subject", "parameters"), "parameter parameters setting settings tuned"),
    # narrowed to
    **_all(("action", Action.ENTER), "enter entered entering entry entries buy buys bought buying purchase"),
    **_all(("action", Action.ENTER), "purchased take took taken taking accept accepted traded long"),
    **_all(("action", Action.SKIP), "skip skips skipped skipping refuse refused refusing pass passed reject"),
    **_all(("action", Action.SKIP), "rejected decline declined ignore ignored missed miss"),
    **_all(("action", Action.ABSTAIN), "abstain abstained abstaining abstains abstentions abstention"),
    **_all(("untaken", True), "untaken"),
    **_all(("exit", True), "sell sold selling exit exited exits close closed closing leave left"),
    **_all(("probe", True), "probe probes probed probing"),
    **_all(("kind", "shadow"), "shadow shadows followed hypothetical"),
    **_all(("won", True), "win wins won winner winners winning profitable"),
    **_all(("won", False), "loss losses lost lose loses losing loser losers unprofitable"),
    **_all(("route", Route.RULE), "rule rules"),
    **_all(("route", Route.PATTERN), "pattern patterns"),
    **_all(("route", Route.MODEL), "model models"),
    **_all(("route", Route.LLM), "llm brain"),
    **_all(("rule", "spoofing"), "spoof spoofs spoofing spoofed spoofer spoofers"),
    **_all(("rule", "mm_confidence"), "mmrule"),
    **_all(("rule", "payoff"), "payoff"),
    **_all(("rule", "data"), "datarule"),
    **_all(("regime", Regime.CALM), "calm quiet"),
    **_all(("regime", Regime.VOLATILE), "volatile"),
    **_all(("regime", Regime.TRENDING), "trending"),
    **_all(("regime", Regime.PANIC), "panic panicky"),
    **_all(("result", Result.TAKE_PROFIT), "targethit target targets"),
    **_all(("result", Result.STOP), "stophit stop stops stopped"),
    **_all(("result", Result.TIMEOUT), "timeout timeouts"),
    **_all(("result", Result.ABORT), "abort aborts aborted"),
    **_all(("world", "recorded"), "recorded replayed"),
    **_all(("world", "live"), "live"),
    **_all(("run", "last"), "lastrun"),
    # split by
    **_all(("group", Group.SYMBOL.value), "symbol symbols coin coins pair pairs market markets instrument"),
    **_all(("group", Group.ROUTE.value), "route routes"),
    **_all(("group", Group.REGIME.value), "regime regimes"),
    **_all(("group", Group.ACTION.value), "action actions"),
    **_all(("group", Group.RUN.value), "run runs session sessions"),
    **_all(("group", "hour"), "hour"),
}

_FILLERS = """
a about after again agent all also altogether am amount an and any anything are as at available bad be
been before being by came can cause change changed changes come concerning cost costs could did didn't
do does doing done each ended every exactly for from get go going good got had happen has have hit how i
if in into is it its just keeper kept know later made make many me money much my net of off on or our
out over overall paid paper past pay per performed please quite really record recorded regarding s say
so some spend spent split still than that the their them then there these they thing things this those
time times to today's together total until up us utc value was we well went were what when where which
while who with yesterday's you your yours
"""
# To take a decision is to make one; only a signal, a trade or the like is entered by taking it.
TAKING = frozenset(("take", "took", "taken", "taking"))
DECIDING = frozenset(("decision", "decisions"))
_NEAR_FILLERS = "ones place placed saw see seen settle settled settles z earlier"
FILLERS = frozenset((*_FILLERS.split(), *_NEAR_FILLERS.split()))
