"""Gradient-boosted trees: trained the same way every time, kept as native JSON.

One thread, a fixed seed and the hist method give the same bytes for the same data. Files
are read by their bytes, only after hash and structure were checked: nothing is unpickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from tools.domain.errors import ModelUnusable
from tools.domain.identity import content_hash
from tools.models.validation import purged_split

if TYPE_CHECKING:
    import xgboost

    from tools.models.flat_trees import FlatTrees

Floats = NDArray[np.float64]

MONOTONE: Mapping[str, int] = {"breakeven": 1}
"""Where the economics fix the direction, and why.

A higher break-even rate means a nearer target or a farther stop. On any given path the
nearer target is touched first and the farther stop last, so moving either that way turns
losses into wins and never a win into a loss: P(win) cannot fall. Whether the trade then
pays is another question, answered by the expected value. For no other input does theory
fix a sign after costs, so none is forced on it.
"""


@dataclass(frozen=True, slots=True)
class BoosterSettings:
    """Shape of the ensemble: shallow and slow, for labels that overlap and are mostly noise.

    ``patience`` is how many trees may follow without a better log loss on the later slice
    of ``stopping_share``; 0 grows all ``max_trees``.
    """

    max_trees: int = 200
    max_depth: int = 3
    learning_rate: float = 0.05
    min_child_weight: float = 5.0
    subsample: float = 0.8
    l2: float = 1.0
    patience: int = 20
    stopping_share: float = 0.2


class BoostedTrees:
    """A trained ensemble: margins (log-odds) out of input rows.

    Args:
        data: The ensemble as native JSON.
        flat: The same trees, to be walked.
        features: Inputs a row.
    """

    def __init__(self, data: bytes, flat: FlatTrees, features: int) -> None:
        self._data = data
        self._flat = flat
        self.trees = len(flat.roots)
        self.features = features

    def margin(self, matrix: NDArray[np.float32]) -> Floats:
        """Log-odds of a win for each row, shape (n,); NaN inputs are allowed."""
        if matrix.ndim != 2 or matrix.shape[1] != self.features:
            raise ValueError(f"expected rows of {self.features} inputs, was shape {matrix.shape}")
        return self._flat.margin(matrix).astype(np.float64)

    def to_bytes(self) -> bytes:
        """The ensemble as native JSON; the same ensemble gives the same bytes."""
        return self._data


def train_booster(
    matrix: NDArray[np.float32],
    labels: Floats,
    weights: Floats,
    spans: NDArray[np.int64],
    names: tuple[str, ...],
    *,
    seed: int,
    settings: BoosterSettings | None = None,
    embargo_ns: int = 0,
) -> BoostedTrees:
    """Boosted trees on rows in time order.

    The number of trees is found by early stopping on a purged later slice of these very
    rows; the ensemble is then grown to that number on all of them. Where every earlier label
    reaches into that slice nothing can say when to stop: growth then ends at ``patience`` trees.
    """
    settings = settings or BoosterSettings()
    split = purged_split(spans, test_share=settings.stopping_share, embargo_ns=embargo_ns)
    parameters = _parameters(settings, names, seed)
    early, late = split.train, split.test
    trees = min(settings.patience, settings.max_trees) if settings.patience else settings.max_trees
    if len(early) and settings.patience:
        trees = _best_tree_count(
            parameters,
            settings,
            _bundle(matrix[early], labels[early], weights[early]),
            _bundle(matrix[late], labels[late], weights[late]),
        )
    return _grow(parameters, _bundle(matrix, labels, weights), trees, len(names))


def load_booster(data: bytes, *, sha256: str, features: int, where: str) -> BoostedTrees:
    """The ensemble of ``data`` once its hash and its structure hold.

    Raises:
        ModelUnusable: The bytes are not those of ``sha256`` or not a model of ours.
    """
    found = content_hash(data)
    if found != sha256:
        raise ModelUnusable(
            f"{where}: expected sha256 {sha256[:12]}…, was {found[:12]}…; the file was changed or cut"
        )
    return BoostedTrees(data, _checked(data, features, where), features)


def xgboost_version() -> str:
    """Version of the library that trains and reads the ensembles."""
    # imported here because xgboost takes half a second to load and most commands never need it
    import xgboost

    return str(xgboost.__version__)


def _parameters(settings: BoosterSettings, names: tuple[str, ...], seed: int) -> dict[str, Any]:
    return {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "device": "cpu",
        "nthread": 1,
        "seed": seed,
        "max_depth": settings.max_depth,
        "learning_rate": settings.learning_rate,
        "min_child_weight": settings.min_child_weight,
        "subsample": settings.subsample,
        "lambda": settings.l2,
        "monotone_constraints": "(" + ",".join(str(MONOTONE.get(name, 0)) for name in names) + ")",
        "verbosity": 0,
    }


def _bundle(matrix: NDArray[np.float32], labels: Floats, weights: Floats) -> xgboost.DMatrix:
    # imported here because xgboost takes half a second to load and most commands never need it
    import xgboost

    return xgboost.DMatrix(matrix, label=labels, weight=weights, missing=np.nan, nthread=1)


def _best_tree_count(
    parameters: dict[str, Any], settings: BoosterSettings, early: xgboost.DMatrix, late: xgboost.DMatrix
) -> int:
    # imported here because xgboost takes half a second to load and most commands never need it
    import xgboost

    trial = xgboost.train(
        parameters,
        early,
        num_boost_round=settings.max_trees,
        evals=[(late, "later")],
        early_stopping_rounds=settings.patience,
        verbose_eval=False,
    )
    return int(trial.best_iteration) + 1


def _grow(parameters: dict[str, Any], data: xgboost.DMatrix, trees: int, features: int) -> BoostedTrees:
    # imported here because xgboost takes half a second to load and most commands never need it
    import xgboost

    booster = xgboost.train(parameters, data, num_boost_round=trees, verbose_eval=False)
    grown = bytes(booster.save_raw("json"))
    return BoostedTrees(grown, _checked(grown, features, "what was just trained"), features)


def _checked(data: bytes, features: int, where: str) -> FlatTrees:
    """The trees, once every link inside the file stays inside the file.

    A hand-made file could make a walk leave its arrays or go in a circle.
    """
    try:
        learner = orjson.loads(data)["learner"]
        objective = learner["objective"]["name"]
        width = int(learner["learner_model_param"]["num_feature"])
        base = float(learner["learner_model_param"]["base_score"].strip("[]"))
        kind = learner["gradient_booster"]["name"]
        ensemble = learner["gradient_booster"]["model"]
        trees = ensemble["trees"]
        sound = ensemble["tree_info"] == [0] * len(trees) and all(_is_sound_tree(t, features) for t in trees)
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        raise ModelUnusable(f"{where}: expected an XGBoost model in JSON, was something else") from None
    if objective != "binary:logistic":
        raise ModelUnusable(f"{where}: expected objective binary:logistic, was {objective}")
    if kind != "gbtree":
        raise ModelUnusable(f"{where}: expected trees that are summed (gbtree), was {str(kind)[:40]!r}")
    if width != features:
        raise ModelUnusable(f"{where}: expected a model of {features} inputs, was one of {width}")
    if not sound or not 0 < base < 1:
        raise ModelUnusable(f"{where}: a tree's links lead outside the tree, or the base score is no share")
    # imported here because the compiler takes half a second to load and most commands never need it
    from tools.models.flat_trees import flat_trees

    try:
        return flat_trees(trees, base)
    except (TypeError, ValueError) as error:
        raise ModelUnusable(f"{where}: {error}") from None


def _is_sound_tree(tree: Mapping[str, Any], features: int) -> bool:
    left, right = (
        np.asarray(tree["left_children"], dtype=np.int64),
        np.asarray(tree["right_children"], dtype=np.int64),
    )
    columns = np.asarray(tree["split_indices"], dtype=np.int64)
    n = len(left)
    if int(tree["tree_param"]["num_nodes"]) != n or any(tree["split_type"]):
        return False
    lengths = {len(right), len(columns), len(tree["split_conditions"]), len(tree["default_left"])}
    if n == 0 or lengths != {n} or np.any((left == -1) != (right == -1)):
        return False
    children = np.concatenate((left, right))
    children = children[children != -1]
    is_inside = bool(
        np.all((children > 0) & (children < n)) and np.all((columns >= 0) & (columns < features))
    )
    return is_inside and len(np.unique(children)) == len(children)
