"""What memory holds: its layers, worth, strategies, dearest patterns, and the graph around a decision."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select

from graphs.explanation import explain
from graphs.report import strategy_as_data, worth_as_data
from keeper_agent.api.shapes_figures import Graph, Memory
from keeper_agent.settings import Settings
from memory.account import present
from memory.layers import layers
from memory.parameters import ParameterStore
from memory.schema import METADATA
from memory.statistics import decisions_of
from memory.store import Store
from memory.strategies import StrategyBook
from memory.worth import WorthBook

MOST_PATTERNS = 50
LINKED = ("pattern", "outcome")
_T = METADATA.tables


def memory_of(store: Store, settings: Settings, now: int) -> Memory:
    """As it is known ``now``, ns."""
    ts = present(store, now)
    parameters = ParameterStore(store, settings.parameter_overrides()).snapshot(ts)
    p = _T["pattern"].c
    kept = (
        p.outcome_id,
        p.symbol,
        p.world,
        p.net_bps,
        p.result,
        p.ts,
        p.importance,
        p.surprise,
        p.uniqueness,
    )
    query = select(*kept).where(p.ts_retired.is_(None)).order_by(p.importance.desc(), p.ts_known.desc())
    patterns = [dict(row) for row in store.read(query.limit(MOST_PATTERNS))]
    behind = decisions_of(store, [one["outcome_id"] for one in patterns])
    return Memory(
        layers=[asdict(one) for one in layers(store, ts, parameters)],
        worth=[worth_as_data(one) for one in WorthBook(store).latest(ts)],
        strategies=[strategy_as_data(one) for one in StrategyBook(store).known(ts)],
        patterns=[{**one, "decision_id": behind.get(one["outcome_id"])} for one in patterns],
    )


def graph_around(store: Store, name: str) -> Graph:
    """The memory graph around the decision whose id begins with ``name``.

    Raises:
        NotInRecord: There is none.
        BadUsage: There is more than one.
    """
    found = explain(store, name)
    nodes = found["graph"]["nodes"]
    behind = decisions_of(store, [node["id"] for node in nodes if node["kind"] in LINKED])
    for node in nodes:
        decision = behind.get(node["id"])
        if decision is not None and decision != found["decision_id"]:
            node["decision_id"] = decision
    return Graph(decision_id=found["decision_id"], nodes=nodes, edges=found["graph"]["edges"])
