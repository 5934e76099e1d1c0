"""The reversal model finds what is planted, finds nothing in noise, and comes back from disk as it went."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tools.domain.errors import ModelUnusable, NotEnoughData, StoreUnusable
from tools.models.boosters import BoosterSettings
from tools.models.reversal_files import load_reversal, save_reversal
from tools.models.reversal_inputs import TWELVE
from tools.models.reversal_model import ReversalModel, train_reversal
from tools.models.validation import brier_skill

Reals = npt.NDArray[np.float64]
SMALL = BoosterSettings(max_trees=20, max_depth=3, learning_rate=0.2, patience=5)


def world(seed: int, strength: float, n: int = 3_000) -> tuple[Reals, Reals, npt.NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, len(TWELVE)))
    labels = (rng.random(n) < 1 / (1 + np.exp(-strength * rows[:, 3]))).astype(np.float64)
    starts = np.arange(n, dtype=np.int64)
    return rows, labels, np.column_stack((starts, starts + 10))


def trained(strength: float) -> ReversalModel:
    return train_reversal(*world(1, strength), TWELVE, settings=SMALL, embargo_ns=50)


def skill(strength: float) -> float:
    rows, labels, _ = world(2, strength)
    model = trained(strength)
    return brier_skill(model.probabilities(rows), labels, model.base_rate)


def test_what_is_planted_is_found_and_noise_is_not() -> None:
    assert skill(2.0) > 0.2
    assert skill(0.0) < 0.01


def test_labels_of_one_kind_are_refused() -> None:
    rows, labels, spans = world(1, 0.0)
    with pytest.raises(NotEnoughData, match="either class"):
        train_reversal(rows, np.zeros_like(labels), spans, TWELVE, settings=SMALL, embargo_ns=50)


def test_a_model_comes_back_from_disk_as_it_went(tmp_path: Path) -> None:
    model, (rows, _, _) = trained(2.0), world(2, 2.0)
    save_reversal(model, tmp_path / "one", label="move", ts_trained=7)
    again = load_reversal(tmp_path / "one")
    np.testing.assert_array_equal(again.probabilities(rows), model.probabilities(rows))
    assert again.base_rate == model.base_rate
    assert {one.name for one in tmp_path.iterdir()} == {"one"}
    with pytest.raises(StoreUnusable, match="exists already"):
        save_reversal(model, tmp_path / "one", label="move", ts_trained=8)


@pytest.mark.parametrize("name", ["model.json", "manifest.json"])
def test_a_changed_or_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    save_reversal(trained(2.0), tmp_path / "one", label="move", ts_trained=7)
    file = tmp_path / "one" / name
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"1", b"2", 1))
    with pytest.raises(ModelUnusable):
        load_reversal(tmp_path / "one")
    file.unlink()
    with pytest.raises(ModelUnusable, match="found none"):
        load_reversal(tmp_path / "one")
