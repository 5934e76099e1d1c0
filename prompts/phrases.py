"""Phrases that say one thing together, in the words of ``vocabulary``; tried in this order."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NOT = r"(?:not|n't|didn't|don't|didnt|dont|did not|do not|never|haven't|have not|hadn't|hasn't)"
_ENTER = r"(?:buy|bought|enter|take|trade|act|entered|taken|traded|go in|place (?:any |an )?orders?|open (?:a )?(?:position|trade)s?)"
_YOU = r"(?:you|we|i|it|keeper|the (?:bot|agent)|my (?:bot|agent))"
_LLM = r"(?:llms?|brains?|ai|gpt|chatgpt|claude|openai|anthropic|language models?|api)"

_RAW: Sequence[tuple[str, str]] = (
    (
        r"(?:can|could|may|might|let me|i want to|i'd like to|i would like to|wanna|please|just|want to) (?:i |you )?(?:please )?(?:ask|tell me|know|show me|give me|say)(?: you)?(?: please)?",
        "",
    ),
    (
        r"(?:would|could|can|will) you (?:please |kindly )?(?:mind )?(?:tell|show|give|list|explain|say|let me know)(?:ing)?(?: me| us)?",
        "tell",
    ),
    (
        r"i(?:'d| would) (?:like|love|want)(?: to)?(?: know| see| hear)?|i(?:'m| am) (?:just )?(?:curious|wondering|interested)(?: about| in| if| whether| to know)?|do you (?:know|remember|recall)|any idea",
        "",
    ),
    (
        r"(?:would|should|could|can|will|shall) (?:you|i|we|it) (?:now |please |rather )?(?:buy|sell|enter|trade|take|invest|go|recommend|suggest|hold|close|open)(?! (?:have|had))",
        "advicewanted",
    ),
    (r"what'?s|what is|what are|what was|what were|wats|wat is", "what"),
    (r"how's|how is|how was|how were", "how"),
    (
        r"(?:a |the )?p ?[&/n] ?l|p and l|profit (?:and|or|&) loss(?:es)?|profits? and losses|gains? (?:and|or) loss(?:es)?",
        "pnl",
    ),
    (
        r"(?:win|won|make|made|gain(?:ed)?|earn(?:ed)?|winning|making)(?: money)? or (?:lose|lost|losing)(?: money)?",
        "pnl",
    ),
    (
        r"(?:lose|lost) or (?:win|won|make|made|gain(?:ed)?)(?: money)?|up or down|in (?:the )?(?:profit|green|red|plus|minus)",
        "pnl",
    ),
    (rf"(?:were|was|are|is|am) {_YOU}(?: being)? (?:un)?profitable", "pnl"),
    (r"(?:overall|total|net|current) profitability|profitability", "pnl"),
    (r"break(?:ing)? (?:it |them |this )?(?:down|up)|broken down", ""),
    (r"(?:the )?last thing (?:that )?(?:you|keeper|it|we) did", "last lastone decisions"),
    (r"who (?:decided|settled|decides|made the decisions?)", "which route decisions"),
    (
        r"how (?:sure|confident|certain) (?:were|was|are|is) (?:you|it|keeper|the model) (?:in|about|of|on|with|when)|(?:what (?:was|is) )?(?:the |your )?(?:win(?:ning)? )?(?:probability|confidence) (?:of|in|for|on|behind)",
        "why",
    ),
    (
        r"would(?: have)?((?: \w+){1,5}?) (?:have )?(?:been |be )?(?:profitable|a win|winners)",
        r"shadow\1 pnl",
    ),
    (
        r"(?<!why )(?:did|do|does|have|has) ((?:\w+ ){1,4}?)(?:make|made|earn|earned|lose|lost|win|won) (?:any |some |us |me )?(?:money|profit|cash)",
        r"\1pnl",
    ),
    (
        rf"(?<!why )(?:did|have|has|do) {_YOU} (?:make|made|earn|earned|win|gain)(?: any| some)? (?:money|profit|cash)",
        "pnl",
    ),
    (rf"(?<!why )(?:did|have|has) {_YOU} (?:lose|lost)(?: any| some)? (?:money|cash)", "pnl"),
    (
        r"after (?:all )?(?:fees?|costs?|commissions?)|net of (?:all )?(?:fees?|costs?|commissions?)|after (?:deducting|paying|subtracting) (?:the )?(?:fees?|costs?)|including fees?|fees? included",
        "",
    ),
    (r"profit factor", "profitfactor"),
    (
        r"(?:what|which) (?:percentage|percent|share|proportion|fraction|part|portion) of(?: all| the| my| your)*",
        "percentage",
    ),
    (r"how (?:big|large|high) (?:a )?(?:percentage|share|proportion|fraction)(?: of)?", "percentage"),
    (
        rf"(?:(?:what )?(?:questions?|times?) )?(?:was|were|did you|did we|have you|has)? ?(?:ask|asked|consult|consulted|call|called|query|queried)(?: the| an| your| to| with)* ({_LLM})",
        r"consultbrain \1",
    ),
    (rf"({_LLM}) (?:was|were|been|is|get|got)? ?(?:asked|consulted|called|queried)", r"consultbrain \1"),
    (rf"({_LLM})(?:'s)? (?:calls?|consultations?|queries|requests?|questions?)", r"consultbrain \1"),
    (
        rf"(?:calls?|consultations?|queries|requests?|questions?) (?:to|of|by|with)(?: the)? ({_LLM})",
        r"consultbrain \1",
    ),
    (rf"({_LLM})(?:'s)? (?:bills?|costs?|spend|spending|expenses?|money)", r"consultbrain \1 braincost"),
    (
        rf"(?:costs?|cost of|spend|spending|spent|bill|expenses?|money)(?: (?:on|for|by|of|in|to|asking|to ask|the|an?|your|my|was|is|did|have|you|we|has|pay|paid|using|calling))* ({_LLM})",
        r"consultbrain \1 braincost",
    ),
    (
        rf"({_LLM}) (?:did |does |has |have )?(?:cost|costs|charged?|spend|spent)(?: us| me| you)?",
        r"consultbrain \1 braincost",
    ),
    (
        r"(?:left|remaining|remains) (?:of|in|from) (?:the |my |our |your )?(?:\w+ )?budget|budget (?:\w+ ){0,3}?(?:left|remaining|available)(?: for)?",
        "consultbrain budget",
    ),
    (r"(?:llm|brain|ai|monthly|daily|remaining) budget|budget", "consultbrain budget"),
    (r"local (?:model|brain|llm)", "localbrain brain"),
    (r"(?:language models?|ai|api)", "brain"),
    (
        r"what (?:can|could|may|should|might) (?:i|we|one) ask(?: you)?|what (?:can|do) you (?:answer|know|tell me)|help(?: me)?|how do i use (?:this|you)|what (?:questions|kind of questions).*",
        "helpme",
    ),
    (
        r"how many|how often|number of|how much times|count of|how may|hw many|howmany|amount of|quantity of|tally of|what number of",
        "count",
    ),
    (
        r"how come|what made you|for what reasons?|what was the reason|reasons? (?:for|why|behind)|what (?:led|caused) you to|how so|y did|wy|whys|based on what|on what basis",
        "why",
    ),
    (
        r"what (?:stopped|prevented|kept|blocked|hindered|keeps|stops|prevents) (?:you|us|me|it|trades?|entries|buys)(?: from)?(?: (?:buying|trading|entering|taking|buy|trade|enter|take))?",
        "count most rulegroup untaken",
    ),
    (
        r"why (?:did you |do you |have you |were there |are there |is there |was there )?(?:made |make |take |took |taken )?(?:so |only |too )*(?:few|little|hardly any|barely any)(?: (?:trades?|entries|buys|positions|orders))?",
        "count most rulegroup untaken",
    ),
    (
        r"(?:which|what|whose)(?: of the| of your| hard| safety| single| one)* rules?|(?:per|each|every) (?:hard )?rule|rule by rule|most (?:common|frequent|active|restrictive|strict) rule",
        "rulegroup",
    ),
    (
        r"(?:which|what)(?: is| was| were)?(?: the)? (?:most )?(?:common|frequent|main|top|biggest|usual) reasons? (?:for|of|to|behind) (?:skipping|skips?|refusing|refusals?|not (?:entering|buying|trading)|rejections?|skipped signals?)",
        "count most rulegroup untaken",
    ),
    (
        r"rulegroup (?:has |have |had )?(?:stop|stopped|stops|block|blocked|blocks|vetoed|vetoes|prevented|killed|killing|stopping|blocking|rejects|refuses|skips|triggered|fired|kicked in|hit|applied)(?: you| us| me)?",
        "rulegroup refused",
    ),
    (
        r"by (?:outcome|result|exit reason|exit|ending|how they ended)s?|per (?:outcome|result|exit)|how did (?:the |your |my |all )*(?:trades|positions|round trips) (?:end|finish|close)|how (?:the )?trades ended",
        "count resultgroup trades",
    ),
    (
        r"(?:which|what) (?:provider|brain|llm|ai)s?(?: was| were| is| did you| do you)?(?: asked| ask| consulted| consult| used| use)?|(?:by|per|each) provider",
        "consultbrain providergroup",
    ),
    (
        r"count (?:different |distinct )?(symbols|coins|pairs|markets|runs|sessions|days|regimes|hours|routes)",
        r"count groupcount \1",
    ),
    (r"how much", "howmuch"),
    (r"take[- ]?profits?|profit targets?|took profit|taking profits?", "targethit"),
    (r"stop[- ]?loss(?:es)?|stopped out|stop[- ]?outs?", "stophit"),
    (r"tim(?:ed?|ing)[- ]?outs?", "timeout"),
    (
        r"(?:mm|market maker|maker)s? (?:left|leaves|leaving|departed|departures?|departs|went away|gone|vanished|ran away)|departures?",
        "abort",
    ),
    (
        r"(?:didn't|did not|never|not|n't) (?:get )?(?:filled|fill)|without (?:a )?fill|unfilled (?:entries|orders|trades)|missed fills",
        "unfilled",
    ),
    (
        r"(?:win|hit|success|winning)[- ]?(?:rate|ratio|percentage|percent|%|pct|share)s?|(?:percentage|percent|share|proportion) (?:of )?(?:the |my |your )?(?:wins|winners|winning(?: trades)?|won|trades won|trades (?:that |which )?won)|percentage (?:of )?(?:the |my |your )?trades (?:won|(?:that )?made money|were (?:wins|winners|profitable))",
        "winrate",
    ),
    (r"skip(?:ping)? (?:rate|ratio|percentage)", "percentage skip"),
    (r"(?:entry|acceptance|take) (?:rate|ratio|percentage)", "percentage entries"),
    (rf"{_NOT}(?: you| we| it| keeper| i)?(?: ever| even| actually| just| want to)? {_ENTER}", "untaken"),
    (
        r"why (?:was there |were there |is there |are there )?no (?:trades?|entr(?:y|ies)|buys?|positions?)",
        "why untaken",
    ),
    (
        r"nothing (?:was )?(?:bought|traded)|nothing happen(?:ed)?",
        "untaken",
    ),
    (
        r"buy nothing|bought nothing|trade nothing|stay(?:ed)? out|sit out|sat out|hold off|held off|stand aside",
        "untaken",
    ),
    (
        r"turn(?:ed)? down|passed (?:on|up|over)|pass (?:on|up|over)|let go(?: of)?|walk(?:ed)? away from",
        "skipped",
    ),
    (r"round[- ]?trips?", "trades"),
    (
        r"on paper|would(?:n't| not)? have|would|what if|had you|if you had|if we had|could have|paper trad(?:es|ing)",
        "shadow",
    ),
    (r"(?:the )?(?:last|latest|previous|this|current|most recent) (?:run|session)", "lastrun"),
    (
        r"(?:made|make|makes|making|earned|earning|that gained|gained) money|in profit|ended (?:up )?(?:positive|in plus)|were positive|green trades?",
        "won",
    ),
    (
        r"(?:lost|lose|loses|losing|cost) money|ended (?:up )?negative|were negative|red trades?|cost us",
        "lost",
    ),
    (
        r"(?:not|never|n't) (?:profitable|winners?|winning|won|positive)|weren't profitable|wasn't profitable",
        "lost",
    ),
    (r"didn't win|did not win|not win|weren't winners|didn't make money|did not make money", "lost"),
    (
        r"(?:cost|costs|paid|pays|pay|spent|charged)(?: us| me| you)?(?: the)? most(?: in| on| for)?(?: total)? (fees?|commissions?)",
        r"most \1",
    ),
    (
        r"(?:lost|loses|lose|losing|cost|costs)(?: us| me| you)?(?: the)? most(?: money| usdt| cash)?",
        "worst netmoney",
    ),
    (
        r"(?:made|makes|make|earned|earns|gained|gains|won|brought(?: in)?)(?: us| me| you)?(?: the)? most(?: money| usdt| cash| profit)?|most money",
        "best netmoney",
    ),
    (
        r"most profitable|most lucrative|most successful|(?:biggest|largest|greatest|highest|max(?:imum)?) (?:win|wins|gain|gains|profit|profits|winner|winners|earner|earners|return|returns|winning trades?)",
        "best",
    ),
    (
        r"least profitable|most losing(?! trades?| positions?)|most unprofitable|least successful|(?:biggest|largest|greatest|highest|max(?:imum)?|heaviest) (?:loss|losses|loser|losers|losing trades?)|most painful|hurt (?:the )?most|least money",
        "worst",
    ),
    (r"(?:max(?:imum)?|deepest|biggest|largest|worst) drawdown", "drawdown"),
    (r"break[- ]?even(?: rate)?", "winrate"),
    (r"most recent(?:ly)?", "last"),
    (r"at most|at the most|maximum|max", "most"),
    (
        r"how (?:sure|certain|confident|reliable|trustworthy|solid|significant)(?: are| is| were| was)?(?: you| we| that| this| it| those)?(?: of| about| in)?(?: that| this| it)?|are you (?:sure|certain)(?: about| of)?(?: that| this)?|really\?|is (?:that|this|it) (?:significant|reliable|certain|luck|just luck)|can i trust (?:that|this|it)|confidence interval",
        "howsure",
    ),
    (
        r"(?:winning |losing |win |loss )?streak (?:is |are )?(?:it |we |you )?(?:now|currently|right now|at present)",
        "presentstreak",
    ),
    (r"on an? (?:winning |losing |win |loss )?streak", "presentstreak"),
    (r"(?:current|present|ongoing)(?: (?:winning|losing|win|loss))? streak", "presentstreak"),
    (
        r"(?:straight |consecutive )?(wins?|losses|losers?|winners?|losing|winning)(?: trades?)? (?:in a row|straight|on the trot|running)",
        r"streak \1",
    ),
    (
        r"(?:consecutive|straight|successive)(?:ly)? (wins?|losses|losing trades|winning trades|losers|winners)",
        r"streak \1",
    ),
    (r"(?:in a row|consecutively|back to back)", "streak"),
    (
        r"how long (?:did |do |does |were |was |have |are )?(?:you |we |it |i |the |your |my |a )*(?:hold|holds|held|keep|kept|last|lasted|stay|stayed|take|took|trades?|positions?|average|typical|open)+(?: in| on| onto| up)?",
        "holdingtime trades",
    ),
    (
        r"(?:open|current|present|outstanding|unclosed|existing)(?:ly)? (?:positions?|trades?|holdings?|exposure)|holding (?:now|right now|currently|at the moment|anything)|(?:currently|now) (?:holding|hold|own|in)|(?:do|are|what do|which do) (?:you|we|i) (?:still )?(?:hold|own|holding)|hold(?:ing)?s?(?: right)? now|still (?:open|holding|hold|held)|open now|positions? (?:are |is |were )?(?:still |currently )?open|positions? (?:now|right now|currently|at the moment)|in (?:a|any) (?:position|trade)s?(?: now| right now)?|portfolio",
        "holdingnow",
    ),
    (
        r"hold(?:ing)?[- ](?:time|period|duration|length)s?|time in (?:a |the )?(?:trade|position|market)s?|trade (?:duration|length)s?",
        "holdingtime",
    ),
    (
        r"how long (?:did|do|does|were|was|have|has) ((?:\w+ ){1,4}?)(?:last|lasted|stayed|took)(?: open)?",
        r"holdingtime trades \1",
    ),
    (r"how long", "holdingtime"),
    (
        r"right now|at the moment|at present|these days|as of now|presently|at this (?:moment|time|point)",
        "now",
    ),
    (r"because of|due to|owing to|on account of|thanks to|on grounds of|for reasons? of", ""),
    (
        r"spoof(?:ing)?[- ](?:alerts?|alarms?|warnings?|detections?|events?|signals?|score|orders?)|fake (?:orders?|walls?|liquidity)",
        "spoofing",
    ),
    (
        r"(?:too |weak |insufficient )?(?:low |little |poor )?(?:mm|market maker)(?:'s)?[ _-]confidence(?: (?:was|is|being|were))?(?: too| so)?(?: low| weak| small)?|weak (?:mm|market maker)|unsure (?:about|of) the (?:mm|market maker)|no (?:clear )?market maker",
        "mmrule",
    ),
    (
        r"(?:missing|unavailable|lacking|incomplete|bad) data|lack of data|data (?:gaps?|missing|problems?|faults?)",
        "datarule",
    ),
    (r"market makers?|mms?", "marketmaker"),
    (r"(?:bad|poor|low|insufficient|small) (?:payoff|reward)|payoff", "payoff"),
    (r"market (?:regime|state|condition|mood)s?", "regime"),
    (r"(?:when|while) (?:the )?markets? (?:is|was|were|are)", ""),
    (r"(calm|volatile|trending|quiet|panicky?) markets?", r"\1"),
    (r"(?:per|each|every|by|a) trade|for each trade|(?:per|each|by) round trip", "pertrade"),
    (
        r"by the hour|hours? of (?:the )?day|which hours?|what hours?|by hours?|per hour|an hour|each hour|every hour|times? of day|hours?",
        "hour",
    ),
    (r"days? of (?:the )?week|which weekday|by weekday|per weekday", "weekday"),
    (
        r"day by day|on (?:which|what) days?|(?:which|what) days?|by days?|per day|each day|every day|a day|for each day|by dates?|per date",
        "day",
    ),
    (r"by weeks?|per week|each week|every week|a week|week by week", "week"),
    (r"by months?|per month|each month|every month|a month|month by month", "month"),
    (r"which (?:one )?of (?:these|those|them|the two)|which one", "which"),
    (r"(?:symbol|coin|pair) by (?:symbol|coin|pair)|on (?:which|what) (?:symbol|coin|pair)s?", "symbol"),
    (
        r"(?:active|deprecated|current) strategies|strategies (?:are |is )?(?:now )?(?:active|deprecated|in force)",
        "strategies",
    ),
    (r"learned strateg(?:y|ies)|which strateg(?:y|ies)", "strategies"),
    (r"by (?:a |the |learned )?strateg(?:y|ies)", "bystrategy"),
)
PHRASES: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(rf"(?<![\w'])(?:{pattern})(?![\w'])"), said) for pattern, said in _RAW
)


_TO_ACT = re.compile(
    r"^(?:please |now |just |go |ok )*(?:buy|sell|close|exit|enter|short|long|open|cancel|place)\b"
    r"(?! (?:positions?|trades?|orders?|entries|signals?|decisions?|count|rate)\b)(?!.*\b(?:how|why|what|which|when|count)\b)"
)


def in_words(text: str) -> str:
    """``text`` (lower case) with every phrase in the words of the vocabulary."""
    text = re.sub(r"\s+", " ", text).strip()
    if _TO_ACT.search(text):
        return "toact"
    for pattern, said in PHRASES:
        if pattern.search(text):
            text = re.sub(r"\s+", " ", pattern.sub(rf" {said} ", text))
    return text
