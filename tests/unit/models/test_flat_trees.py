"""Flat trees say to the last bit what the library says."""

from __future__ import annotations

import numpy as np
import orjson
import pytest
import xgboost

from tools.models.flat_trees import FlatTrees, flat_trees

WIDTH = 7


def grown(depth: int, rounds: int, seed: int, **more: object) -> tuple[xgboost.Booster, FlatTrees]:
    rng = np.random.default_rng(seed)
    rows = troubled(rng, 600)
    known = np.nan_to_num(rows)
    labels = (known[:, 0] + known[:, 1] * known[:, 2] + rng.normal(size=600) > 0.2).astype(float)
    parameters = {"objective": "binary:logistic", "max_depth": depth, "nthread": 1, "seed": seed, **more}
    booster = xgboost.train(parameters, xgboost.DMatrix(rows, label=labels, missing=np.nan), rounds)
    learner = orjson.loads(bytes(booster.save_raw("json")))["learner"]
    base = float(learner["learner_model_param"]["base_score"].strip("[]"))
    return booster, flat_trees(learner["gradient_booster"]["model"]["trees"], base)


def troubled(rng: np.random.Generator, n: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Rows with holes, ties and a column that is hardly ever known."""
    rows = rng.normal(size=(n, WIDTH)).astype(np.float32)
    rows[:, 3] = np.round(rows[:, 3])
    rows[rng.random(rows.shape) < 0.15] = np.nan
    rows[rng.random(n) < 0.97, 6] = np.nan
    return rows


@pytest.mark.parametrize(
    ("depth", "rounds", "more"),
    [
        (1, 5, {}),
        (3, 40, {}),
        (5, 200, {"tree_method": "hist"}),
        (9, 30, {"tree_method": "exact"}),
        (0, 20, {"tree_method": "hist", "grow_policy": "lossguide", "max_leaves": 23}),
        (4, 30, {"gamma": 2.0, "monotone_constraints": "(1,0,0,0,0,0,-1)"}),
        (3, 10, {"base_score": 0.07}),
    ],
)
def test_every_shape_of_ensemble_says_the_same_bits(depth: int, rounds: int, more: dict[str, object]) -> None:
    booster, flat = grown(depth, rounds, seed=depth, **more)
    rows = troubled(np.random.default_rng(99), 3_000)
    rows[0], rows[1, ::2] = np.nan, np.inf
    limits = flat.nodes["limit"][flat.nodes["step"] == 1]
    rows[2:900, 0] = np.resize(limits, 898)  # exactly on a threshold
    theirs = booster.inplace_predict(rows, predict_type="margin", validate_features=False)
    np.testing.assert_array_equal(flat.margin(rows), theirs)
    np.testing.assert_array_equal(flat.margin(rows[5:6]), theirs[5:6])


def test_a_row_in_another_order_in_memory_is_the_same_row() -> None:
    _, flat = grown(3, 20, seed=1)
    rows = troubled(np.random.default_rng(4), 50)
    np.testing.assert_array_equal(flat.margin(np.asfortranarray(rows)), flat.margin(rows))
    np.testing.assert_array_equal(flat.margin(rows[::2]), flat.margin(rows)[::2])
    assert flat.margin(rows[:0]).shape == (0,)


def test_no_trees_say_the_base_and_what_is_not_finite_is_refused() -> None:
    assert flat_trees([], 0.5).margin(np.zeros((3, 2), np.float32)).tolist() == [0.0, 0.0, 0.0]
    leaf = {
        "left_children": [-1],
        "right_children": [-1],
        "split_conditions": [float("nan")],
        "split_indices": [0],
        "default_left": [0],
    }
    with pytest.raises(ValueError, match="not finite"):
        flat_trees([leaf], 0.5)
