"""Changed lines of what finds a market maker whose sides move apart."""

from tests.support.changes import Change

CHAINS = (
    Change("any later order follows", "chains", "if after <= SOON_NS:", "if after >= 0:", ("chains",)),
    Change("orders follow at any distance", "chains", "off > near and not", "off < 0 and not", ("chains",)),
    Change("a chain comes back far away with any size", "chains", " and unlike <= FAR_LIKE", "", ("chains",)),
    Change(
        "whatever a print took comes back",
        "chains",
        "if row.is_taken == 1:\n        return bool(is_chain and ",
        "if row.is_taken == 1:\n        return bool(",
        ("chains",),
    ),
    Change(
        "every fall loses the order",
        "chains",
        "if not is_whole and (row.links == 0 or fallen <= PART * row.size):",
        "if fallen < 0:",
        ("chains",),
    ),
    Change("the oldest give way first", "chains", "rank < least or (rank == least and ", "(", ("chains",)),
    Change("a link is no longer chain", "chains", "links = row.links + 1", "links = row.links", ("chains",)),
    Change("repeats count as turns", "chains", "if state.last == 2 - i:", "if state.last > 0:", ("chains",)),
    Change("the first of a hand is its quote", "chains", "or links > most", "or links < most", ("chains",)),
    Change(
        "unlike paces are followed",
        "chains",
        "score -= abs(one.log_period - other.log_period) + 0.5 * abs(one.value - other.value)",
        "score -= 0.5 * abs(one.value - other.value)",
        ("chains",),
    ),
    Change("any crowd is followed", "chains", "> MOST_PLACED:", "> 1e9:", ("chains",)),
    Change("a lost book keeps its orders", "chains", "state.n[i] = 0", "state.n[i] += 0", ("chains",)),
    Change(
        "linked refreshes do not account for chains",
        "apart",
        " and maker.paces[PACES - 1] < FEW * pace",
        "",
        ("apart",),
    ),
    Change("one steady chain is enough", "apart", "is_steady = max(", "is_steady = min(", ("apart",)),
    Change(
        "gaps may scatter",
        "chains",
        "(abs(log_gap - row.log_period) if links > 1 else 0.0)",
        "0.0",
        ("chains",),
    ),
    Change("the shorter silence", "apart", "silence = max(", "silence = min(", ("apart",)),
    Change("one quote gone is as two", "apart", "min(gone_bid, gone_ask, UNSEEN)", "gone_bid", ("apart",)),
    Change(
        "taken quotes have left", "apart", " or (bid.is_taken == 1 and ask.is_taken == 1)", "", ("apart",)
    ),
    Change(
        "a moment is a departure of chains",
        "apart",
        "max(LEFT_PERIODS * period, LEAST_S)",
        "LEFT_PERIODS * period",
        ("apart",),
    ),
    Change(
        "once believed in is enough", "apart", " or ts - chains.ts_believed > BELIEVED_NS", "", ("apart",)
    ),
    Change(
        "the second posterior overrules the first",
        "belief",
        "belief = max(belief, po.probability_of(s.apart, logit))",
        "belief = po.probability_of(s.apart, logit)",
        ("apart",),
    ),
    Change("crossed chains are bounds", "belief", " and ask.price > bid.price > 0:", ":", ("apart",)),
)
