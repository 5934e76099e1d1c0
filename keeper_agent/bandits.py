"""What bandits believe: kept in memory after every followed signal, and told beside a signal's features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from memory.posteriors import PosteriorBook, PosteriorRecord
from scheduler.run import RunIdentity
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Outcome, Signal
from tools.risk.bandits import TOLD, BanditKind, Counts, Regression, arm_of, context_of

EVERY = "every kind"  # one regression for all kinds of signals: the context tells them apart


class Bandits:
    """The beliefs of the bandit that is on, beginning with what memory knows at ``ts``.

    Only one that is on learns: switched on later, it begins with what it knew when it was last on.
    """

    def __init__(self, book: PosteriorBook, identity: RunIdentity, ts: int) -> None:
        self._book, self._identity, self._ts = book, identity, ts
        self._counts: dict[str, Counts] | None = None
        self._regression: Regression | None = None
        self._seen: dict[tuple[BanditKind, str], int] = {}

    def told(
        self, source: str, features: Mapping[str, float | None], ts: int, parameters: ParameterSet
    ) -> Mapping[str, float]:
        """What is believed at ``ts`` of a signal from ``source``, by the names of ``bandits.TOLD``."""
        half_life = parameters.days_ns("bandit_half_life_days")
        kind = BanditKind(parameters.whole("bandit"))
        if kind is BanditKind.THOMPSON:
            found = self._known_counts().get(arm_of(source, features), Counts()).at(ts, half_life)
            return {TOLD[0]: found.won, TOLD[1]: found.lost}
        if kind is BanditKind.LINUCB:
            mean, error = self._known_regression().at(ts, half_life).expects(context_of(features))
            return {TOLD[2]: mean, TOLD[3]: error}
        return {}

    def learn(self, outcome: Outcome, signal: Signal, parameters: ParameterSet) -> None:
        """Count what a signal followed on paper came to; one that never filled says nothing of winning."""
        kind = BanditKind(parameters.whole("bandit"))
        if kind is BanditKind.OFF or outcome.net_bps is None:
            return
        half_life, ts = parameters.days_ns("bandit_half_life_days"), outcome.ts_known
        if kind is BanditKind.THOMPSON:
            arm, counts = arm_of(signal.source, signal.features), self._known_counts()
            after = counts.get(arm, Counts()).after(outcome.net_bps > 0, ts=ts, half_life_ns=half_life)
            counts[arm] = after
            self._keep(kind, arm, asdict(after), outcome)
        else:
            x = context_of(signal.features)
            fitted = self._known_regression().after(x, outcome.net_bps, ts=ts, half_life_ns=half_life)
            self._regression = fitted
            self._keep(kind, EVERY, _plain(fitted), outcome)

    def _keep(self, kind: BanditKind, arm: str, belief: Mapping[str, Any], outcome: Outcome) -> None:
        self._seen[kind, arm] = n = self._seen.get((kind, arm), 0) + 1
        self._book.record(
            PosteriorRecord(
                decision_id=outcome.decision_id,
                kind=kind.name.lower(),
                arm=arm,
                n=n,
                belief=belief,
                run_id=self._identity.run_id,
                world=self._identity.world.value,
                ts=outcome.ts_known,
                ts_known=outcome.ts_known,
            )
        )

    def _known_counts(self) -> dict[str, Counts]:
        if self._counts is None:
            self._counts = {one.arm: Counts(**one.belief) for one in self._known(BanditKind.THOMPSON)}
        return self._counts

    def _known_regression(self) -> Regression:
        if self._regression is None:
            found = self._known(BanditKind.LINUCB)
            self._regression = _regression(found[0].belief) if found else Regression()
        return self._regression

    def _known(self, kind: BanditKind) -> list[PosteriorRecord]:
        found = self._book.latest(self._identity.world.value, kind.name.lower(), self._ts)
        self._seen.update({(kind, one.arm): one.n for one in found})
        return found


def _plain(fitted: Regression) -> dict[str, Any]:
    return {
        "precision": fitted.precision.tolist(),
        "moment": fitted.moment.tolist(),
        "squares": fitted.squares,
        "n": fitted.n,
        "ts": fitted.ts,
    }


def _regression(belief: Mapping[str, Any]) -> Regression:
    return Regression(
        np.array(belief["precision"]),
        np.array(belief["moment"]),
        belief["squares"],
        belief["n"],
        belief["ts"],
    )
