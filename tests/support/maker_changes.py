"""Changed lines of what finds a market maker, believes in it and sees it leave."""

from tests.support.changes import Change

MAKER = (
    Change(
        "bid and ask placements swapped",
        "maker",
        "    i = 0 if side > 0 else 1\n    n = state.n_fresh[i]",
        "    i = 1 if side > 0 else 0\n    n = state.n_fresh[i]",
        ("maker",),
    ),
    Change(
        "placements of any two moments pair",
        "maker",
        "if ts - theirs.ts > PAIR_NS:",
        "if ts < theirs.ts:",
        ("maker",),
    ),
    Change(
        "the crowd's distances count like a maker's",
        "maker",
        "if inner - background > best_excess:\n            best = d\n"
        "            best_excess = inner - background",
        "if inner > best_excess:\n            best = d\n            best_excess = inner",
        ("maker",),
    ),
    Change(
        "another tick keeps the old distances",
        "maker",
        "if tick != state.tick:",
        "if state.tick == 0:",
        ("maker",),
    ),
    Change(
        "a lost book keeps the quotes",
        "maker",
        "state.quote_price[side] = 0",
        "state.n_fresh[side] = 0",
        ("maker",),
    ),
    Change("the touch is taken for a maker", "maker", "if ticks < LEAST_TICKS:", "if ticks < 1:", ("maker",)),
    Change(
        "quotes that went one after the other are linked",
        "maker",
        "abs(went_bid - went_ask) <= PAIR_NS and ",
        "",
        ("maker",),
    ),
    Change(
        "a quote that comes back late is a refresh",
        "maker",
        " and ts - min(went_bid, went_ask) <= REPLACED_NS",
        "",
        ("maker",),
    ),
    Change(
        "a shared level teaches a size", "maker", "if row.size == row.level:", "if row.size > 0:", ("maker",)
    ),
    Change(
        "the first refresh ends a gap",
        "maker",
        "if state.ts_refresh > 0 and ts > state.ts_refresh:",
        "if ts > state.ts_refresh:",
        ("maker",),
    ),
    Change(
        "the wider quotes of a ladder are followed",
        "maker",
        "best = nearest_like(state, best, best_excess)",
        "best = best + 0",
        ("maker",),
    ),
    Change("nothing is forgotten", "maker", "state.pairs[d] *= keep", "state.pairs[d] *= 1.0", ("maker",)),
)

EVIDENCE = (
    Change(
        "missed and chance refreshes are in the rate",
        "evidence",
        "if 0.4 * middle < maker.gaps[i] < 1.6 * middle:",
        "if maker.gaps[i] > 0:",
        ("evidence",),
    ),
    Change(
        "one quote alone counts as two",
        "evidence",
        "maker.is_standing[0] != maker.is_standing[1]",
        "maker.is_standing[0] < 0",
        ("evidence",),
    ),
    Change(
        "any pair ends a silence",
        "evidence",
        "(ts - maker.ts_linked) * 1e-9 / gap)",
        "(ts - maker.ts_refresh) * 1e-9 / gap)",
        ("evidence",),
    ),
    Change(
        "quotes that are gone count as standing",
        "evidence",
        "if maker.ts_gone > 0 else 0.0",
        "if maker.ts_gone < 0 else 0.0",
        ("evidence",),
    ),
    Change(
        "silence without an end", "evidence", "silence = min(UNSEEN, ", "silence = max(0.0, ", ("evidence",)
    ),
    Change("a rate of two gaps", "evidence", "if n < 5:", "if n < 1:", ("evidence",)),
    Change(
        "pairs of the crowd speak for a maker",
        "evidence",
        "excess / (min(maker.placed[0], maker.placed[1]) + 1.0)",
        "excess",
        ("evidence",),
    ),
    Change(
        "the least instead of the median",
        "evidence",
        "(scratch[(n - 1) // 2] + scratch[n // 2])",
        "(scratch[0] + scratch[0])",
        ("evidence",),
    ),
)

