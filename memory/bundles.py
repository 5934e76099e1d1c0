"""What each decision was taken from: sealed with it, so that it can be taken again.

A signal's features, the outcomes recalled and the model's version stand in the record already; a
bundle adds the account as it was, the hash of all market data seen so far, and the policy
(parameters, sizes, seed): the same for thousands of decisions, so it is kept once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from memory.archives import filled
from memory.codec import canonical
from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import NotInRecord
from tools.domain.identity import content_hash

NAMED = 64  # policies whose names are kept at hand


@dataclass(frozen=True, slots=True)
class Bundle:
    """A decision's inputs.

    Attributes:
        policy: Everything but market and account, as plain data.
        account: The account at the decision time, as plain data.
        market_events: How many events of the symbol the run had seen.
        market_hash: SHA-256 of them in order.
        weights: The reliability each component's votes had by then; 1 where it is not named.
        heard: For a decision that waited for an answer: when it was asked, what was seen when it was
            acted on, and why there was no answer; None for one that was taken at once.
    """

    decision_id: str
    run_id: str
    world: str
    ts: int
    policy: Mapping[str, Any]
    account: Mapping[str, Any]
    market_events: int
    market_hash: str
    weights: Mapping[str, float]
    heard: Mapping[str, Any] | None = None

    @property
    def policy_id(self) -> str:
        """The name of its policy: the hash of what it says."""
        return f"p_{content_hash(canonical(dict(self.policy)).encode())}"


class BundleBook:
    """Keeps bundles in ``store``; a policy is written when it is first met."""

    def __init__(self, store: Store) -> None:
        self._store = store
        policies = METADATA.tables["policy"]
        self._named: dict[int, tuple[Mapping[str, Any], str]] = {}  # the policies met lately, by their place
        self._known = {row["policy_id"] for row in store.read(select(policies.c.policy_id))}

    def record(self, bundle: Bundle) -> None:
        """Keep a bundle with the next batch."""
        name = self._name(bundle)
        shared = {"run_id": bundle.run_id, "world": bundle.world, "ts_known": bundle.ts, "policy_id": name}
        is_new = name not in self._known
        self._known.add(name)
        self._store.write(self._rows(bundle, shared, is_new=is_new))

    def _rows(self, bundle: Bundle, shared: dict[str, Any], *, is_new: bool) -> Iterator[Row]:
        if is_new:
            yield Row("policy", {**shared, "content": canonical(dict(bundle.policy))})
        values = {
            **shared,
            "decision_id": bundle.decision_id,
            "account": canonical(dict(bundle.account)),
            "market_events": bundle.market_events,
            "market_hash": bundle.market_hash,
            "weights": canonical(dict(bundle.weights)) if bundle.weights else None,
            "heard": None if bundle.heard is None else canonical(dict(bundle.heard)),
        }
        yield Row("bundle", values)

    def _name(self, bundle: Bundle) -> str:
        """Its policy's name; who hands in the same object again need not have it hashed again."""
        known = self._named.get(id(bundle.policy))
        if known is not None and known[0] is bundle.policy:
            return known[1]
        if len(self._named) >= NAMED:
            self._named.clear()
        self._named[id(bundle.policy)] = (bundle.policy, bundle.policy_id)
        return self._named[id(bundle.policy)][1]


def read_bundle(store: Store, decision_id: str) -> Bundle:
    """The bundle of a decision.

    Raises:
        NotInRecord: It has none: it was taken before bundles were kept.
    """
    bundles, policies = METADATA.tables["bundle"], METADATA.tables["policy"]
    joined = bundles.join(policies, bundles.c.policy_id == policies.c.policy_id)
    query = (
        select(bundles, policies.c.content).select_from(joined).where(bundles.c.decision_id == decision_id)
    )
    found = store.read(query)
    if not found:
        raise NotInRecord(f"decision {decision_id} has no bundle: it was taken before bundles were kept")
    (row,) = filled(store, "bundle", found)
    return Bundle(
        decision_id=row["decision_id"],
        run_id=row["run_id"],
        world=row["world"],
        ts=row["ts_known"],
        policy=orjson.loads(row["content"]),
        account=orjson.loads(row["account"]),
        market_events=row["market_events"],
        market_hash=row["market_hash"],
        weights=orjson.loads(row["weights"] or "{}"),
        heard=None if row["heard"] is None else orjson.loads(row["heard"]),
    )


def read_heard(store: Store, decision_id: str) -> Mapping[str, Any] | None:
    """What a decision that waited for an answer was concluded from; None for one that did not wait."""
    bundles = METADATA.tables["bundle"].c
    found = store.read(select(bundles.heard).where(bundles.decision_id == decision_id))
    return orjson.loads(found[0]["heard"]) if found and found[0]["heard"] is not None else None
