"""Training and scoring of tree ensembles: ``python -m benchmarks.scoring [--json]``.

Trees walked flat beside XGBoost's own in-place call on the same rows, in one run, on one thread; and the
CPU time of a training as large as the record it is meant for. The ratios count: times are the machine's.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import orjson
import xgboost

from tools.models.flat_trees import flat_trees

ROWS, WIDTH, TREES, DEPTH = 51_427, 25, 200, 5
ROUNDS = 7
SEED = 1


def main() -> None:
    """Measure and say so."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scoring", description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    found = measured()
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print(
        f"training {ROWS:,} x {WIDTH}, {TREES} trees of depth {DEPTH}: {found['training_cpu_s']:.2f} s of CPU"
    )
    for n, one in found["scoring"].items():
        span = f"[{one['flat_us_low']:.1f}, {one['flat_us_high']:.1f}]"
        print(
            f"{n:>6} rows: flat {one['flat_us']:.1f} µs {span}, "
            f"XGBoost {one['xgboost_us']:.1f} µs, ratio {one['ratio']:.1f}, equal bits: {one['is_equal']}"
        )


def measured() -> dict[str, Any]:
    """Figures by name."""
    rows, labels = planted()
    data = xgboost.DMatrix(rows, label=labels, missing=np.nan, nthread=1)
    parameters = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": DEPTH, "nthread": 1}
    began = time.process_time()
    booster = xgboost.train(parameters, data, TREES)
    training = time.process_time() - began
    learner = orjson.loads(bytes(booster.save_raw("json")))["learner"]
    base = float(learner["learner_model_param"]["base_score"].strip("[]"))
    flat = flat_trees(learner["gradient_booster"]["model"]["trees"], base)

    def library(part: Any) -> Any:
        return booster.inplace_predict(part, predict_type="margin", validate_features=False)

    scoring = {}
    for n in (1, 50, 5_000):
        part = rows[:n]
        calls = max(20, 4_000 // n)
        scoring[str(n)] = paired(partial(flat.margin, part), partial(library, part), calls)
        scoring[str(n)]["is_equal"] = bool((flat.margin(part) == library(part)).all())
    return {"training_cpu_s": training, "trees": TREES, "rounds": ROUNDS, "scoring": scoring}


def planted() -> tuple[Any, Any]:
    """Rows with holes and labels that hang on three of their columns."""
    rng = np.random.default_rng(SEED)
    rows = rng.normal(size=(ROWS, WIDTH)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    known = np.nan_to_num(rows)
    labels = known[:, 0] + known[:, 1] * known[:, 2] + rng.normal(size=ROWS) > 0.3
    return rows, labels.astype(np.float64)


def paired(ours: Callable[[], Any], theirs: Callable[[], Any], calls: int) -> dict[str, Any]:
    """Median over rounds of the mean time a call, µs, both in turn in each round."""
    for call in (ours, theirs):
        call()
    times = np.array([[timed(one, calls) for one in (ours, theirs)] for _ in range(ROUNDS)])
    low, middle, high = (float(q) for q in np.quantile(times[:, 0], (0.0, 0.5, 1.0)))
    library = float(np.median(times[:, 1]))
    ratio = float(np.median(times[:, 1] / times[:, 0]))
    return {
        "flat_us": middle,
        "flat_us_low": low,
        "flat_us_high": high,
        "xgboost_us": library,
        "ratio": ratio,
    }


def timed(call: Callable[[], Any], calls: int) -> float:
    """Microseconds a call."""
    began = time.perf_counter_ns()
    for _ in range(calls):
        call()
    return (time.perf_counter_ns() - began) / calls / 1e3


if __name__ == "__main__":
    main()
