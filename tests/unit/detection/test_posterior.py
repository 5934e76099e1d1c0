"""The frozen numbers are what they were, and the kernel reads them as plain numpy does."""

import json
from pathlib import Path

import numpy as np
import pytest

from tools.detection.maker import EVIDENCE
from tools.detection.numbers import NumbersFault
from tools.detection.posterior import (
    FILE,
    FILE_APART,
    KNOTS,
    fitted_posterior,
    logit_of,
    logits,
    posterior_from_json,
    probability_of,
)
from tools.domain.identity import numbers_hash


def with_numbers(**changed: object) -> str:
    data = json.loads(FILE.read_text("utf-8"))
    data["numbers"] |= changed
    data["sha256"] = numbers_hash(data["numbers"])
    return json.dumps(data)


def test_a_number_that_was_touched_is_noticed() -> None:
    data = json.loads(FILE.read_text("utf-8"))
    data["numbers"]["intercept"] += 1e-6
    with pytest.raises(NumbersFault, match="must hash to"):
        posterior_from_json(json.dumps(data))


@pytest.mark.parametrize(
    "changed",
    [
        {"x": [0.0, 0.0], "y": [0.1, 0.9]},
        {"x": [0.0, 1.0], "y": [0.9, 0.1]},
        {"x": [0.0, 1.0], "y": [0.0, 0.9]},
        {"x": list(range(KNOTS + 1)), "y": np.linspace(0.1, 0.9, KNOTS + 1).tolist()},
        {"linear": [0.0] * (EVIDENCE - 1)},
        {"intercept": float("nan")},
    ],
)
def test_numbers_that_cannot_be_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(NumbersFault):
        posterior_from_json(with_numbers(**changed))


@pytest.mark.parametrize("file", [FILE, FILE_APART])
def test_the_kernel_agrees_with_numpy_within_and_beyond_what_was_fitted(file: Path) -> None:
    rng = np.random.default_rng(3)
    record = fitted_posterior(file)
    evidence = rng.normal(1.0, 4.0, (200, EVIDENCE))
    slow = logits(record, evidence)
    fast = [logit_of(record[0], row, np.zeros(EVIDENCE)) for row in evidence]
    assert fast == pytest.approx(slow.tolist(), rel=1e-9)
    knots = int(record["knots"][0])
    said = [probability_of(record[0], z) for z in slow.tolist()]
    assert said == pytest.approx(np.interp(slow, record["x"][0, :knots], record["y"][0, :knots]).tolist())
