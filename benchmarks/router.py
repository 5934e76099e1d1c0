"""How often a brain is asked, what it costs, and what not asking costs, at the local venue.

``python -m benchmarks.router --json``: the real decision cycle, graph, memory, budget and
escalation over worlds in virtual time, five thin coins each, one memory for all of them. Only the
model is scripted: it takes what most remembered states won by and skips the rest. Its tokens are
those of a recorded call scaled by the bytes of the prompt. Money is counted as if a day had
300 signals. So the shares and the spend are the product's; the regret is that of not asking
this script, not of a language model.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from graphs.brain import ConsultRequest
from graphs.brains.breaker import Breaker
from graphs.brains.completion import Completion, Exchange
from graphs.brains.consultant import Consultant, Desk
from graphs.brains.pricing import ListedTariff
from graphs.regret import judged_answers
from keeper_agent.app import Keeper
from keeper_agent.brains import BrainParts
from keeper_agent.settings import load_settings
from memory.consultations import AUDIT, DECIDE, Consultation, ConsultationLog, Tokens
from memory.schema import METADATA
from memory.spending import SpendCaps, SpendLedger
from memory.store import Store
from prompts.render import Prompt
from scheduler.cycle import DecisionCycle
from scheduler.observer import Silent
from scheduler.run import RunIdentity
from tools.domain.clock import SystemStopwatch
from tools.domain.market import NANOS, Instrument, to_units
from tools.domain.trading import Decision, Route, Signal, World
from tools.execution.warmup import warm_kernels
from tools.market.events import EVENT, Events
from tools.market.instruments import instrument_for
from tools.models.validation.resampling import Estimate, wilson_interval
from tools.risk.regret import Judged, mean_regret
from venue.scenario.build import START_NS, Scenario, build
from venue.symbols import BTC, THIN, Symbol

MONTH_USD = Decimal(2)
SIGNALS_A_DAY = 300
DAYS_A_MONTH = 30
DAY_NS = 86_400 * NANOS
PERIOD_NS = NANOS // 10
STEP_NS = 10 * NANOS  # markets take turns of so long
# A recorded call to a model on this machine: 722 tokens for 2,099 bytes of prompt, 78 tokens of answer.
TOKENS_A_BYTE = 722 / 2_099
ANSWER_TOKENS = 78
WARM = 0.5  # of the decisions, from where on the library counts as warm


class ScriptedModel:
    """Takes where most neighbours made money, else skips; counts tokens as a recorded call did."""

    name = "openai"

    def __init__(self, model: str) -> None:
        self.model = model

    async def complete(self, prompt: Prompt, timeout_s: float) -> Completion:
        """The script's answer."""
        evidence = json.loads(prompt.user.split("\n", 1)[1].rsplit("\n", 1)[0])
        together = evidence["neighbours_together"]
        takes = together["made_money"] > together["lost_money"]
        said: dict[str, Any] = {
            "action": "take" if takes else "skip",
            "size_fraction": 1 if takes else 0,
            "reason": f"{together['made_money']} of {together['n']} made money",
            "cited_ids": [],
        }
        constant = round(len(prompt.system) * TOKENS_A_BYTE)
        sent = constant + round(len(prompt.user) * TOKENS_A_BYTE)
        text = json.dumps(said)
        return Completion(text, Tokens(input=sent, output=ANSWER_TOKENS), Exchange(answer=text.encode()))

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class SignalClock:
    """A clock on which 300 signals are a day."""

    start: int
    signals: int = 0

    def now(self) -> int:
        """So many signals after the start."""
        return self.start + self.signals * DAY_NS // SIGNALS_A_DAY


@dataclass
class Watcher(Silent):
    """Keeps what the figures are made of."""

    clock: SignalClock
    decisions: list[Decision] = field(default_factory=list)

    def on_decision(self, decision: Decision, signal: Signal) -> None:
        """Count the signal on the money's clock, too."""
        self.decisions.append(decision)
        self.clock.signals += 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        stake_usd: Target of one entry, US dollars.
        signals: At least so many.
        minutes: Of one world; worlds of the next seeds follow until there are enough signals.
    """

    model: str
    stake_usd: float
    signals: int
    tier: str
    minutes: float
    seed: int


def worlds(plan: Plan) -> Iterator[tuple[int, dict[str, Events]]]:
    """Each world's markets as the public saw them, one world after the other in time."""
    start, seconds = START_NS, plan.minutes * 60
    for seed in itertools.count(plan.seed):
        sim = build(Scenario(tier=plan.tier, seed=seed, seconds=seconds), start_ns=start)
        sim.run(seconds)
        yield sim.now, {pit.symbol.name: seen(sim, pit.symbol) for pit in sim.pits if pit.symbol is not BTC}
        start = sim.now + -sim.now % NANOS + 600 * NANOS


