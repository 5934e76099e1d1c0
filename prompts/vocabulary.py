"""The words a question may be made of, and what each of them says.

A word that is neither here nor a symbol, date or id makes a question not understood: a
condition that was overlooked would make the answer a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from memory.fields import FIELDS
from memory.lookup import Group
from prompts.queries import Measure
from tools.domain.regime import Regime
from tools.domain.trading import Action, Result, Route

MARKET_MAKERS = "market makers as such"
Meaning: TypeAlias = tuple[str, object]
# Limits on sizes and entries, as clamps name them.
_LIMITS = (
    "symbol_exposure total_exposure mm_protection mm_unknown symbol_size_share smallest_order max_order_size"
)
_MORE_LIMITS = "kill_switch daily_loss trades_per_day open_positions symbol_positions one_probe symbol_rest"
_RISK_LIMITS = (
    "symbol_blacklist departure_share detection_share continuation_model reversal_model score_threshold "
    "signals_per_day risk_per_trade cvar_bound kelly_bound correlation_bound tail_bound regime_bound "
    "held_back few_signals"
)
LIMITS = (*_LIMITS.split(), *_MORE_LIMITS.split(), *_RISK_LIMITS.split())

NUMBERS: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
PLACES: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
        start=1,
    )
}


def _all(meaning: Meaning, words: str) -> dict[str, Meaning]:
    return dict.fromkeys(words.split(), meaning)


WORDS: Mapping[str, Meaning] = {
    # what is asked
    **_all(("ask", "why"), "why explain reason reasons because cause causes"),
    **_all(("ask", "count"), "count counts"),
    **_all(("ask", "learned"), "learn learned learnt learning lesson lessons insight insights taught teach"),
    **_all(("ask", "result"), "result results performance perform performed performing performs howsure"),
    **_all(("ask", "list"), "show list give tell display happened decided decide chose choose"),
    **_all(("ask", "list"), "listing describe"),
    **_all(("ask", "result"), "summary summarise summarize overview status report recap results'"),
    **_all(("ask", "holding"), "holdingnow"),
    **_all(("ask", "help"), "helpme"),
    **_all(("measure", Measure.NET_QUOTE), "pnl earn earned earns gain gains gained profit profits howmuch"),
    **_all(("measure", Measure.NET_QUOTE), "income earnings netmoney"),
    **_all(("measure", Measure.NET_BPS), "expectancy edge"),
    **_all(("measure", Measure.FEES), "fee fees commission commissions"),
    **_all(("measure", Measure.WIN_RATE), "winrate winrates"),
    **_all(("measure", Measure.DRAWDOWN), "drawdown drawdowns"),
    **_all(("measure", Measure.PROFIT_FACTOR), "profitfactor"),
    **_all(("measure", Measure.HOLDING_TIME), "holdingtime held duration durations"),
    **_all(("measure", Measure.STREAK), "streak streaks"),
    **_all(("measure", Measure.PRESENT_STREAK), "presentstreak"),
    **_all(("measure", Measure.SHARE), "percentage percent share proportion fraction ratio"),
    **_all(("measure", Measure.COST), "braincost"),
    **_all(("measure", Measure.BUDGET), "budget budgets"),
    **_all(("untold", "prices, which are not kept"), "price prices quoted chart charts"),
    **_all(("untold", "advice: it holds the past only"), "advicewanted"),
    **_all(("untold", "orders to act are not taken here; it is only read"), "toact"),
    **_all(("untold", MARKET_MAKERS), "marketmaker"),
    **_all(("pertrade", True), "pertrade"),
    **_all(("spent", True), "cost costs spend spent spending paid pay"),
    **_all(("statistic", "mean"), "average avg mean typical typically"),
    **_all(("statistic", "median"), "median"),
    **_all(("statistic", "total"), "total sum altogether"),
    **_all(("unit", "bps"), "bps bp bips"),
    **_all(("unit", "quote"), "usdt usd usdc dollar dollars quote cash"),
    **_all(("best", True), "best top highest strongest finest better"),
    **_all(("best", False), "worst lowest bottom weakest poorest worse"),
    **_all(("most", True), "most biggest largest greatest more"),
    **_all(("most", False), "fewest least smallest fewer less"),
    **_all(("length", True), "longest slowest longer"),
    **_all(("length", False), "shortest quickest fastest briefest shorter"),
    **_all(("last", True), "last latest newest recent recently previous"),
    **_all(("oldest", True), "first oldest earliest"),
    **_all(
        ("compared", True), "compare compared versus vs comparison than against differ difference between"
    ),
    # of what
    **_all(("subject", "decisions"), "decision decisions signal signals opportunity opportunities candidate"),
    **_all(("subject", "decisions"), "candidates"),
    **_all(("subject", "trades"), "trade trades position positions outcome outcomes"),
    **_all(("subject", "fills"), "fill fills filled executions execution"),
    **_all(("subject", "orders"), "order orders intent intents"),
    **_all(("subject", "lessons"), "lesson lessons"),
    **_all(("subject", "parameters"), "parameter parameters setting settings tuned param params"),
    **_all(("subject", "strategies"), "strategy strategies"),
    **_all(
        ("subject", "consultations"), "consultation consultations consulted consult consulting consultbrain"
    ),
    **_all(("asked", True), "ask asked asking asks"),
    # narrowed to
    **_all(("action", Action.ENTER), "enter entered entering entry entries buy buys bought buying purchase"),
    **_all(
        ("action", Action.ENTER), "purchased purchases take took taken taking accept accepted traded long"
    ),
    **_all(("action", Action.SKIP), "skip skips skipped skipping refuse refused refusing reject"),
    **_all(
        ("action", Action.SKIP), "rejected rejections decline declined ignore ignored missed miss blocked"
    ),
    **_all(
        ("action", Action.SKIP),
        "vetoed veto vetoes denied prevented turneddown refusals refusal block blocks",
    ),
    **_all(("action", Action.ABSTAIN), "abstain abstained abstaining abstains abstentions abstention"),
    **_all(("untaken", True), "untaken"),
    **_all(("exit", True), "sell sold selling exit exited exits close closed closing leave"),
    **_all(("probe", True), "probe probes probed probing"),
    **_all(("kind", "shadow"), "shadow shadows followed hypothetical hypothetically"),
    **_all(("won", True), "win wins won winner winners winning profitable"),
    **_all(("won", False), "loss losses lost lose loses losing loser losers unprofitable"),
    **_all(("route", Route.RULE), "rule rules"),
    **_all(("route", Route.PATTERN), "pattern patterns"),
    **_all(("route", Route.MODEL), "model models"),
    **_all(("route", Route.LLM), "llm brain llms brains"),
    **_all(("route", Route.STRATEGY), "bystrategy"),
    "llmtimeout": ("llmtimeout", True),
    **_all(("provider", "openai"), "openai chatgpt gpt"),
    **_all(("provider", "anthropic"), "anthropic claude"),
    **_all(("provider", "local"), "localbrain"),
    **_all(("rule", "spoofing"), "spoof spoofs spoofing spoofed spoofer spoofers"),
    **_all(("rule", "mm_confidence"), "mmrule"),
    **_all(("rule", "payoff"), "payoff"),
    **_all(("rule", "data"), "datarule"),
    **_all(("regime", Regime.CALM), "calm quiet"),
    **_all(("regime", Regime.VOLATILE), "volatile"),
    **_all(("regime", Regime.TRENDING), "trending trend"),
    **_all(("regime", Regime.PANIC), "panic panicky panicking"),
    **_all(("result", Result.TAKE_PROFIT), "targethit target targets tp"),
    **_all(("result", Result.OFFER_SOLD), "offersold"),
    **_all(("result", Result.STOP), "stophit stop stops stopped sl"),
    **_all(("result", Result.TIMEOUT), "timeout timeouts"),
    **_all(("result", Result.ABORT), "abort aborts aborted departures departure"),
    **_all(("result", Result.CLOSE_OUT), "closeout closeouts"),
    **_all(("result", Result.UNFILLED), "unfilled"),
    **_all(("world", "recorded"), "recorded replayed"),
    **_all(("world", "live"), "live"),
    **_all(("run", "last"), "lastrun"),
    # split by
    **_all(("group", Group.SYMBOL.value), "symbol symbols coin coins pair pairs instrument instruments"),
    **_all(("group", Group.SYMBOL.value), "market markets asset assets ticker tickers"),
    **_all(("group", Group.ROUTE.value), "route routes"),
    **_all(("group", Group.REGIME.value), "regime regimes"),
    **_all(("group", Group.ACTION.value), "action actions"),
    **_all(("group", Group.RUN.value), "run runs session sessions"),
    **_all(("group", "hour"), "hour hourly"),
    **_all(("group", "day"), "day days daily"),
    **_all(("group", "weekday"), "weekday weekdays"),
    **_all(("group", "week"), "week weeks weekly"),
    **_all(("group", "month"), "month months monthly"),
    **_all(("group", "rule"), "rulegroup"),
    **_all(("group", "limit"), "limitgroup"),
    **_all(
        ("limited", True),
        "limited limit limits limiting clamp clamps clamped clamping capped cap caps cut cuts",
    ),
    **_all(("limited", True), "reduced reduce shrunk shrank trimmed bounded curtailed restricted downsized"),
    **{f"limit_{name}": ("limit_name", name) for name in LIMITS},
    **_all(("group", "result"), "resultgroup"),
    **_all(("group", "provider"), "providergroup"),
    **_all(("alone", True), "lastone"),
    **_all(("groupcount", True), "groupcount"),
    **_all(("groupsign", True), "groupsign"),
    **_all(("besteffect", True), "besteffect"),
    **_all(("tokens", True), "tokens token"),
    **_all(("ended", True), "failed fails failing unanswered callfault"),
    **_all(("isnow", True), "now currently current"),
    **_all(("topic", "mm_confidence"), "topicmm"),
    **_all(("topic", "spoofing"), "topicspoof"),
    **_all(("whether", True), "whether"),
    **_all(("standing", "active"), "active inforce"),
    **_all(("standing", "deprecated"), "deprecated"),
    **_all(("standing", "refuted"), "refuted disproved disproven"),
    **_all(("standing", "refined"), "refined"),
    **_all(("standing", "contradicted"), "contradicted"),
    **_all(("standing", "retired"), "retired outdated withdrawn"),
    **_all(("standing", "rolled back"), "rolledback"),
    **{f"f_{name}": ("field", name) for name in FIELDS},
}

_FILLERS = """
fell trading works working
completed finished ran wise
a about actually again agent all also am amount an and any anything are as at available away back bad
basically be been being both bot by came can cause change changed changes changing come concerning could
couldn did didn't do does doing done down each either end ended ending ends every everything exactly far
figure figures for from get gets getting go going gone good got had happen happening happens has have having
he hello hey hi hit how however i if in into is isn it its just keeper kept kindly know known later let like
made make makes many me money moved much my net number numbers of off okay ok on only or our out over
overall own paper part past per perhaps please pls point possible quite really record recorded
records regarding s same say saying see seem set she should simply so some something still stuff such t
terms than thanks thank that the their them then there these they thing things this those through time times
to today's together too tried up us utc value values very want wanted was wasn way we well went were what
whats when where which while who whole whom whose will with within won't work worked working would
yesterday's yet you your yours yourself ones place placed saw seen settle settled settles z earlier total's
u ur r wanna gonna lol huh hmm em breakdown history today yesterday generated raised received emitted
produced often bring brought single usually normally generally ordinarily far sometimes case cases condition
conditions look looked looks right exactly sit sitting stay mostly ago there's
"""
# To take a decision is to make one; only a signal, a trade or the like is entered by taking it.
TAKING = frozenset(("take", "took", "taken", "taking"))
DECIDING = frozenset(("decision", "decisions"))
FILLERS = frozenset(_FILLERS.split()) - {"should", "will"}
