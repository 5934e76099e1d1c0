"""What happened lately on a symbol, in figures: the last decisions on it and what came of them.

It is looked up for the few signals that go to a brain, and sealed with the decision. As with profiles and
strategies it ends a minute before the signal: what ends while an answer is waited for is written later than
it is dated, so that a look back up to the signal itself would not find the same when it is taken again.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import orjson
from sqlalchemy import select

from memory.recent import Ended, RecentDecision, last_decisions
from memory.schema import METADATA
from memory.store import Store
from memory.strategies import HEARD_AFTER_NS
from tools.domain.market import NANOS
from tools.domain.trading import Action, Result, Signal

LOOKED_AT = 50  # decisions
NO_SIZE = "no size: "  # how the reason of an entry that limits left nothing of begins
_MINUTE = 60 * NANOS

_DECISIONS = METADATA.tables["decision"].c


def lately(store: Store, signal: Signal) -> Mapping[str, float]:
    """What happened on the symbol of ``signal`` in its world, as it is heard at its time.

    Counts are of the last ``LOOKED_AT`` decisions at most; ``minutes_since_`` and ``minutes_covered`` reach
    back from the signal. What is not known, such as the mean of nothing, is not named. ``refused_by.`` is
    followed by a rule, a limit or the route that settled it; what several rules refused counts for each.
    """
    found = last_decisions(store, signal.symbol, signal.ts - HEARD_AFTER_NS, LOOKED_AT, signal.world)
    entered = [one for one in found if one.action == Action.ENTER]
    skipped = [one for one in found if one.action == Action.SKIP]
    traded = [one.traded for one in found if one.traded is not None]
    left = [one.ts for one in traded if one.result == Result.ABORT]
    moments = {
        "decision": [one.ts for one in found],
        "entry": [one.ts for one in entered],
        "departure": left,
    }
    return {
        "decisions": float(len(found)),
        "entered": float(len(entered)),
        "probes": float(sum(one.is_probe for one in entered)),
        "refused": float(len(skipped)),
        "left_open": float(len(found) - len(entered) - len(skipped)),
        "departures": float(len(left)),
        **{f"refused_by.{cause}": float(n) for cause, n in _causes(store, skipped).items()},
        **_results("followed", [one.followed for one in found if one.followed is not None]),
        **_results("traded", traded),
        **{
            f"minutes_since_{name}": (signal.ts - max(stamps)) / _MINUTE
            for name, stamps in moments.items()
            if stamps
        },
        **({"minutes_covered": (signal.ts - found[-1].ts) / _MINUTE} if found else {}),
    }


def _results(kind: str, ended: Sequence[Ended]) -> Mapping[str, float]:
    """What follows or round trips came to; one that never filled neither won nor lost."""
    nets = [one.net_bps for one in ended if one.net_bps is not None]
    counts = {
        kind: len(ended),
        f"{kind}_unfilled": len(ended) - len(nets),
        f"{kind}_won": sum(net > 0 for net in nets),
        f"{kind}_lost": sum(net <= 0 for net in nets),
    }
    told = {name: float(n) for name, n in counts.items()}
    return told | ({f"{kind}_mean_net_bps": math.fsum(nets) / len(nets)} if nets else {})


def _causes(store: Store, skipped: Sequence[RecentDecision]) -> Mapping[str, int]:
    """How many of ``skipped`` each cause refused; a decision may have several."""
    if not skipped:
        return {}
    columns = (_DECISIONS.route, _DECISIONS.reason, _DECISIONS.votes, _DECISIONS.clamps)
    wanted = _DECISIONS.decision_id.in_([one.decision_id for one in skipped])
    rows = store.read(select(*columns).where(wanted))
    return Counter(chain.from_iterable(_refusers(**row) for row in rows))


def _refusers(route: str, reason: str, votes: str, clamps: str) -> Iterator[str]:
    """The rules that refused, else the limit that left no size, else who settled it."""
    said = orjson.loads(votes)
    rules = [vote["component"] for vote in said if vote["stance"] == "skip" and _is_rule(vote["component"])]
    if rules:
        yield from rules
    elif reason.startswith(NO_SIZE):
        yield f"limit.{orjson.loads(clamps)[-1]['limit']}"
    else:
        yield route


def _is_rule(component: str) -> bool:
    return component.startswith("rule.")
