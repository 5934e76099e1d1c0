"""Two trees are the same only while no column of what their senses say differs."""

import numpy as np
import pytest

from benchmarks.tree_side import columns_of, outputs
from benchmarks.trees import differing
from tests.support.senses import opening
from tools.detection.order_pool import END
from tools.detection.spoofing import ALERT

TAPE = "binance-futures_ETHUSDT_20240718-2357"


def two_of(dtype: np.dtype[np.void]) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(3, dtype), np.zeros(3, dtype)


@pytest.mark.parametrize("column", END.names or ())
def test_one_cell_of_a_level_order_makes_its_column_differ(column: str) -> None:
    ours, theirs = two_of(END)
    assert differing(columns_of("ends", ours), columns_of("ends", theirs)) == []
    ours[column][1] = 1
    (name,) = differing(columns_of("ends", ours), columns_of("ends", theirs))
    assert name == f"ends.{column} (3)"


def test_the_last_bit_of_an_alerts_evidence_makes_it_differ() -> None:
    ours, theirs = two_of(ALERT)
    ours["evidence"], theirs["evidence"] = 0.1, 0.1
    ours["evidence"][2, 5] = np.nextafter(0.1, 1.0)
    assert differing(columns_of("alerts", ours), columns_of("alerts", theirs)) == ["alerts.evidence (3)"]


def test_a_row_more_is_a_difference() -> None:
    ours, _ = two_of(END)
    assert differing(columns_of("ends", ours), columns_of("ends", ours[:2]))


def test_the_outputs_are_those_of_the_events_and_of_nothing_else() -> None:
    events = opening(TAPE, 60)
    first = outputs(events, TAPE)
    assert differing(first, outputs(events, TAPE)) == []
    changed = events.copy()
    changed["size"][np.flatnonzero((events["kind"] == 0) & (events["size"] > 0))[-1]] += 1
    assert any(name.startswith(("resting", "ends")) for name in differing(first, outputs(changed, TAPE)))
