"""What is known of a record around a question, and the form that the question has there."""

from __future__ import annotations

from memory.asked import first_decision_time
from memory.names import names_in_record
from memory.statistics import last_decision_time, symbols
from memory.store import Store
from prompts.reading.moments import Clock
from prompts.reading.spotting import Surroundings


def surroundings(store: Store, now: int) -> Surroundings:
    """Names and times of the record, which a question may speak of."""
    named = names_in_record(store)
    return Surroundings(
        symbols=symbols(store),
        parameters=named.parameters,
        providers=named.providers,
        models=named.models,
        features=named.features,
        clock=Clock(now, last_decision_time(store), first_decision_time(store)),
    )