def seen(sim: Any, symbol: Symbol) -> Events:
    """The public view of a market as events."""
    view = sim.view(symbol.name, PERIOD_NS)
    events = np.zeros(len(view), EVENT)
    for name in EVENT.names or ():
        events[name] = view[name]
    return events


def listed(symbol: Symbol) -> Instrument:
    """What a session at the venue would be told of a market; fees as a maker's venue has them."""
    return replace(
        instrument_for("binance", symbol.name),
        tick=to_units(symbol.tick),
        lot=to_units(symbol.lot),
        min_notional=symbol.rules().min_notional,
        maker_fee_bps=0.0,
        taker_fee_bps=5.0,
    )


def measure(plan: Plan) -> dict[str, Any]:
    """Run worlds until there are enough signals; the figures, each with its n."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder), is_throwaway=True) as store:
        watcher = Watcher(SignalClock(START_NS))
        began = time.perf_counter()
        spending, last = run_worlds(plan, store, watcher)
        figures = summarise(plan, store, watcher, last)
        figures["wall_s"] = round(time.perf_counter() - began, 1)
        figures["budget_left_usd"] = str(MONTH_USD - spending.spent()[1])
        return figures


def run_worlds(plan: Plan, store: Store, watcher: Watcher) -> tuple[SpendLedger, int]:
    """Let the agent live through the worlds; the budget and the last time seen."""
    identity = RunIdentity("run_router", World.VENUE, plan.seed)
    words = f"default_order_size_usd={plan.stake_usd},max_order_size_usd={5 * plan.stake_usd}"
    words += f",max_symbol_exposure_usd={50 * plan.stake_usd},max_total_exposure_usd={250 * plan.stake_usd}"
    settings = load_settings(
        keeper_home=store.path.parent, keeper_parameters=f"{words},max_trades_per_day=100000"
    )
    instruments = {symbol.name: listed(symbol) for symbol in THIN}
    caps = SpendCaps(call=Decimal("0.02"), day=Decimal("0.20"), month=MONTH_USD)
    spending = SpendLedger(store, caps, watcher.clock, run_id=identity.run_id, world=identity.world.value)
    desk = Desk(ScriptedModel(plan.model), Breaker(SystemStopwatch()), ListedTariff("openai", plan.model))
    consultant = Consultant([desk], spending, ConsultationLog(store), SystemStopwatch(), 10.0)
    brain = parts(consultant)
    keeper, cycles, last = None, {}, 0
    for number, (end, markets) in enumerate(worlds(plan)):
        first = min(int(events["ts_init"][0]) for events in markets.values())
        if keeper is None:
            keeper = Keeper(settings, store, identity, instruments, watcher, None, first, brain=brain)
            keeper.begin("bench", {}, "", first)
        cycles = {name: keeper.cycle(instruments[name]) for name in markets}
        live_through(cycles, markets, end)
        last = end
        done = len(watcher.decisions)
        print(f"world {number}: {done} signals, {len(keeper.recall)} patterns", file=sys.stderr, flush=True)
        if done >= plan.signals:
            break
    consultant.close()
    return spending, last


def parts(consultant: Consultant) -> BrainParts:
    """The brain as the agent has it, but that audits are heard at once: time does not run here."""

    def audit(requests: Sequence[ConsultRequest]) -> None:
        consultant.consult(requests, requests[0].ts + 10 * NANOS)

    return BrainParts(consultant, consultant.price_usd, consultant.has_budget, audit, 10 * NANOS)


def live_through(cycles: Mapping[str, DecisionCycle], markets: Mapping[str, Events], end: int) -> None:
    """All markets of a world, taking turns of ten seconds."""
    ts = min(int(events["ts_init"][0]) for events in markets.values())
    places = dict.fromkeys(markets, 0)
    while ts < end:
        ts = min(ts + STEP_NS, end)
        for name, events in markets.items():
            upto = int(np.searchsorted(events["ts_init"], ts, side="right"))
            cycles[name].run(events[places[name] : upto], ts)
            places[name] = upto
    for cycle in cycles.values():
        cycle.close(end)


def summarise(plan: Plan, store: Store, watcher: Watcher, last: int) -> dict[str, Any]:
    """The figures of the run."""
    decisions = watcher.decisions
    n = len(decisions)
    log = ConsultationLog(store).all_until()
    sent = [one.decision_id for one in log]
    calls = [one for one in log if one.tokens is not None]
    a_call = sum((one.cost_usd for one in calls), Decimal(0)) / max(1, len(calls))
    warm = decisions[int(n * WARM) :]
    rng = np.random.default_rng(plan.seed)
    audits = list(judged_answers(store, last, AUDIT))
    asked = list(judged_answers(store, last, DECIDE))
    asked_share = len(sent) / n
    month = SIGNALS_A_DAY * DAYS_A_MONTH
    return {
        "model": plan.model,
        "stake_usd": plan.stake_usd,
        "signals": n,
        "asked": share(len(sent), n),
        "asked_to_decide": share(sum(one.purpose == DECIDE for one in log), n),
        "audited": share(sum(one.purpose == AUDIT for one in log), n),
        "highest_share_so_far": highest_share(decisions, set(sent)),
        "causes": Counter(one.cause or "answered" for one in log),
        "usd_a_call": float(a_call),
        "tokens_a_call": None if not calls else mean_tokens(calls),
        "usd_a_month": float(a_call) * asked_share * month,
        "usd_a_month_at_most": float(a_call) * 0.05 * month,
        "refused_by": Counter(refusing_rule(one) for one in decisions if one.route is Route.RULE),
        "routes": Counter(one.route.value for one in decisions),
        "settled_by_pattern_or_strategy_warm": share(
            sum(one.route in (Route.PATTERN, Route.STRATEGY) for one in warm), len(warm)
        ),
        "without_rules_warm": settled_without_rules(warm),
        "ambiguous_warm": share(sum(one.route in (Route.ABSTAIN, Route.LLM) for one in warm), len(warm)),
        "patterns": n_patterns(store),
        "regret_of_not_asking_bps": estimate(mean_regret(audits, rng)),
        "gain_of_asking_bps": estimate(mean_regret([as_abstained(one) for one in asked], rng)),
    }


def refusing_rule(decision: Decision) -> str:
    """The rule that refused."""
    return next(vote.component for vote in decision.votes if vote.stance == "skip")


def settled_without_rules(decisions: Sequence[Decision]) -> dict[str, Any]:
    """The share settled by pattern or strategy of what no rule refused."""
    left = [one for one in decisions if one.route is not Route.RULE]
    return share(sum(one.route in (Route.PATTERN, Route.STRATEGY) for one in left), len(left))


def as_abstained(one: Judged) -> Judged:
    """The same answer beside not entering, which is what happens where nobody is asked."""
    return replace(one, is_entered=False)


def share(hits: int, n: int) -> dict[str, Any]:
    """A share with its n and its 95 % Wilson interval."""
    low, high = wilson_interval(hits, n)
    return {"share": hits / n if n else None, "low": low, "high": high, "n": n}


def highest_share(decisions: Sequence[Decision], sent: Collection[str]) -> float:
    """The highest share asked of the decisions so far, at any time of the run."""
    flags = np.array([one.decision_id in sent for one in decisions])
    return float((np.cumsum(flags) / np.arange(1, len(flags) + 1)).max())


def mean_tokens(calls: Sequence[Consultation]) -> dict[str, float]:
    """Tokens a call, sent and answered."""
    counted = [one.tokens for one in calls if one.tokens is not None]
    return {
        "input": float(np.mean([one.input for one in counted])),
        "output": float(np.mean([one.output for one in counted])),
    }


def n_patterns(store: Store) -> int:
    """Patterns remembered at the end."""
    return len(store.read(select(METADATA.tables["pattern"].c.outcome_id)))


def estimate(found: Estimate | None) -> dict[str, Any] | None:
    """An estimate with its interval and n."""
    return None if found is None else asdict(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--signals", type=int, default=5_000)
    parser.add_argument("--minutes", type=float, default=60.0, help="of one world")
    parser.add_argument("--tier", default="T2")
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--model", default="gpt-5-mini")
    parser.add_argument("--stakes", type=float, nargs="+", default=[2.0, 50.0])
    given = parser.parse_args()
    warm_kernels()
    found = [
        measure(Plan(given.model, stake, given.signals, given.tier, given.minutes, given.seed))
        for stake in given.stakes
    ]
    if given.json:
        print(json.dumps({"router": found}))
        return
    for one in found:
        print(f"stake {one['stake_usd']:g} USD, {one['signals']} signals")
        for name, value in one.items():
            print(f"  {name}: {value}")


if __name__ == "__main__":
    main()
