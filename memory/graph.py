"""The memory graph around a decision: what it rested on, and what came of it.

A view made from SQL on demand. Every node carries ``kind``, ``label``, ``ts_known`` and
``is_later``: evidence is only what was known when the decision was taken; its own execution,
outcome and what that taught come after, and say so. Every edge carries its ``relation``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Select, cast, or_, select

from memory.consultations import AUDIT, ConsultationLog
from memory.lessons import lesson_of
from memory.lookup import DecisionStory, tell
from memory.parameters import change_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.regime import Regime
from tools.domain.trading import Action, Decision


class Node(StrEnum):
    """Kinds of node."""

    RUN = "run"
    SYMBOL = "symbol"
    REGIME = "regime"
    SIGNAL = "signal"
    DECISION = "decision"
    PATTERN = "pattern"
    MODEL = "model"
    LESSON = "lesson"
    PARAMETER = "parameter"
    LIMIT = "limit"
    CONSULTATION = "consultation"
    INTENT = "intent"
    ORDER = "order"
    FILL = "fill"
    OUTCOME = "outcome"
    UNKNOWN = "unknown"


class Relation(StrEnum):
    """Kinds of edge, read from the first node to the second."""

    PART_OF = "part_of"
    SEEN_ON = "seen_on"
    SEEN_IN = "seen_in"
    BASED_ON = "based_on"
    MATCHED = "matched"
    BLOCKED_BY = "blocked_by"
    CLAMPED_BY = "clamped_by"
    ASKED = "asked"
    AUDITED_BY = "audited_by"
    EXECUTED_AS = "executed_as"
    RESULTED_IN = "resulted_in"
    TAUGHT = "taught"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class _Fact:
    """A row some evidence id may name."""

    kind: Node
    label: str
    ts_known: int


def explain_graph(store: Store, decision_id: str, as_of: int | None = None) -> Any:
    """The graph around a decision, a ``networkx.MultiDiGraph``.

    Args:
        store: Where the record is.
        decision_id: Id of the decision, or a unique beginning of it.
        as_of: What was known later than this is left out; None is everything known today.

    Raises:
        NotInRecord: There is no such decision.
    """
    return graph_of(store, tell(store, decision_id, as_of=as_of), as_of)


def graph_of(store: Store, story: DecisionStory, as_of: int | None = None) -> Any:
    """The graph around the decision of ``story``; see ``explain_graph``."""
    # Networkx takes 0.1 s to load, and only explanations need it.
    import networkx

    view = _View(networkx.MultiDiGraph(), store, story, as_of)
    view.draw_circumstances()
    view.draw_evidence()
    view.draw_consultations()
    view.draw_limits()
    view.draw_execution()
    view.draw_teaching()
    return view.graph


class _View:
    """The graph while it is drawn."""

    def __init__(self, graph: Any, store: Store, story: DecisionStory, as_of: int | None) -> None:
        self.graph = graph
        self._store = store
        self._story = story
        self._decision: Decision = story.decision
        self._as_of = as_of
        label = f"{self._decision.action.value} {self._decision.route.by}: {self._decision.reason}"
        self._node(self._decision.decision_id, Node.DECISION, label, self._decision.ts)

    def draw_circumstances(self) -> None:
        """The signal, its symbol, regime and run."""
        signal, decision = self._story.signal, self._decision
        self._node(signal.signal_id, Node.SIGNAL, f"{signal.source} {signal.side.label}", signal.ts)
        self._edge(decision.decision_id, signal.signal_id, Relation.BASED_ON)
        regime = Regime(int(signal.features.get("regime") or 0)).label
        self._node(f"symbol:{signal.symbol}", Node.SYMBOL, signal.symbol, signal.ts)
        self._node(f"regime:{regime}", Node.REGIME, regime, signal.ts)
        self._edge(signal.signal_id, f"symbol:{signal.symbol}", Relation.SEEN_ON)
        self._edge(signal.signal_id, f"regime:{regime}", Relation.SEEN_IN)
        runs = METADATA.tables["run"]
        for row in self._store.read(select(runs).where(runs.c.run_id == decision.run_id)):
            self._node(row["run_id"], Node.RUN, row["command"], row["ts_known"])
            self._edge(decision.decision_id, row["run_id"], Relation.PART_OF)

    def draw_evidence(self) -> None:
        """Recalled patterns, the parameters in force, the model, and what each vote rests on."""
        decision = self._decision
        heard = [name for vote in decision.votes for name in vote.evidence if name not in decision.recalled]
        facts = self._known_facts({*decision.recalled, *heard})
        for name in decision.recalled:
            self._cite(name, facts.get(name), Relation.MATCHED)
        for name in heard:
            self._cite(name, facts.get(name), Relation.BASED_ON)
        if decision.model_version is not None:
            self._node(f"model:{decision.model_version}", Node.MODEL, decision.model_version, decision.ts)
            self._edge(decision.decision_id, f"model:{decision.model_version}", Relation.BASED_ON)
        table = METADATA.tables["parameter"]
        in_force = or_(table.c.ts_retired.is_(None), table.c.ts_retired > decision.ts)
        for row in self._store.read(select(table).where(table.c.ts_known <= decision.ts, in_force)):
            self._parameter(row)
            self._edge(decision.decision_id, f"parameter:{row['version']}", Relation.BASED_ON)

    def draw_consultations(self) -> None:
        """Who was asked and what they said; an audit came after the decision and had no say in it."""
        own = self._decision.decision_id
        for asked in ConsultationLog(self._store).of_decision(own):
            is_audit = asked.purpose == AUDIT
            known = asked.ts_known if is_audit else asked.ts  # what decided belongs to the decision
            if self._as_of is not None and known > self._as_of:
                continue
            label = f"{asked.provider} {asked.model}: {asked.cause or asked.text}"
            self._node(asked.consultation_id, Node.CONSULTATION, label, known, is_later=is_audit)
            relation = Relation.AUDITED_BY if is_audit else Relation.ASKED
            self._edge(own, asked.consultation_id, relation)

    def draw_limits(self) -> None:
        """Limits that changed the wish; where nothing was entered, they and refusing votes blocked it."""
        decision = self._decision
        is_refused = decision.action is not Action.ENTER
        for clamp in decision.clamps:
            name = f"limit:{clamp.limit}"
            self._node(name, Node.LIMIT, f"{clamp.before} → {clamp.after}: {clamp.reason}", decision.ts)
            self._edge(decision.decision_id, name, Relation.BLOCKED_BY if is_refused else Relation.CLAMPED_BY)
        for vote in decision.votes if is_refused else ():
            if vote.stance == "skip":
                name = f"limit:{vote.component}"
                self._node(name, Node.LIMIT, vote.reason, decision.ts)
                self._edge(decision.decision_id, name, Relation.BLOCKED_BY)

    def draw_execution(self) -> None:
        """Intents, what became of them at the venue, and the outcomes."""
        story, own = self._story, self._decision.decision_id
        for intent in story.intents:
            label = f"{intent.leg} {intent.side.label}"
            self._node(intent.client_order_id, Node.INTENT, label, intent.ts, is_later=True)
            self._edge(own, intent.client_order_id, Relation.EXECUTED_AS)
        for order in story.orders:
            name = f"order:{order.client_order_id}"
            self._node(name, Node.ORDER, order.status.value, order.ts, is_later=True)
            if not self.graph.has_edge(order.client_order_id, name):
                self._edge(order.client_order_id, name, Relation.EXECUTED_AS)
        for fill in story.fills:
            name = f"fill:{fill.venue}:{fill.trade_id}"
            self._node(name, Node.FILL, "maker" if fill.is_maker else "taker", fill.ts, is_later=True)
            self._edge(fill.client_order_id, name, Relation.RESULTED_IN)
        for outcome in story.outcomes:
            label = f"{outcome.kind} {outcome.result.value}"
            self._node(outcome.outcome_id, Node.OUTCOME, label, outcome.ts_known, is_later=True)
            self._edge(own, outcome.outcome_id, Relation.RESULTED_IN)

    def draw_teaching(self) -> None:
        """Lessons that rest on this decision or its outcomes, and parameters those changed."""
        sources = {self._decision.decision_id, *(one.outcome_id for one in self._story.outcomes)}
        taught: set[str] = set()
        for row, names in self._resting_on("lesson", sources):
            lesson = lesson_of(row)
            taught.add(lesson.lesson_id)
            self._node(lesson.lesson_id, Node.LESSON, lesson.statement, lesson.ts_known, is_later=True)
            for name in names:
                self._edge(name, lesson.lesson_id, Relation.TAUGHT)
        for row, names in self._resting_on("parameter", sources | taught):
            self._parameter(row, is_later=True)
            for name in names:
                self._edge(name, f"parameter:{row['version']}", Relation.CHANGED)

    def _resting_on(
        self, table_name: str, sources: set[str]
    ) -> Iterable[tuple[Mapping[str, Any], list[str]]]:
        """Rows learned after the decision whose evidence names one of ``sources``, and which it names."""
        table, evidence = METADATA.tables[table_name], METADATA.tables["evidence"].c
        (key, *_) = table.primary_key.columns
        resting = select(cast(evidence.target, key.type)).where(
            evidence.name.in_(sorted(sources)), evidence.kind == table_name
        )
        query: Select[Any] = select(table).where(table.c.ts_known > self._decision.ts, key.in_(resting))
        if self._as_of is not None:
            query = query.where(table.c.ts_known <= self._as_of)
        for row in self._store.read(query.order_by(table.c.ts_known, *table.primary_key.columns)):
            names = sorted(sources.intersection(orjson.loads(row["evidence"])))
            if names:
                yield row, names

    def _cite(self, name: str, fact: _Fact | None, relation: Relation) -> None:
        """A piece of evidence, if it was in memory when the decision was taken."""
        if name == self._decision.model_version:
            return  # it has a node of its own
        if fact is None:
            fact = _Fact(Node.UNKNOWN, "not in memory at the time", self._decision.ts)
        if name not in self.graph:
            self._node(name, fact.kind, fact.label, fact.ts_known)
        self._edge(self._decision.decision_id, name, relation)

    def _known_facts(self, names: set[str]) -> dict[str, _Fact]:
        """What was in memory of ``names`` then; an outcome goes by its own id or its signal's."""
        if not names:
            return {}
        tables, ts, wanted = METADATA.tables, self._decision.ts, sorted(names)
        lessons, outcomes = tables["lesson"].c, tables["outcome"].c
        found: dict[str, _Fact] = {}
        held = select(lessons.lesson_id, lessons.statement, lessons.ts_known).where(
            lessons.lesson_id.in_(wanted), lessons.ts_known <= ts
        )
        for row in self._store.read(held.order_by(lessons.ts_known)):
            found[row["lesson_id"]] = _Fact(Node.LESSON, row["statement"], row["ts_known"])
        told = (outcomes.outcome_id, outcomes.signal_id, outcomes.kind, outcomes.result, outcomes.ts_known)
        same = or_(outcomes.outcome_id.in_(wanted), outcomes.signal_id.in_(wanted))
        known = select(*told).where(same, outcomes.ts_known <= ts)
        for row in self._store.read(known.order_by(outcomes.ts_known.desc())):
            fact = _Fact(Node.PATTERN, f"{row['kind']} {row['result']}", row["ts_known"])
            found |= {row[column]: fact for column in ("outcome_id", "signal_id") if row[column] in names}
        return found

    def _parameter(self, row: Mapping[str, Any], *, is_later: bool = False) -> None:
        change = change_of(row)
        label = f"{change.name} {change.value_before:g} → {change.value:g}"
        self._node(f"parameter:{change.version}", Node.PARAMETER, label, change.ts_known, is_later=is_later)

    def _node(self, name: str, kind: Node, label: str, ts_known: int, *, is_later: bool = False) -> None:
        self.graph.add_node(name, kind=kind.value, label=label, ts_known=ts_known, is_later=is_later)

    def _edge(self, source: str, target: str, relation: Relation) -> None:
        self.graph.add_edge(source, target, key=relation.value, relation=relation.value)
