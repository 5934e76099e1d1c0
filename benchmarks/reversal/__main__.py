"""Whether a reversal can be foreseen: ``python -m benchmarks.reversal --json --candles FOLDER``.

Learned from the first three quarters of four symbols, judged on the last quarter, on a fifth symbol over
that same quarter, and on four more from years before. Nothing is chosen on what is judged; every
combination that was trained is reported and counted.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from benchmarks.reversal.rows import BAR_NS, Rows, rows_of
from benchmarks.reversal.scores import judge, judge_trades
from benchmarks.reversal.speed import measure_speed
from tools.models.reversal_inputs import HORIZON, TWELVE, WIDER
from tools.models.reversal_model import SEED, SLOWER, SPECIFIED, train_reversal
from tools.models.validation import purged_split

Reals = npt.NDArray[np.float64]
LEARNED = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "XRPUSDT")
SAME_TIME, OTHER_TIME = ("SOLUSDT",), ("ALGOUSDT", "LINKUSDT", "AVAXUSDT", "VETUSDT")
TEST_SHARE, STRIDE = 0.25, 5
EMBARGO_NS = 50 * BAR_NS
LEAST_BPS = (0.0, 2.0, 5.0)
CLAIMED = {"accuracy": 0.78, "precision": 0.72, "recall": 0.68, "f1": 0.70}
FIRST_LOOK = {"label": "move", "brier_skill": 0.11}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--candles", type=Path, default=Path("../shared/data/candles"))
    parser.add_argument("--symbols", type=int, default=50, help="symbols of the speed measurement")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    missing = [one for one in (*LEARNED, *SAME_TIME, *OTHER_TIME) if not _path(words.candles, one).is_file()]
    if missing:
        parser.error(f"--candles expects {', '.join(f'{one}-5m.parquet' for one in missing)}")
    found = {"speed": measure_speed(words.symbols), **measure(words.candles)}
    print(orjson.dumps(found, option=orjson.OPT_INDENT_2 if words.json else None).decode())


def measure(folder: Path) -> dict[str, Any]:
    """All figures of the models."""
    rows = rows_of(folder, LEARNED)
    split = purged_split(rows.spans, test_share=TEST_SHARE, embargo_ns=EMBARGO_NS)
    learned, test = rows.take(split.train), rows.take(split.test)
    since = int(test.spans[0, 0])
    same = rows_of(folder, SAME_TIME)
    same = same.take(np.flatnonzero(same.spans[:, 0] >= since))
    judged = {
        "last_quarter": test,
        "unseen_symbol": same,
        "unseen_symbols_earlier": rows_of(folder, OTHER_TIME),
    }
    thinned = learned.take(np.arange(0, len(learned), STRIDE))
    tries = [(label, model) for label in test.labels for model in MODELS]
    return {
        "learned_rows": len(thinned),
        "purged": split.purged,
        "tries": len(tries) + 1,
        "trade_thresholds": len(LEAST_BPS),
        "claimed": CLAIMED,
        "first_look": FIRST_LOOK,
        "models": {f"{label}/{model}": _tried(model, label, thinned, judged) for label, model in tries},
        "shuffled_labels": _shuffled(thinned, test),
    }


def _tried(model: str, label: str, learned: Rows, judged: dict[str, Rows]) -> dict[str, Any]:
    say = MODELS[model](learned, learned.labels[label])
    base = float(learned.labels[label].mean())
    found: dict[str, Any] = {}
    for name, rows in judged.items():
        said = say(rows)
        found[name] = judge(said, rows.labels[label], base, rows)
        if label == "tradable":
            won = learned.labels[label] > 0
            gain, loss = learned.net_bps[won].mean(), learned.net_bps[~won].mean()
            expected = said * gain + (1 - said) * loss
            found[name]["trades"] = [judge_trades(expected, rows, least) for least in LEAST_BPS]
    return found


def _shuffled(learned: Rows, test: Rows) -> dict[str, Any]:
    """The control: with labels of other moments, nothing may be foreseen."""
    labels = np.random.default_rng(SEED).permutation(learned.labels["move"])
    said = _slower(learned, labels)(test)
    return judge(said, test.labels["move"], float(labels.mean()), test)


def _trees(names: tuple[str, ...], settings: Any) -> Any:
    def learn(learned: Rows, labels: Reals) -> Any:
        width = len(names)
        model = train_reversal(
            learned.inputs[:, :width], labels, learned.spans, names, settings=settings, embargo_ns=EMBARGO_NS
        )
        return lambda rows: model.probabilities(rows.inputs[:, :width])

    return learn


def _boosting(learned: Rows, labels: Reals) -> Any:
    """The specification's own setting, as it is: uncalibrated."""
    # imported here because scikit-learn takes a second to load
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(
        n_estimators=200, max_depth=5, learning_rate=0.1, min_samples_split=20, random_state=SEED
    )
    some = np.arange(0, len(labels), 4)  # exact splits over all rows would take a quarter of an hour
    model.fit(_filled(learned.inputs[some, : len(TWELVE)]), labels[some])
    return lambda rows: model.predict_proba(_filled(rows.inputs[:, : len(TWELVE)]))[:, 1]


def _logistic(learned: Rows, labels: Reals) -> Any:
    # imported here because scikit-learn takes a second to load
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000))
    model.fit(_filled(learned.inputs[:, : len(TWELVE)]), labels)
    return lambda rows: model.predict_proba(_filled(rows.inputs[:, : len(TWELVE)]))[:, 1]


def _majority(learned: Rows, labels: Reals) -> Any:
    base = float(labels.mean())
    return lambda rows: np.full(len(rows), base)


def _filled(inputs: Reals) -> Reals:
    """Unknown is 0.5 of a range that is none, and a usual volume where there was none: both are rare."""
    return np.nan_to_num(inputs, nan=0.5)


def _path(folder: Path, symbol: str) -> Path:
    return folder / f"{symbol}-5m.parquet"


_slower = _trees(WIDER, SLOWER)
MODELS: dict[str, Any] = {
    "majority": _majority,
    "logistic_twelve": _logistic,
    "boosting_twelve": _boosting,
    "xgboost_twelve": _trees(TWELVE, SPECIFIED),
    "xgboost_wider": _slower,
}
assert HORIZON * BAR_NS < EMBARGO_NS

if __name__ == "__main__":
    main()