BELIEF = (
    Change(
        "no abstention", "belief", "if s.watched[0] < LEAST_WATCHED_S:", "if s.watched[0] < 0:", ("belief",)
    ),
    Change(
        "who is not followed is judged all the same",
        "belief",
        "if s.maker.n_links < mk.LEAST_GAPS:",
        "if s.maker.n_links < 0:",
        ("belief",),
    ),
    Change("bounds of a maker not believed in", "belief", "belief >= BELIEVED or ", "True or ", ("belief",)),
    Change(
        "linked refreshes do not speak for a maker",
        "belief",
        " or s.maker.paces[mk.PACES - 1] >= FOLLOWED",
        "",
        ("belief",),
    ),
    Change("bounds that cross", "belief", " and trail.price[1] > trail.price[0]", "", ("belief",)),
    Change(
        "bounds of quotes of an hour ago",
        "belief",
        " and ts - trail.ts_placed <= config.window_ns",
        "",
        ("belief",),
    ),
    Change(
        "lower and upper bound swapped",
        "belief",
        "trail.price[0] * 1e-8, trail.price[1] * 1e-8",
        "trail.price[1] * 1e-8, trail.price[0] * 1e-8",
        ("belief",),
    ),
    Change(
        "bounds of a single print", "belief", "if prints < config.min_trades:", "if prints < 1:", ("belief",)
    ),
    Change(
        "the size signature of one side",
        "belief",
        "s.small[2] * np.sqrt(s.small[3])",
        "s.small[2]",
        ("belief",),
    ),
    Change(
        "evidence beyond what was fitted on is believed",
        "posterior",
        "seen = min(max(evidence[i], p.low[i]), p.high[i])",
        "seen = evidence[i]",
        ("posterior::test_the_kernel_agrees_with_numpy_within_and_beyond_what_was_fitted",),
    ),
    Change(
        "the table's lower knot",
        "posterior",
        "p.y[k - 1] + share * (p.y[k] - p.y[k - 1])",
        "p.y[k - 1]",
        ("posterior::test_the_kernel_agrees_with_numpy_within_and_beyond_what_was_fitted",),
    ),
)

DEPARTURE = (
    Change("no rule of succession", "departure", "(missed + 1.0 + k)", "(missed + 0.5 + k)", ("departure",)),
    Change(
        "a refresh is missed as soon as it is due",
        "departure",
        "silence / period - LATE",
        "silence / period",
        ("departure",),
    ),
    Change(
        "gaps of several periods miss none",
        "departure",
        "missed += max(0, int(gaps[i] / period - LATE))",
        "missed += 0",
        ("departure",),
    ),
    Change(
        "quotes that prints took have left",
        "departure",
        " or (bid == TAKEN and ask == TAKEN)",
        "",
        ("departure",),
    ),
    Change(
        "gone since the first of the two",
        "departure",
        "max(trail.ts_gone[0], trail.ts_gone[1])",
        "min(trail.ts_gone[0], trail.ts_gone[1])",
        ("departure",),
    ),
    Change(
        "strangers can leave",
        "departure",
        "if not out[IS_ESTABLISHED] > 0:",
        "if out[IS_ESTABLISHED] < 0:",
        ("departure",),
    ),
    Change("the CUSUM keeps credit", "departure", "max(0.0, grown)", "grown", ("departure",)),
    Change(
        "refreshes are counted again",
        "departure",
        "state.n_links_then = state.n_links",
        "state.n_links_then = 0",
        ("departure",),
    ),
    Change(
        "the longer of the two periods",
        "departure",
        "if rate * period > 1.0:",
        "if rate * period < 1.0:",
        ("departure",),
    ),
    Change(
        "a moment is a departure",
        "departure",
        "max(LEFT_PERIODS * period, LEAST_S)",
        "LEFT_PERIODS * period",
        ("departure",),
    ),
    Change(
        "a taken quote was withdrawn",
        "trail",
        "state.state[i] = TAKEN\n",
        "state.state[i] = WITHDRAWN\n",
        ("trail",),
    ),
    Change(
        "an order of before renews a quote",
        "trail",
        "row.ts + PAIR_NS < trail.ts_gone[i]",
        "row.ts < 0",
        ("trail",),
    ),
    Change(
        "a lost book keeps the trail",
        "trail",
        "state.state[i] = UNKNOWN",
        "state.price[i] = 0",
        ("trail", "trail_of_a_feed"),
    ),
    Change("another's size renews a quote", "trail", "<= trail.alike)", "<= 9.0)", ("trail",)),
)
