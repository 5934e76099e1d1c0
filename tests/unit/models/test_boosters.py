"""Trees: the same bytes every time, monotone where it must be, and no file is trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tools.domain.errors import ModelUnusable
from tools.domain.identity import content_hash
from tools.models.boosters import BoostedTrees, BoosterSettings, load_booster, train_booster
from tools.models.examples import Dataset
from tools.models.inputs import INPUTS_V1

SETTINGS = BoosterSettings(max_trees=30)


def grown(dataset: Dataset, seed: int = 0, settings: BoosterSettings = SETTINGS) -> BoostedTrees:
    return train_booster(
        dataset.matrix,
        dataset.labels,
        dataset.weights,
        dataset.spans,
        dataset.names,
        seed=seed,
        settings=settings,
    )


def loaded(data: bytes, features: int = len(INPUTS_V1)) -> BoostedTrees:
    return load_booster(data, sha256=content_hash(data), features=features, where="model.json")


@pytest.fixture(scope="module")
def trees(planted: Dataset) -> BoostedTrees:
    return grown(planted)


def test_the_same_data_and_seed_give_the_same_bytes(planted: Dataset, trees: BoostedTrees) -> None:
    assert grown(planted).to_bytes() == trees.to_bytes()
    assert grown(planted, seed=1).to_bytes() != trees.to_bytes()


def test_a_loaded_ensemble_says_exactly_the_same(planted: Dataset, trees: BoostedTrees) -> None:
    again = loaded(trees.to_bytes())
    np.testing.assert_array_equal(again.margin(planted.matrix), trees.margin(planted.matrix))
    assert (again.trees, again.features) == (trees.trees, 10)


def test_one_row_says_the_same_as_a_batch_and_nan_is_allowed(planted: Dataset, trees: BoostedTrees) -> None:
    batch = trees.margin(planted.matrix[:5])
    np.testing.assert_array_equal(trees.margin(planted.matrix[2:3]), batch[2:3])
    assert np.isfinite(trees.margin(np.full((1, 10), np.nan, dtype=np.float32))).all()


def test_rows_of_another_width_are_refused(trees: BoostedTrees) -> None:
    with pytest.raises(ValueError, match="rows of 10 inputs"):
        trees.margin(np.zeros((1, 9), dtype=np.float32))


def test_a_higher_breakeven_never_lowers_the_odds_of_a_win(planted: Dataset, trees: BoostedTrees) -> None:
    column = planted.names.index("breakeven")
    rows = np.repeat(planted.matrix[:20], 40, axis=0)
    rows[:, column] = np.tile(np.linspace(0, 1, 40, dtype=np.float32), 20)
    steps = np.diff(trees.margin(rows).reshape(20, 40), axis=1)
    assert steps.min() >= -1e-6
    assert steps.max() > 0


def test_noise_stops_the_growth_early(noise: Dataset) -> None:
    patient = BoosterSettings(max_trees=300, learning_rate=0.3, max_depth=6, patience=5)
    assert grown(noise, settings=patient).trees < 30


def test_without_a_free_slice_to_stop_on_growth_is_short(planted: Dataset) -> None:
    spans = planted.spans.copy()
    spans[:, 1] = spans[-1, 1]
    short = train_booster(
        planted.matrix,
        planted.labels,
        planted.weights,
        spans,
        planted.names,
        seed=0,
        settings=BoosterSettings(max_trees=200, patience=7),
    )
    assert short.trees == 7
    assert grown(planted, settings=BoosterSettings(max_trees=12, patience=0)).trees == 12


def test_changed_bytes_are_refused_by_hash(trees: BoostedTrees) -> None:
    data = trees.to_bytes()
    for bad in (data[:-10], data.replace(b'"gbtree"', b'"dart!!"', 1), b"", b"\x80\x04pickle"):
        with pytest.raises(ModelUnusable, match=r"model\.json: expected sha256 .* was"):
            load_booster(bad, sha256=content_hash(data), features=10, where="model.json")


def _edit(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    def edited(data: bytes) -> bytes:
        model = json.loads(data)
        change(model["learner"])
        return json.dumps(model).encode()

    return edited


def _tree(learner: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = learner["gradient_booster"]["model"]["trees"][0]
    return found


FORGERIES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "not JSON": (lambda data: b"\x80\x04\x95 no", "expected an XGBoost model in JSON"),
    "another JSON": (lambda data: b"[1, 2]", "expected an XGBoost model in JSON"),
    "another objective": (
        _edit(lambda learner: learner["objective"].update(name="reg:squarederror")),
        "expected objective binary:logistic, was reg:squarederror",
    ),
    "a child outside": (
        _edit(lambda learner: _tree(learner)["left_children"].__setitem__(0, 10**6)),
        "outside",
    ),
    "a circle": (_edit(lambda learner: _tree(learner)["left_children"].__setitem__(0, 0)), "outside"),
    "two parents": (
        _edit(
            lambda learner: _tree(learner)["left_children"].__setitem__(
                0, _tree(learner)["right_children"][0]
            )
        ),
        "outside",
    ),
    "an unknown input": (
        _edit(lambda learner: _tree(learner)["split_indices"].__setitem__(0, 99)),
        "outside",
    ),
    "a short column": (_edit(lambda learner: _tree(learner)["split_conditions"].pop()), "outside"),
    "a class that is not there": (
        _edit(lambda learner: learner["gradient_booster"]["model"]["tree_info"].__setitem__(0, 7)),
        "outside",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_file_is_refused_before_it_is_walked(name: str, trees: BoostedTrees) -> None:
    forge, message = FORGERIES[name]
    with pytest.raises(ModelUnusable, match=rf"model\.json: .*{message}"):
        loaded(forge(trees.to_bytes()))


def test_a_model_of_other_width_is_refused(trees: BoostedTrees) -> None:
    with pytest.raises(ModelUnusable, match="expected a model of 9 inputs, was one of 10"):
        loaded(trees.to_bytes(), features=9)


def test_an_ensemble_that_is_added_up_otherwise_is_refused_in_one_line(trees: BoostedTrees) -> None:
    forged = _edit(lambda learner: learner["gradient_booster"].update(name="nonsense"))(trees.to_bytes())
    with pytest.raises(ModelUnusable, match="trees that are summed") as caught:
        loaded(forged)
    assert "\n" not in str(caught.value)
